"""From Python values to tensors: `convert_to_tensor` and the registry behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.graph.constants import constant
from perdure.graph.construction import apply_op
from perdure.graph.dtypes import DType, as_dtype, int32, int64
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor, is_tensor_like
from perdure.graph.tensor_shape import Dimension, TensorShape

ConversionFunction = Callable[..., Any]

# Priority -> (types, function) in the order of registration; lower numbers are asked first.
_registry: dict[int, list[tuple[Any, ConversionFunction]]] = {}
_functions_of_type: dict[type, list[tuple[Any, ConversionFunction]]] = {}


def register_tensor_conversion_function(
    base_type: Any, conversion_func: ConversionFunction, priority: int = 100
) -> None:
    """Teach `convert_to_tensor` about a type.

    Args:
        base_type: a class or a tuple of classes.
        conversion_func: `f(value, dtype=None, name=None, as_ref=False)`; returns a Tensor or NotImplemented.
        priority: functions with lower numbers are tried first.

    Raises:
        TypeError: `base_type` is no class or `conversion_func` is not callable, or the type is one of
            those that TensorFlow converts itself.
    """
    types = base_type if isinstance(base_type, tuple) else (base_type,)
    if not types or not all(isinstance(item, type) for item in types):
        raise TypeError("base_type must be a type or a tuple of types.")
    if any(issubclass(item, (int, float, np.generic, np.ndarray)) for item in types):
        raise TypeError("Cannot register conversions for Python numeric types and NumPy scalars and arrays.")
    if not callable(conversion_func):
        raise TypeError("conversion_func must be callable.")
    _registry.setdefault(priority, []).append((base_type, conversion_func))
    _functions_of_type.clear()


def _functions_for(kind: type) -> list[tuple[Any, ConversionFunction]]:
    found = _functions_of_type.get(kind)
    if found is None:
        found = [
            entry
            for priority in sorted(_registry)
            for entry in _registry[priority]
            if issubclass(kind, entry[0])
        ]
        _functions_of_type[kind] = found
    return found


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    dtype_hint: Any = None,
) -> Tensor:
    """`value` as a Tensor.

    Args:
        value: a Tensor, a variable, a NumPy array, a Python scalar or (nested) list, or any object of a
            registered type.
        dtype: the type the result must have; taken from the value when None.
        name: the name of the node if one is made.
        preferred_dtype: a type to use if the value allows it.
        dtype_hint: the newer name of `preferred_dtype`.

    Raises:
        TypeError: the value cannot be converted.
        ValueError: it is a Tensor of another type.
    """
    return internal_convert_to_tensor(
        value, dtype, name, preferred_dtype=dtype_hint if preferred_dtype is None else preferred_dtype
    )


def internal_convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    as_ref: bool = False,
    preferred_dtype: Any = None,
) -> Tensor:
    """`convert_to_tensor`, where `as_ref` keeps the reference of a ref variable."""
    if dtype is not None:
        dtype = as_dtype(dtype)
    if isinstance(value, Tensor):
        if dtype is not None and not dtype.is_compatible_with(value.dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype "
                f"{value.dtype.name}: {str(value)!r}"
            )
        return value
    if preferred_dtype is not None:
        preferred_dtype = as_dtype(preferred_dtype)
    for base_type, function in _functions_for(type(value)):
        result = NotImplemented
        if dtype is None and preferred_dtype is not None:
            try:
                result = function(value, dtype=preferred_dtype, name=name, as_ref=as_ref)
            except (TypeError, ValueError):
                pass  # the preferred type does not fit this value; it decides its own
            else:
                if result is not NotImplemented and result.dtype.base_dtype != preferred_dtype.base_dtype:
                    raise TypeError(
                        f"convert_to_tensor did not convert to the preferred dtype: {result.dtype} vs "
                        f"{preferred_dtype}"
                    )
        if result is NotImplemented:
            result = function(value, dtype=dtype, name=name, as_ref=as_ref)
        if result is NotImplemented:
            continue
        if not isinstance(result, Tensor):
            raise RuntimeError(
                f"{_subject(name)}: Conversion function {function!r} for type {base_type} returned "
                f"non-Tensor: {result!r}"
            )
        if dtype is not None and not dtype.is_compatible_with(result.dtype):
            raise RuntimeError(
                f"{_subject(name)}: Conversion function {function!r} for type {base_type} returned "
                f"incompatible dtype: requested = {dtype.name}, actual = {result.dtype.name}"
            )
        return result
    raise TypeError(
        f"{_subject(name)}: Cannot convert {value!r} with type {type(value)} to Tensor: "
        "no conversion function registered."
    )


def _subject(name: str | None) -> str:
    return f"Error converting {name!r}" if name else "Error converting a value"


def convert_n_to_tensor(
    values: Sequence[Any],
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    as_ref: bool = False,
) -> list[Tensor]:
    """Each of `values` as a Tensor; nodes that are made are called `<name>_<position>`.

    Raises:
        TypeError: `values` is not a sequence, or one of them cannot be converted.
    """
    if not isinstance(values, (list, tuple, Sequence)):
        raise TypeError("values must be a sequence.")
    return [
        internal_convert_to_tensor(value, dtype, f"{name}_{i}" if name else None, as_ref, preferred_dtype)
        for i, value in enumerate(values)
    ]


# -- the types that are known from the start ---------------------------------------------


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
    from perdure.graph.defaults import name_scope

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
    sizes = value.as_list()
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
