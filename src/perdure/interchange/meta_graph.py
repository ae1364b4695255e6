"""Meta graphs: a graph with its collections and its Saver as one message, and graphs made of it again."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from typing import Any

from perdure.filesystem import functions as files
from perdure.formats.graph.graph_def import GraphDef
from perdure.formats.graph.meta_graphs import MetaGraphDef, MetaInfoDef, ParseError, parsed
from perdure.graph.collection_protos import get_from_proto_function
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.scopes import strip_name_scope
from perdure.graph.stacks import get_default_graph
from perdure.interchange.collections import add_collection_def, restore_collection
from perdure.interchange.graph_io import write_graph
from perdure.interchange.importer import import_graph_def
from perdure.interchange.op_lists import strip_graph_default_valued_attrs, stripped_op_list_for_graph
from perdure.interchange.scoped_nodes import (
    extraneous_saver_nodes,
    is_included,
    part_of_graph,
    part_of_graph_def,
)
from perdure.platform.text import as_str
from perdure.platform.version import GIT_VERSION, VERSION

# -- writing -------------------------------------------------------------------------------


def create_meta_graph_def(
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Sequence[Any] | None = None,
    graph: Graph | None = None,
    export_scope: str | None = None,
    exclude_nodes: Collection[str] | None = None,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
) -> Any:
    """A MetaGraphDef of a graph.

    Args:
        meta_info_def: what it says about itself, such as tags; the versions are filled in.
        graph_def: the nodes; those of the graph, with shapes, when None.
        saver_def: the SaverDef of its Saver.
        collection_list: the collections to write; all when None.
        graph: the graph that has them; the default graph when None.
        export_scope: a name scope to take away from the names in collections.
        exclude_nodes: names of things that collections leave out.
        clear_extraneous_savers: whether the collection of Savers gets `saver_def` alone.
        strip_default_attrs: whether attributes with the default of their op are left out.

    Raises:
        TypeError: an argument is of another kind.
        ValueError: there is no op of some type.
    """
    for name, value, kind in (
        ("graph", graph, Graph),
        ("meta_info_def", meta_info_def, MetaInfoDef),
        ("graph_def", graph_def, GraphDef),
        ("saver_def", saver_def, _saver_def_type()),
    ):
        if value and not isinstance(value, kind):
            raise TypeError(f"{name} must be of type {kind.__name__}, not %s", type(value))
    graph = graph or get_default_graph()
    made = MetaGraphDef()
    info = made.meta_info_def
    if meta_info_def:
        info.MergeFrom(meta_info_def)
    info.tensorflow_version, info.tensorflow_git_version = VERSION, GIT_VERSION
    made.graph_def.MergeFrom(graph_def or graph.as_graph_def(add_shapes=True))
    if not info.stripped_op_list.op:
        info.stripped_op_list.MergeFrom(stripped_op_list_for_graph(made.graph_def))
    if strip_default_attrs:
        strip_graph_default_valued_attrs(made)
    if saver_def:
        made.saver_def.MergeFrom(saver_def)
    keys = graph.get_all_collection_keys() if collection_list is None else collection_list
    for key in keys:
        contents = None
        if clear_extraneous_savers and key == GraphKeys.SAVERS:
            contents = [get_from_proto_function(key)(saver_def)]
        add_collection_def(made, key, graph, export_scope, exclude_nodes, contents)
    return made


def _saver_def_type() -> Any:
    from perdure.formats.messages import SaverDef

    return SaverDef


def export_scoped_meta_graph(
    filename: str | None = None,
    graph_def: Any = None,
    graph: Graph | None = None,
    export_scope: str | None = None,
    as_text: bool = False,
    unbound_inputs_col_name: str = "unbound_inputs",
    clear_devices: bool = False,
    saver_def: Any = None,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
    **kwargs: Any,
) -> tuple[Any, dict[str, Any]]:
    """A MetaGraphDef of a graph, or of the part of it in a name scope.

    Args:
        filename: a file to write it to.
        graph_def: the nodes; those of the graph when None.
        graph: the graph; the default graph when None.
        export_scope: a name scope: what lies outside is left out, and it is taken away from the names.
        as_text: whether the file is written as text.
        unbound_inputs_col_name: a collection that gets the names of inputs from outside of the scope.
        clear_devices: whether nodes are placed nowhere.
        saver_def: the SaverDef of its Saver.
        clear_extraneous_savers: whether the nodes of other Savers are left out.
        strip_default_attrs: whether attributes with the default of their op are left out.
        save_debug_info: whether a file beside it says where in the program the nodes were made.
        kwargs: `meta_info_def` and `collection_list`, as for `create_meta_graph_def`.

    Returns:
        The MetaGraphDef, and the variables that are in it by name.

    Raises:
        ValueError: it has 2 GiB or more.
    """
    graph = graph or get_default_graph()
    excluded: set[str] | None = None
    if export_scope or clear_extraneous_savers or clear_devices:
        unbound: list[str] = []
        if clear_extraneous_savers:
            excluded = extraneous_saver_nodes(graph_def or graph.as_graph_def(), saver_def)
        if graph_def:
            graph_def = part_of_graph_def(graph_def, export_scope, excluded, unbound, clear_devices)
        else:
            graph_def = part_of_graph(graph, export_scope, excluded, unbound, clear_devices)
        if unbound_inputs_col_name:
            graph.clear_collection(unbound_inputs_col_name)
            for name in unbound:
                graph.add_to_collection(unbound_inputs_col_name, name)
    variables = {
        strip_name_scope(variable.name, export_scope): variable
        for variable in graph.get_collection(GraphKeys.GLOBAL_VARIABLES, scope=export_scope)
        if is_included(variable, export_scope, excluded)
    }
    made = create_meta_graph_def(
        graph_def=graph_def,
        graph=graph,
        export_scope=export_scope,
        exclude_nodes=excluded,
        clear_extraneous_savers=clear_extraneous_savers,
        saver_def=saver_def,
        strip_default_attrs=strip_default_attrs,
        **kwargs,
    )
    if filename:
        folder, name = os.path.split(filename)
        write_graph(made, folder, name, as_text=as_text)
        if save_debug_info:
            from perdure.formats.graph.debug_info import debug_info

            scope = f"{export_scope.rstrip('/')}/" if export_scope else ""
            operations = [graph.get_operation_by_name(scope + node.name) for node in made.graph_def.node]
            name = f"{os.path.splitext(name)[0]}.debug"
            write_graph(debug_info(operations), folder, name, as_text=as_text)
    return made, variables


# -- reading -------------------------------------------------------------------------------


def read_meta_graph_file(filename: str) -> Any:
    """The MetaGraphDef in a file, bytes or text.

    Args:
        filename: the file.

    Raises:
        OSError: there is no such file, or it has no MetaGraphDef.
    """
    if not files.file_exists(filename):
        raise OSError(f"File {filename} does not exist.")
    try:
        return parsed(files.read_file_to_string(filename, binary_mode=True), MetaGraphDef())
    except ParseError as error:
        raise OSError(f"Cannot parse file {filename}: {error}.") from None


def import_scoped_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    graph: Graph | None = None,
    import_scope: str | None = None,
    input_map: dict[str, Any] | None = None,
    unbound_inputs_col_name: str = "unbound_inputs",
    restore_collections_predicate: Callable[[str], bool] = lambda key: True,
) -> dict[str, Any]:
    """Make the graph and the collections of a MetaGraphDef.

    Args:
        meta_graph_or_file: the MetaGraphDef, or a file that has it.
        clear_devices: whether nodes are placed nowhere.
        graph: the graph that gets them; the default graph when None.
        import_scope: a name scope to put before the names.
        input_map: what stands for inputs, by name, as for `tf.import_graph_def`.
        unbound_inputs_col_name: the collection that names inputs which `input_map` must have.
        restore_collections_predicate: says of the name of a collection whether it is restored.

    Returns:
        The variables of the graph in the scope, by name without it.

    Raises:
        ValueError: inputs are not mapped, or the graph is not well formed.
    """
    return import_scoped_meta_graph_with_return_elements(
        meta_graph_or_file,
        clear_devices,
        graph,
        import_scope,
        input_map,
        unbound_inputs_col_name,
        restore_collections_predicate,
    )[0]


def import_scoped_meta_graph_with_return_elements(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    graph: Graph | None = None,
    import_scope: str | None = None,
    input_map: dict[str, Any] | None = None,
    unbound_inputs_col_name: str = "unbound_inputs",
    restore_collections_predicate: Callable[[str], bool] = lambda key: True,
    return_elements: Sequence[str] | None = None,
) -> tuple[dict[str, Any], list[Any] | None]:
    """As `import_scoped_meta_graph`, with operations and tensors that are asked for.

    Args:
        meta_graph_or_file: see there, as for the others.
        return_elements: names of operations and tensors of the MetaGraphDef.

    Returns:
        The variables by name, and what `return_elements` name.
    """
    if isinstance(meta_graph_or_file, MetaGraphDef):
        meta_graph = meta_graph_or_file
    else:
        meta_graph = read_meta_graph_file(meta_graph_or_file)
    if unbound_inputs_col_name:
        _check_bound(meta_graph, unbound_inputs_col_name, input_map)
    graph = graph or get_default_graph()
    with graph.as_default():
        info = meta_graph.meta_info_def
        if clear_devices:
            for node in meta_graph.graph_def.node:
                node.device = ""
        scope = graph.unique_name(import_scope or "", mark_as_used=False)
        returned = import_graph_def(
            meta_graph.graph_def,
            name=import_scope or scope,
            input_map=input_map,
            producer_op_list=info.stripped_op_list if info.HasField("stripped_op_list") else None,
            return_elements=return_elements,
        )
        has_trainable = not info.tensorflow_version or _release(info.tensorflow_version) >= (1, 9)
        variables: dict[bytes, Any] = {}
        # Variables that are trained come first: they say of others what they are.
        first = GraphKeys.TRAINABLE_VARIABLES
        for key in sorted(meta_graph.collection_def, key=lambda key: (key != first, key)):
            if key != unbound_inputs_col_name and restore_collections_predicate(key):
                made = meta_graph.collection_def[key]
                restore_collection(graph, key, made, scope, has_trainable, variables)
        found = {
            strip_name_scope(variable.name, scope): variable
            for variable in graph.get_collection(GraphKeys.GLOBAL_VARIABLES, scope=scope)
        }
    return found, returned


def _check_bound(meta_graph: Any, collection: str, input_map: dict[str, Any] | None) -> None:
    """Refuse a part of a graph whose inputs from outside are not given."""
    if collection not in meta_graph.collection_def:
        return
    made = meta_graph.collection_def[collection]
    kind = made.WhichOneof("kind")
    names = [] if kind is None else [as_str(name) for name in getattr(made, kind).value]
    if names and (not input_map or sorted(names) != sorted(input_map)):
        missing = ",".join(name for name in names if not input_map or name not in input_map)
        raise ValueError(
            f"Graph contains unbound inputs: {missing}. Must provide these inputs through input_map."
        )


def _release(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split(".")[:2]:
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        numbers.append(int(digits) if digits and len(digits) < 10 else 0)
    return tuple(numbers)


def copy_scoped_meta_graph(
    from_scope: str, to_scope: str, from_graph: Graph | None = None, to_graph: Graph | None = None
) -> dict[str, Any]:
    """Copy the part of a graph in a name scope to another scope.

    Args:
        from_scope: the scope to copy.
        to_scope: the scope that gets the copy.
        from_graph: the graph to copy from; the default graph when None.
        to_graph: the graph that gets the copy; the default graph when None.

    Returns:
        The variables of the copy by name.

    Raises:
        ValueError: both are the same scope of the same graph.
    """
    from_graph = from_graph or get_default_graph()
    to_graph = to_graph or get_default_graph()
    if from_graph is to_graph and from_scope == to_scope:
        raise ValueError(
            "'from_scope' and 'to_scope' need to be different when performing copy in the same graph."
        )
    meta_graph, _ = export_scoped_meta_graph(export_scope=from_scope, graph=from_graph)
    return import_scoped_meta_graph(meta_graph, graph=to_graph, import_scope=to_scope)
