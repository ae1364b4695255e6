"""Arguments of datasets as tensors."""

from __future__ import annotations

from typing import Any

from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor_shape import as_shape


def optional_param_to_tensor(
    argument_name: str, argument_value: Any, argument_default: Any = 0, argument_dtype: Any = dtypes.int64
) -> Any:
    """An argument as a tensor, or its default when None."""
    if argument_value is None:
        return constant(argument_default, dtype=argument_dtype, name=argument_name)
    return convert_to_tensor(argument_value, dtype=argument_dtype, name=argument_name)


def partial_shape_to_tensor(shape_like: Any) -> Any:
    """A static shape, or a vector, as a vector of int64 with -1 for unknown sizes.

    Raises:
        ValueError: it is no vector.
        TypeError: it is none of int64.
    """
    try:
        sizes = [-1 if size is None else size for size in as_shape(shape_like).as_list()]
        return convert_to_tensor(sizes, dtype=dtypes.int64)
    except (TypeError, ValueError):
        tensor = convert_to_tensor(shape_like, preferred_dtype=dtypes.int64)
        if tensor.shape.dims is not None and len(tensor.shape.dims) != 1:
            raise ValueError(
                f"The given shape {shape_like} must be a 1-D tensor of tf.int64 values, but the shape was "
                f"{tensor.shape}."
            ) from None
        if tensor.dtype != dtypes.int64:
            raise TypeError(
                f"The given shape {shape_like} must be a 1-D tensor of tf.int64 values, but the element type "
                f"was {tensor.dtype.name}."
            ) from None
        return tensor
