"""`tf.import_graph_def`: the graph of a GraphDef as part of the default graph."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from perdure.formats.graph.graph_def import GraphDef
from perdure.formats.graph.node_reader import GROUPS
from perdure.graph import devices, signatures
from perdure.graph.control_flow import check_input_from_valid_context
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.func_graph import FuncGraph
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.scopes import DeviceFunction, device_function
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.interchange.functions import add_library, functions_of
from perdure.interchange.node_names import split_tensor_name
from perdure.interchange.nodes import NodeImporter, Options, check_versions
from perdure.platform.text import as_str

_COLOCATION = "loc:@"


def import_graph_def(
    graph_def: Any,
    input_map: dict[str, Any] | None = None,
    return_elements: Sequence[str] | None = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> list[Any] | None:
    """Add the nodes of a GraphDef to the default graph.

    Args:
        graph_def: the GraphDef; attributes that it lacks get their defaults in it.
        input_map: from names in the GraphDef ("x", "split:1", or "^init" for control inputs) to what stands
            for them: tensors, or values that become tensors.
        return_elements: names of operations ("add") and tensors ("add:0") of the GraphDef.
        name: goes before the names of the nodes; "import" when None, nothing when "".
        op_dict: has no effect, as in TensorFlow 1.15.
        producer_op_list: the ops as the writer of the GraphDef knew them: attributes that TensorFlow 1.15
            does not know are passed over if they have the default that the writer knew.

    Returns:
        What `return_elements` name, in order; None if it is None.

    Raises:
        TypeError: an argument is of another kind.
        ValueError: the GraphDef is not well formed, or does not have what is named.
        NotFoundError: it has an op that there is not.
    """
    return _import(graph_def, input_map, return_elements, name, producer_op_list, True)


def import_graph_def_for_function(graph_def: Any, name: str | None = None) -> None:
    """As `import_graph_def`, for the body of a function, whose nodes may name groups outside of it."""
    _import(graph_def, None, None, name, None, False)


def _import(
    graph_def: Any,
    input_map: dict[str, Any] | None,
    return_elements: Sequence[str] | None,
    name: str | None,
    producer_op_list: Any,
    check_colocation: bool,
) -> list[Any] | None:
    graph_def = _as_graph_def(graph_def)
    if input_map is None:
        input_map = {}
    elif not isinstance(input_map, dict) or not all(isinstance(key, (str, bytes)) for key in input_map):
        raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
    if return_elements is not None:
        if not all(isinstance(element, (str, bytes)) for element in return_elements):
            raise TypeError("return_elements must be a list of strings.")
        return_elements = tuple(as_str(element) for element in return_elements)
    if producer_op_list is not None:
        _forget_unknown_defaults(producer_op_list, graph_def)
    graph = get_default_graph()
    with name_scope(name, "import", input_map.values()) as scope:
        input_map = _as_tensors(name, input_map)
    options = Options(scope[:-1], check_colocation=check_colocation)
    options.tensors, options.controls = _mappings(graph, input_map)
    for element in return_elements or ():
        split_tensor_name(element)
    graph.check_not_finalized()
    check_versions(graph_def.versions)
    library = functions_of(graph, graph_def.library)
    options.functions = {**graph.functions, **library}
    importer = NodeImporter(graph, graph_def, options)
    with _no_collecting():
        operations = importer.make()
    returned = [importer.returned(element) for element in return_elements or ()]
    _add(graph, operations, importer.devices, check_colocation)
    add_library(graph, library)
    _take_versions(graph, graph_def.versions)
    unused = importer.unused()
    if unused:
        raise ValueError(f"Attempted to map inputs that were not found in graph_def: [{', '.join(unused)}]")
    return None if return_elements is None else returned


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Look for no garbage among what is made, all of which is kept: a third of the time of a large graph."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# -- arguments -----------------------------------------------------------------------------


def _as_graph_def(graph_def: Any) -> Any:
    if isinstance(graph_def, GraphDef):
        return graph_def
    copy = GraphDef()
    try:
        copy.MergeFrom(graph_def)
    except TypeError:
        raise TypeError("graph_def must be a GraphDef proto.") from None
    return copy


def _forget_unknown_defaults(producer_op_list: Any, graph_def: Any) -> None:
    """Take attributes from nodes that have the default of the writer's op and that the op has not here."""
    produced = {op.name: {attr.name: attr for attr in op.attr} for op in producer_op_list.op}
    known: dict[str, frozenset[str] | None] = {}
    for node in graph_def.node:
        attrs = produced.get(node.op)
        if attrs is None:
            continue
        if node.op not in known:
            signature = signatures.find(node.op)
            known[node.op] = None if signature is None else frozenset(attr.name for attr in signature.attrs)
        here = known[node.op]
        if here is None or len(here) == len(node.attr) and all(key in here for key in node.attr):
            continue
        for key in list(node.attr):
            declared = attrs.get(key)
            if (
                key not in here
                and declared is not None
                and declared.HasField("default_value")
                and node.attr[key] == declared.default_value
            ):
                del node.attr[key]


def _as_tensors(name: str | None, input_map: dict[Any, Any]) -> dict[Any, Any]:
    if all(isinstance(value, Tensor) for value in input_map.values()):
        return input_map
    if name == "":
        raise ValueError(
            "tf.import_graph_def() requires a non-empty `name` if `input_map` contains non-Tensor "
            "values. Try "
            "calling tf.convert_to_tensor() on `input_map` values before calling tf.import_graph_def()."
        )
    with name_scope("_inputs"):
        return {key: convert_to_tensor(value) for key, value in input_map.items()}


def _mappings(
    graph: Graph, input_map: dict[Any, Tensor]
) -> tuple[dict[tuple[str, int], Tensor], dict[str, Operation]]:
    tensors: dict[tuple[str, int], Tensor] = {}
    controls: dict[str, Operation] = {}
    for key, tensor in input_map.items():
        key = as_str(key)
        if isinstance(graph, FuncGraph):
            (tensor,) = graph.taken_in((tensor,))
        elif tensor.op.graph is not graph:
            raise ValueError(
                f"node '{tensor.op.name}' in input_map does not exist in graph (input_map entry: {key}->"
                f"{tensor.name})"
            )
        if key.startswith("^"):
            controls[key[1:]] = tensor.op
        else:
            tensors[split_tensor_name(key)] = tensor
    return tensors, controls


# -- adding to the graph ---------------------------------------------------------------------


def _add(graph: Graph, operations: list[Operation], placed: list[str], is_checked: bool) -> None:
    """Put new operations into the graph, with what the open scopes say."""
    graph.add_operations(operations)
    scopes = graph.scopes
    is_scoped = bool(
        scopes.control
        or scopes.attrs
        or scopes.gradient_overrides
        or scopes.kernel_labels
        or scopes.colocation
        or scopes.container
        or scopes.original_op is not None
    )
    if is_scoped:
        awaited = list(dict.fromkeys(op for scope in scopes.control for op in scope.control_inputs))
        for op in operations:
            scopes.apply(op, use_device=False)
            if awaited:  # also what has an input that waits
                op._add_control_inputs(awaited)
    if is_scoped or scopes.devices or any(placed) or not is_checked:
        _place(graph, operations, placed)
    context = scopes.control_flow
    if context is not None:
        for op in operations:
            op._control_flow_context = context
        for op in operations:
            for tensor in op.inputs:
                check_input_from_valid_context(op, tensor.op)
            context.AddOp(op)


def _place(graph: Graph, operations: list[Operation], placed: list[str]) -> None:
    """Give operations the devices that their nodes and the open scopes say, or those of their groups."""
    around = graph.scopes.devices
    innermost: dict[str, DeviceFunction | None] = {}
    grouped: list[tuple[Operation, list[str]]] = []
    for op, device in zip(operations, placed, strict=True):
        groups = op.attrs.get(GROUPS)
        if groups:
            names = [as_str(group) for group in groups]
            others = [name[len(_COLOCATION) :] for name in names if name.startswith(_COLOCATION)]
            others = [name for name in others if name != op.name]
            if others:
                grouped.append((op, others))
                continue
        if device and device not in innermost:
            innermost[device] = device_function(device)
        for function in reversed((*around, innermost[device]) if device else around):
            if function is None:
                break
            op._set_device(function(op))
    for op, others in grouped:
        _place_with_group(graph, op, others)


def _place_with_group(graph: Graph, op: Operation, others: list[str]) -> None:
    """Put an operation where the first of its group is that has been put anywhere."""
    for name in others:
        other = graph.operations_by_name.get(name)
        if other is None:
            raise ValueError(
                f"Specified colocation to an op that does not exist during import: {name} in {op.name}"
            )
        if other.device:
            op._set_device(devices.canonical(other.device))
            return


def _take_versions(graph: Graph, versions: Any) -> None:
    """Let the graph be read only by what can read the imported one as well."""
    own = graph.root.versions
    own.producer = min(own.producer, versions.producer)
    own.min_consumer = max(own.min_consumer, versions.min_consumer)
    if versions.bad_consumers:
        own.bad_consumers = tuple(sorted({*own.bad_consumers, *versions.bad_consumers}))
