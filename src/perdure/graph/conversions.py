"""Conversions that are known from the start: numbers, arrays, lists with tensors in them, shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph.constants import constant
from perdure.graph.construction import apply_op
from perdure.graph.conversion import internal_convert_to_tensor, register_tensor_conversion_function
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType, int32, int64
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor, is_tensor_like
from perdure.graph.tensor_shape import Dimension, TensorShape


def _pack_if_it_has_tensors(value: Any, dtype: Any, name: str | None, as_ref: bool) -> Any:
    """A list with tensors somewhere inside becomes Pack nodes."""
    if as_ref or isinstance(value, np.ndarray) or not _holds_tensor(value):
        return NotImplemented
    inferred = _dtype_of_tensors(value)
    if inferred is None:
        return NotImplemented
    if dtype is None:
        dtype = inferred
    elif dtype != inferred:
        value = _cast_tensors(value, dtype)
    return pack_nested(value, dtype, name or "packed")


def _holds_tensor(value: Any) -> bool:
    return any(
        is_tensor_like(item) or isinstance(item, (list, tuple)) and _holds_tensor(item) for item in value
    )


def _dtype_of_tensors(value: Any) -> DType | None:
    for item in value:
        if is_tensor_like(item):
            return item.dtype.base_dtype
        if isinstance(item, (list, tuple)):
            found = _dtype_of_tensors(item)
            if found is not None:
                return found
    return None


def _cast_tensors(value: Any, dtype: DType) -> Any:
    if isinstance(value, (list, tuple)):
        return [_cast_tensors(item, dtype) for item in value]
    if is_tensor_like(value) and value.dtype.base_dtype != dtype:
        return apply_op("Cast", (value,), {"DstT": dtype}, "Cast")
    return value


def pack_nested(values: Any, dtype: DType, name: str) -> Tensor:
    """Nested lists of tensors and values as nested Pack nodes, the outermost called `name`."""
    if is_tensor_like(values):
        return internal_convert_to_tensor(values)
    with name_scope(name) as scope:
        items: list[Any] = []
        needs_packing = False
        for i, item in enumerate(values):
            if is_tensor_like(item):
                tensor = internal_convert_to_tensor(item)
                if dtype is not None and tensor.dtype.base_dtype != dtype:
                    raise TypeError(
                        f"Cannot convert a list containing a tensor of dtype {tensor.dtype} to {dtype} "
                        f"(Tensor is: {tensor!r})"
                    )
                items.append(tensor)
                needs_packing = True
            elif isinstance(item, (list, tuple)):
                packed = pack_nested(item, dtype, str(i))
                needs_packing |= is_tensor_like(packed)
                items.append(packed)
            else:
                items.append(item)
        if not needs_packing:
            return items  # type: ignore[return-value]
        tensors = [
            item if is_tensor_like(item) else constant(item, dtype=dtype, name=str(i))
            for i, item in enumerate(items)
        ]
        return apply_op("Pack", (tensors,), {"axis": 0}, scope)


def _shape_to_tensor(
    value: TensorShape, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if not value.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {value}")
    sizes: list[Any] = value.as_list()
    too_large = next((size for size in sizes if size >= 2**31), None)
    if dtype is None:
        dtype = int64 if too_large is not None else int32
    elif dtype not in (int32, int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype {dtype.name}")
    elif dtype == int32 and too_large is not None:
        raise ValueError(
            f"Cannot convert a TensorShape to dtype int32; a dimension is too large ({too_large})"
        )
    return constant(sizes, dtype=dtype, name=name or "shape_as_tensor")


def _dimension_to_tensor(
    value: Dimension, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if value.value is None:
        raise ValueError(f"Cannot convert an unknown Dimension to a Tensor: {value}")
    if dtype is not None and dtype not in (int32, int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype {dtype.name}")
    return constant(value.value, dtype=dtype or int32, name=name or "shape_as_tensor")


def _operation(value: Operation, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    wanted = None if dtype is None else dtype.name
    raise TypeError(
        f"Can't convert Operation '{value.name}' to Tensor (target dtype={wanted}, name={name!r}, "
        f"as_ref={as_ref})"
    )


def _constant(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    return constant(value, dtype=dtype, name=name or "Const")


register_tensor_conversion_function((list, tuple), _pack_if_it_has_tensors, 99)
register_tensor_conversion_function(Operation, _operation, 100)
register_tensor_conversion_function(TensorShape, _shape_to_tensor, 100)
register_tensor_conversion_function(Dimension, _dimension_to_tensor, 100)
register_tensor_conversion_function((list, tuple), _constant, 100)
register_tensor_conversion_function(object, _constant, 200)
