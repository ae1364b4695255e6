"""The graph beside a checkpoint: `tf.train.export_meta_graph`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.filesystem.files import FILES
from perdure.graph.graph import Graph
from perdure.interchange.meta_graph import export_scoped_meta_graph


def export_meta_graph(
    filename: str | None = None,
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: list[str] | None = None,
    as_text: bool = False,
    graph: Any = None,
    export_scope: str | None = None,
    clear_devices: bool = False,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
    **kwargs: Any,
) -> Any:
    """A graph with its collections and Saver as a `MetaGraphDef`.

    Args:
        filename: a file to write it to.
        meta_info_def: what it says about itself, a `MetaInfoDef`.
        graph_def: the nodes; those of the graph if None.
        saver_def: the `SaverDef` of its Saver.
        collection_list: the collections to write; all if None.
        as_text: whether the file is written as text.
        graph: the graph; the default graph if None.
        export_scope: a name scope: what is outside is left out, and it is taken away from the names.
        clear_devices: whether nodes are placed nowhere.
        clear_extraneous_savers: whether the nodes of other Savers are left out.
        strip_default_attrs: whether attributes that have their default are left out.
        save_debug_info: whether a file beside it says where in the program the nodes were made.
        **kwargs: handed to `export_scoped_meta_graph`.

    Raises:
        ValueError: it has 2 GiB or more.
    """
    meta_graph_def, _ = export_scoped_meta_graph(
        filename=filename,
        meta_info_def=meta_info_def,
        graph_def=graph_def,
        saver_def=saver_def,
        collection_list=collection_list,
        as_text=as_text,
        graph=graph,
        export_scope=export_scope,
        clear_devices=clear_devices,
        clear_extraneous_savers=clear_extraneous_savers,
        strip_default_attrs=strip_default_attrs,
        save_debug_info=save_debug_info,
        **kwargs,
    )
    return meta_graph_def


class GraphFiles:
    """Writes the same graph to one file after the other, and describes it anew only when it has changed.

    Training saves a graph that stays as it is again and again, and describing it takes longer than saving
    the variables.
    """

    # Larger files are not kept in memory (bytes).
    _MOST = 64 << 20

    def __init__(self) -> None:
        self._state: Any = None
        self._contents = b""

    def write(self, graph: Graph, filename: str, options: Any, export: Callable[[str], object]) -> None:
        """Write the graph.

        Args:
            graph: the graph.
            filename: the file.
            options: what else its contents depend on.
            export: writes the file, if the graph has changed since the last time.
        """
        state = _state_of(graph, options)
        if state is not None and state == self._state:
            FILES.write_atomically(filename, self._contents)
            return
        self._state = None
        export(filename)
        if state is not None and FILES.stat(filename).length <= self._MOST:
            self._state, self._contents = state, FILES.read(filename)


class _Same:
    """A thing that equals itself only; it is kept, so that no other gets its place in memory."""

    __slots__ = ("thing",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing


def _state_of(graph: Graph, options: Any) -> Any:
    """What a graph's file depends on: equal states give equal files; None if that cannot be told."""
    collections = [(key, graph.get_collection(key)) for key in graph.get_all_collection_keys()]
    if not all(_is_fixed(item) for _, items in collections for item in items):
        return None
    # These change without a trace in the graph's revision.
    nodes = [(op.device, [output._shape for output in op.outputs]) for op in graph.get_operations()]
    kept = [(key, [_Same(item) for item in items]) for key, items in collections]
    return _Same(graph), graph._revision, nodes, kept, options


def _is_fixed(item: Any) -> bool:
    """Whether something in a collection is always written alike, which a message may not be."""
    if isinstance(item, (str, bytes, int, float)):
        return True
    return type(item).__module__.startswith("perdure.") and not hasattr(item, "SerializeToString")
