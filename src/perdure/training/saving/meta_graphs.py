"""The graph beside a checkpoint: `tf.train.export_meta_graph`."""

from __future__ import annotations

from typing import Any

from perdure.graph.errors import UnimplementedError


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
    """A graph with its collections and Saver as a `MetaGraphDef`; not supported yet.

    Raises:
        UnimplementedError: always.
    """
    raise UnimplementedError(
        None, None, "MetaGraphDef is not supported yet: save with write_meta_graph=False"
    )
