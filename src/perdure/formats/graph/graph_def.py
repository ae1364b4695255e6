"""Operations as NodeDef messages, graphs as GraphDef."""

from typing import Any

import numpy as np
from google.protobuf import text_format

from perdure.formats.graph.attr_values import attr_as_user_sees_it, attr_from_proto, attr_to_proto
from perdure.formats.graph.functions import function_to_proto, functions_used_by, written_attributes
from perdure.formats.graph.op_defs import default_to_proto
from perdure.formats.graph.tensors import array_to_proto, proto_to_array, shape_to_proto
from perdure.formats.protos import attr_value_pb2, graph_pb2, node_def_pb2, tensor_pb2, versions_pb2
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.signatures import Attribute
from perdure.graph.tensor import Tensor

AttrValue = attr_value_pb2.AttrValue
GraphDef = graph_pb2.GraphDef
NodeDef = node_def_pb2.NodeDef
TensorProto = tensor_pb2.TensorProto
VersionDef = versions_pb2.VersionDef

# The first version that understood functions; TensorFlow asks for it when a graph has any.
_MIN_CONSUMER_OF_FUNCTIONS = 12

# -- operations ----------------------------------------------------------------------------


def operation_to_proto(op: Operation) -> NodeDef:
    """The NodeDef of an operation: data inputs in order, then control inputs as they were added."""
    return _node(op, [f"^{control.name}" for control in op.control_inputs])


def operation_to_text(op: Operation) -> str:
    """The operation as a printed `NodeDef`, attributes by name: `str` of a message has them in any order."""
    return text_format.MessageToString(operation_to_proto(op))


def _node(op: Operation, control_inputs: list[str]) -> NodeDef:
    node = NodeDef(name=op.name, op=op.type, device=op.device)
    node.input.extend([input_name(tensor) for tensor in op.inputs])
    node.input.extend(control_inputs)
    for name in written_attributes(op):
        node.attr[name].CopyFrom(operation_attr(op, name))
    return node


def input_name(tensor: Tensor) -> str:
    """How a node refers to its input: "add" for output 0 of `add`, "split:1" for others."""
    return f"{tensor.op.name}:{tensor.value_index}" if tensor.value_index else tensor.op.name


def operation_attr(op: Operation, name: str) -> AttrValue:
    """An attribute of an operation as a message.

    Raises:
        ValueError: it has no such attribute.
        TypeError: its value does not fit the signature; the message names the operation.
    """
    if name not in op.attrs:
        raise ValueError(f"Operation '{op.name}' has no attr named '{name}'.")
    if op.as_written is not None and name in op.as_written:
        return op.as_written[name]
    value, declared = op.attrs[name], op.signature.attr(name)
    try:
        if name == "value" and op.type == "Const" and isinstance(value, np.ndarray):
            # An array of str objects or of bits does not say by itself which type the node has.
            return AttrValue(tensor=array_to_proto(value, op.attrs["dtype"]))
        if declared is not None and value is declared.default:
            return default_to_proto(declared)
        return attr_to_proto(value, None if declared is None else declared.type)
    except TypeError as error:
        raise TypeError(f"{op.type} '{op.name}': attribute {name!r}: {error}") from error


def operation_attr_as_user_sees_it(op: Operation, name: str) -> Any:
    """What `op.get_attr(name)` returns: bytes for strings, messages for shapes and tensors.

    Raises:
        ValueError: it has no such attribute.
    """
    return attr_as_user_sees_it(operation_attr(op, name))


def from_attr_value(proto: AttrValue, attr: Attribute | None) -> Any:
    """The Python value of an attribute that the user gave as a message.

    Args:
        proto: the message; for a tensor that may be a `TensorProto`.
        attr: the attribute's row of the signature; None for attributes that no signature knows.

    Raises:
        ValueError: the message has no value; the error names the attribute.
    """
    if isinstance(proto, TensorProto):
        return proto_to_array(proto)
    try:
        return attr_from_proto(proto)
    except ValueError as error:
        raise ValueError(f"Attribute {attr.name!r}: {error}" if attr else str(error)) from error


# -- graphs --------------------------------------------------------------------------------


def graph_to_proto(graph: Graph, from_version: int | None = None, add_shapes: bool = False) -> GraphDef:
    """The GraphDef of a graph, its nodes in the order of their creation.

    Args:
        graph: the graph.
        from_version: has no effect, as in TensorFlow 1.15: the graph is always written whole.
        add_shapes: give each node the static shapes of its outputs as attribute `_output_shapes`.
    """
    proto = GraphDef(versions=graph_versions(graph))
    operations = graph.get_operations()
    proto.node.extend(graph_node(op, add_shapes) for op in operations)
    library(graph, proto)
    return proto


def library(graph: Graph, proto: GraphDef) -> None:
    """Put the functions of a graph into its GraphDef: those it was given, and those its operations use."""
    functions = {**graph.functions}
    functions.update((f.name, f) for f in functions_used_by(graph.get_operations()))
    if functions:
        proto.library.function.extend(function_to_proto(f, operation_attr) for f in functions.values())
        for name, function in functions.items():
            gradient = getattr(function, "gradient_function", None)
            if gradient is not None:
                proto.library.gradient.add(function_name=name, gradient_func=gradient.name)
        least = max(proto.versions.min_consumer, _MIN_CONSUMER_OF_FUNCTIONS)
        proto.versions.min_consumer = least


def graph_versions(graph: Graph) -> VersionDef:
    """Which consumers can read a graph: what TensorFlow 1.15 needs, and the graphs that were imported "
    "into it."""
    versions = graph.root.versions
    return VersionDef(
        producer=versions.producer,
        min_consumer=versions.min_consumer,
        bad_consumers=versions.bad_consumers,
    )


def graph_node(op: Operation, add_shapes: bool = False) -> NodeDef:
    """The NodeDef as it stands in a GraphDef, where control inputs are sorted by name."""
    node = _node(op, sorted(f"^{control.name}" for control in op.control_inputs))
    if add_shapes and op.outputs:
        shapes = [shape_to_proto(tensor._shape) for tensor in op.outputs]
        node.attr["_output_shapes"].list.shape.extend(shapes)
    return node
