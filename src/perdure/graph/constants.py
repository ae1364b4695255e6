"""Constants: making them, and finding out what value a tensor is known to have while the graph is built."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph.construction import add_operation
from perdure.graph.dtypes import as_dtype
from perdure.graph.signatures import find
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.graph.values import as_array


def constant(
    value: Any,
    dtype: Any = None,
    shape: Any = None,
    name: str | None = "Const",
    verify_shape: bool = False,
) -> Tensor:
    """A tensor with a fixed value.

    Args:
        value: a Python scalar, a nested list or a NumPy array.
        dtype: the element type; inferred from the value when None.
        shape: the shape; a scalar or a shorter list is repeated (its last value) to fill it.
        name: the name of the node.
        verify_shape: whether the value must have exactly `shape`.

    Raises:
        TypeError: the value does not fit `dtype`, or not `shape` with `verify_shape`.
        ValueError: the value has more elements than `shape`.
    """
    array = as_array(value, dtype=dtype, shape=shape, verify_shape=verify_shape)
    return constant_of_array(array, as_dtype(dtype if dtype is not None else array.dtype), name)


def constant_of_array(array: np.ndarray, dtype: Any, name: str | None = "Const") -> Tensor:
    """A Const node holding `array`, which must not be changed afterwards."""
    graph = get_default_graph()
    attrs = {"value": array, "dtype": dtype.base_dtype}
    signature = find("Const")
    assert signature is not None
    name = graph.operation_name("Const" if name is None else name)
    return add_operation(graph, signature, name, (), attrs).outputs[0]


def constant_value(tensor: Any, partial: bool = False) -> Any:
    """The value of `tensor` if it follows from constants and static shapes, as TensorFlow's Python sees it.

    Library functions choose by it which nodes they make, so it knows exactly the op types that TensorFlow
    1.15 looks through (Const, Shape, Size, Rank, Range, Cast, Concat, ConcatV2, Pack, Fill, Equal, NotEqual).

    Args:
        tensor: a Tensor; anything else is taken for its own value if it is a NumPy array.
        partial: whether a Pack with unknown members gives an array of objects with None for those.

    Returns:
        An array (a NumPy scalar for Rank and Size), or None if the value is not known.
    """
    if isinstance(tensor, np.ndarray):
        return tensor
    if not isinstance(tensor, Tensor):
        element = getattr(tensor, "_as_graph_element", None)
        if element is None:
            return None
        tensor = element()
    rule = _VALUE_RULES.get(tensor.op.type)
    value = None if rule is None else rule(tensor, partial)
    if value is not None:
        # The program may now rely on the value: feeding another one would contradict it.
        tensor.graph.prevent_feeding(tensor)
    return value


def _const(tensor: Tensor, partial: bool) -> Any:
    return tensor.op.attrs["value"]


def _shape(tensor: Tensor, partial: bool) -> Any:
    shape = tensor.op.inputs[0]._shape
    if shape is None or None in shape:
        return None
    return np.array(shape, dtype=tensor.dtype.as_numpy_dtype)


def _size(tensor: Tensor, partial: bool) -> Any:
    shape = tensor.op.inputs[0]._shape
    if shape is None or None in shape:
        return None
    return np.prod(np.array(shape, np.int64), dtype=tensor.dtype.as_numpy_dtype)


def _rank(tensor: Tensor, partial: bool) -> Any:
    shape = tensor.op.inputs[0]._shape
    return None if shape is None else np.array(len(shape), np.int32)


def _range(tensor: Tensor, partial: bool) -> Any:
    limits = _values(tensor.op.inputs)
    return None if limits is None else np.arange(*limits, dtype=tensor.dtype.as_numpy_dtype)


def _cast(tensor: Tensor, partial: bool) -> Any:
    value = constant_value(tensor.op.inputs[0])
    return None if value is None else np.asarray(value).astype(tensor.dtype.as_numpy_dtype)


def _concat(tensor: Tensor, partial: bool) -> Any:
    inputs = _values(tensor.op.inputs)
    if inputs is None:
        return None
    axis, parts = (inputs[0], inputs[1:]) if tensor.op.type == "Concat" else (inputs[-1], inputs[:-1])
    return np.concatenate(parts, axis=int(axis))


def _pack(tensor: Tensor, partial: bool) -> Any:
    if not tensor.op.inputs or tensor.op.attrs["axis"] != 0:
        return None
    values = [constant_value(item, partial) for item in tensor.op.inputs]
    if any(value is None for value in values) and not partial:
        return None
    return np.array(values)


def _fill(tensor: Tensor, partial: bool) -> Any:
    value = constant_value(tensor.op.inputs[1])
    shape = tensor._shape
    if value is None or shape is None or None in shape:
        return None
    return np.full(shape, value, dtype=np.asarray(value).dtype)


def _equal(tensor: Tensor, partial: bool) -> Any:
    values = _values(tensor.op.inputs)
    return None if values is None else np.equal(*values)


def _not_equal(tensor: Tensor, partial: bool) -> Any:
    values = _values(tensor.op.inputs)
    return None if values is None else np.not_equal(*values)


def _values(tensors: Any) -> list[Any] | None:
    values = [constant_value(tensor) for tensor in tensors]
    return None if any(value is None for value in values) else values


_VALUE_RULES = {
    "Const": _const,
    "Shape": _shape,
    "Size": _size,
    "Rank": _rank,
    "Range": _range,
    "Cast": _cast,
    "Concat": _concat,
    "ConcatV2": _concat,
    "Pack": _pack,
    "Fill": _fill,
    "Equal": _equal,
    "NotEqual": _not_equal,
}


def constant_value_as_shape(tensor: Any) -> TensorShape:
    """What is known of the shape that the integer vector `tensor` describes.

    That is what TensorFlow's Python knows, which is less than what shape functions find out.

    Args:
        tensor: a vector of sizes, -1 meaning unknown.

    Raises:
        ValueError: it is a scalar other than -1, or not a vector.
    """
    shape = tensor.get_shape()
    if shape.ndims == 0:
        value = constant_value(tensor)
        if value is None:
            raise ValueError(
                "Received a scalar with unknown value as shape; require a statically known scalar with value "
                "'-1' to describe an unknown shape."
            )
        if value != -1:
            raise ValueError(
                f"Received a scalar value '{value}' as shape; require a statically known scalar with value "
                "'-1' to describe an unknown shape."
            )
        return TensorShape(None)
    (length,) = shape.with_rank(1).as_list()
    if length == 0:
        return TensorShape([])
    rule = _SHAPE_RULES.get(tensor.op.type)
    known = None if rule is None else rule(tensor)
    if known is not None:
        return known
    value = constant_value(tensor)
    if value is not None:
        return TensorShape(_sizes(value))
    return TensorShape(None if length is None else [None] * length)


def _sizes(values: Any) -> list[int | None]:
    return [int(size) if size is not None and size >= 0 else None for size in values]


def _packed_sizes(tensor: Tensor) -> TensorShape:
    return TensorShape(_sizes(constant_value(item) for item in tensor.op.inputs))


def _joined_sizes(tensor: Tensor) -> TensorShape:
    parts = tensor.op.inputs[1:] if tensor.op.type == "Concat" else tensor.op.inputs[:-1]
    joined = TensorShape([])
    for part in parts:
        joined = joined.concatenate(constant_value_as_shape(part))
    return joined


def _sliced_sizes(tensor: Tensor) -> TensorShape | None:
    whole, *limits = tensor.op.inputs
    values = _values(limits)
    attrs = tensor.op.attrs
    unusual = any(attrs[f"{kind}_mask"] for kind in ("ellipsis", "new_axis", "shrink_axis"))
    if values is None or unusual or attrs["begin_mask"] > 1 or attrs["end_mask"] > 1:
        return None
    begin, end, stride = (int(value[0]) for value in values)
    sizes = constant_value_as_shape(whole)
    if sizes.ndims is None:
        return None
    return sizes[None if attrs["begin_mask"] else begin : None if attrs["end_mask"] else end : stride]


_SHAPE_RULES = {
    "Shape": lambda tensor: tensor.op.inputs[0].get_shape(),
    "Pack": _packed_sizes,
    "Concat": _joined_sizes,
    "ConcatV2": _joined_sizes,
    "StridedSlice": _sliced_sizes,
}
