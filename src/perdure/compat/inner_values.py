"""Small functions that TensorFlow keeps beside its types, shapes and constants, and its switches."""

from __future__ import annotations

from typing import Any, NoReturn

from perdure.graph.composite import SparseTensor, SparseTensorValue
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.dtypes import int32
from perdure.graph.errors import UnimplementedError
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_value

# Conditionals and loops here are functions, but a graph shows them as TensorFlow 1 does.
ENABLE_CONTROL_FLOW_V2 = False


def EnableControlFlowV2(graph: Any) -> bool:
    """Whether conditionals in a graph are TensorFlow 2's: never."""
    return False


def enabled() -> bool:
    """Whether TensorFlow 2's behaviour is on: never."""
    return False


def disable() -> None:
    """Turn TensorFlow 2's behaviour off, which it always is."""


def enable() -> NoReturn:
    """Refuse to turn TensorFlow 2's behaviour on."""
    raise UnimplementedError(None, None, "perdure runs TensorFlow 1 programs: there is no behaviour of 2")


def is_constant(tensor_or_op: Any) -> bool:
    """Whether a tensor, or an operation, is a constant."""
    op = tensor_or_op.op if isinstance(tensor_or_op, Tensor) else tensor_or_op
    return isinstance(op, Operation) and op.type == "Const"


def is_sparse(x: Any) -> bool:
    """Whether something is a sparse tensor, or the value of one."""
    return isinstance(x, (SparseTensor, SparseTensorValue))


def scalar() -> TensorShape:
    """The shape of a scalar."""
    return TensorShape([])


def vector(length: Any) -> TensorShape:
    """The shape of a vector."""
    return TensorShape([length])


def matrix(rows: Any, cols: Any) -> TensorShape:
    """The shape of a matrix."""
    return TensorShape([rows, cols])


def ShapeEquals(tensor_proto: Any, shape: Any) -> bool:
    """Whether a TensorProto has a shape.

    Args:
        tensor_proto: the message.
        shape: a TensorShapeProto, a list or a tuple.

    Raises:
        TypeError: the first is no TensorProto.
    """
    if getattr(getattr(tensor_proto, "DESCRIPTOR", None), "name", None) != "TensorProto":
        raise TypeError("tensor_proto is not a tensor_pb2.TensorProto object")
    sizes = [each.size for each in shape.dim] if hasattr(shape, "dim") else list(shape)
    return [each.size for each in tensor_proto.tensor_shape.dim] == sizes


def shape_tensor(shape: Any) -> Tensor:
    """A shape as a tensor, of int32 where its sizes fit."""
    if isinstance(shape, (tuple, list)):
        if not shape:
            return convert_to_tensor(shape, dtype=int32, name="shape")
        shape = tuple(dimension_value(size) for size in shape)
    return convert_to_tensor(shape, name="shape")


def maybe_set_static_shape(tensor: Any, shape: Any) -> None:
    """Give a tensor the static shape that a tensor of its shape says, if it is known and says more.

    TensorFlow 1.15 has this switched off outside of Keras, and so it does nothing.
    """
