"""The graph beside a checkpoint: `tf.train.export_meta_graph`."""

from __future__ import annotations

from typing import Any

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
