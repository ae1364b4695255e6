"""From Python values to tensors: `convert_to_tensor` and the registry behind it.

Which types there are is said elsewhere: `graph/conversions.py` has those that are known from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.graph.dtypes import as_dtype
from perdure.graph.tensor import Tensor

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
                f"{value.dtype.name}: {value!r}"
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
