"""tf.cast and its like."""

from __future__ import annotations

from typing import Any

from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.platform import logging


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """`x` as another type, by C's rules: fractions are cut off, integers wrap around.

    Args:
        x: a tensor, or a SparseTensor or IndexedSlices, whose values are cast.
        dtype: the type of the result; a tensor that has it is returned as it is.
        name: the name of the node.
    """
    base_type = dtypes.as_dtype(dtype).base_dtype
    if (isinstance(x, Tensor) or _is_resource_variable(x)) and x.dtype == base_type:
        return x
    with name_scope(name, "Cast", [x]) as scope:
        if isinstance(x, SparseTensor):
            x = SparseTensor(x.indices, cast(x.values, base_type, name=scope), x.dense_shape)
        elif isinstance(x, IndexedSlices):
            x = IndexedSlices(cast(x.values, base_type, name=scope), x.indices, x.dense_shape)
        else:
            x = convert_to_tensor(x, name="x")
            if x.dtype.base_dtype != base_type:
                if x.dtype.is_complex and base_type.is_floating:
                    logging.warn("Casting complex to real discards imaginary part.")
                x = g.cast(x, DstT=base_type, name=scope)
        return x


def _is_resource_variable(value: Any) -> bool:
    return getattr(value, "handle", None) is not None and hasattr(value, "read_value")


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """`value` as another type, where what does not fit becomes the nearest value that does."""
    with name_scope(name, "saturate_cast", [value]) as scope:
        value = convert_to_tensor(value, name="value")
        target = dtypes.as_dtype(dtype).base_dtype
        if value.dtype.min < target.min:
            value = g.maximum(value, convert_to_tensor(target.min, dtype=value.dtype, name="min"))
        if value.dtype.max > target.max:
            value = g.minimum(value, convert_to_tensor(target.max, dtype=value.dtype, name="max"))
        return cast(value, target, name=scope)


def to_float(x: Any, name: str | None = "ToFloat") -> Any:
    """`tf.cast(x, tf.float32)`."""
    return cast(x, dtypes.float32, name=name)


def to_double(x: Any, name: str | None = "ToDouble") -> Any:
    """`tf.cast(x, tf.float64)`."""
    return cast(x, dtypes.float64, name=name)


def to_int32(x: Any, name: str | None = "ToInt32") -> Any:
    """`tf.cast(x, tf.int32)`."""
    return cast(x, dtypes.int32, name=name)


def to_int64(x: Any, name: str | None = "ToInt64") -> Any:
    """`tf.cast(x, tf.int64)`."""
    return cast(x, dtypes.int64, name=name)


def to_bfloat16(x: Any, name: str | None = "ToBFloat16") -> Any:
    """`tf.cast(x, tf.bfloat16)`."""
    return cast(x, dtypes.bfloat16, name=name)


def to_complex64(x: Any, name: str | None = "ToComplex64") -> Any:
    """`tf.cast(x, tf.complex64)`."""
    return cast(x, dtypes.complex64, name=name)


def to_complex128(x: Any, name: str | None = "ToComplex128") -> Any:
    """`tf.cast(x, tf.complex128)`."""
    return cast(x, dtypes.complex128, name=name)
