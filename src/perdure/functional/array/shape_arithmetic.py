"""Arithmetic on shapes as values, and sequences: `tf.range`, `tf.linspace`, how two shapes broadcast."""

from __future__ import annotations

from typing import Any

from perdure.functional.math.cast import cast
from perdure.functional.plain import function_of
from perdure.graph import dtypes, shapes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape

lin_space = linspace = function_of(
    "LinSpace",
    "lin_space",
    "start",
    "stop",
    "num",
    says="`num` values from `start` to `stop`, both included, at equal distances.",
)


_RANGE_TYPES = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)  # the last given wins


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range") -> Tensor:
    """The numbers from `start` up to but not including `limit`, in steps of `delta`.

    Args:
        start: the first number; the limit, counting from 0, if `limit` is None.
        limit: where to stop.
        delta: the step, which may be negative.
        dtype: the type; otherwise the widest of the three (int32, int64, float32, float64).
        name: the name of the node.

    Raises:
        TypeError: `dtype` is None and an argument has another type than those four.
    """
    if limit is None:
        start, limit = 0, start
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        start = convert_to_tensor(start, dtype=dtype, name="start")
        limit = convert_to_tensor(limit, dtype=dtype, name="limit")
        delta = convert_to_tensor(delta, dtype=dtype, name="delta")
        if dtype is None:
            given = [start.dtype.base_dtype, limit.dtype.base_dtype, delta.dtype.base_dtype]
            for found in given:
                if found not in _RANGE_TYPES:
                    raise TypeError(
                        f"tf.range needs int32, int64, float32 or float64, or a dtype; got {found.name}"
                    )
            widest: DType = max(given, key=_RANGE_TYPES.index)
            start, limit, delta = cast(start, widest), cast(limit, widest), cast(delta, widest)
        return g.range(start, limit, delta, name=scope)


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """The shape that two shapes are broadcast to, as a tensor.

    Args:
        shape_x, shape_y: integer vectors.
    """
    return g.broadcast_args(shape_x, shape_y)


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape that two static shapes are broadcast to.

    Args:
        shape_x, shape_y: TensorShapes.

    Raises:
        ValueError: they do not go together.
    """
    x, y = as_shape(shape_x), as_shape(shape_y)
    try:
        return TensorShape.from_tuple(shapes.broadcast(x.as_tuple(), y.as_tuple()))
    except ValueError:
        raise ValueError(f"Incompatible shapes for broadcasting: {x} and {y}") from None
