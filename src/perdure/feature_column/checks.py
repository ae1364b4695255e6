"""What the arguments of columns must be."""

from __future__ import annotations

from typing import Any

from perdure.graph import dtypes
from perdure.graph.dtypes import DType
from perdure.graph.nest import flatten, is_sequence


def check_key(key: Any) -> None:
    """Refuse a key of a feature that is no string.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")


def check_string_or_integer(dtype: DType, prefix: str) -> None:
    """Refuse a dtype whose values are no categories.

    Args:
        dtype: the dtype.
        prefix: what the error begins with.

    Raises:
        ValueError: it is neither string nor an integer one.
    """
    if dtype != dtypes.string and not dtype.is_integer:
        raise ValueError(f"{prefix} dtype must be string or integer. dtype: {dtype}.")


def check_input_dtype(key: str, dtype: DType, given: DType) -> None:
    """Refuse a feature of another kind than its column.

    Raises:
        ValueError: one is of strings and the other of integers.
    """
    if dtype.is_integer != given.is_integer:
        raise ValueError(
            f"Column dtype and SparseTensors dtype must be compatible. key: {key}, column dtype: {dtype}, "
            f"tensor dtype: {given}"
        )


def check_numeric(key: str, dtype: DType, normalizer_fn: Any) -> None:
    """Refuse a numeric column of what are no numbers.

    Raises:
        ValueError: its dtype has none.
        TypeError: its normalizer cannot be called.
    """
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, key: {key}")
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")


def checked_shape(shape: Any, key: Any) -> tuple[int, ...]:
    """The shape of an example of a numeric feature as a tuple.

    Raises:
        TypeError: a size is no integer.
        ValueError: a size is not positive.
    """
    assert shape is not None
    shape = tuple(shape) if is_sequence(shape) else (shape,)
    for size in shape:
        if not isinstance(size, int):
            raise TypeError(f"shape dimensions must be integer. shape: {shape}, key: {key}")
        if size < 1:
            raise ValueError(f"shape dimensions must be greater than 0. shape: {shape}, key: {key}")
    return shape


def checked_default(shape: tuple[int, ...], default: Any, dtype: DType, key: Any) -> Any:
    """The default value of a numeric feature as nested tuples.

    Args:
        shape: the shape of an example.
        default: a number, or numbers of that shape; or None.
        dtype: the dtype of the feature.
        key: its key.

    Raises:
        ValueError: it is of another shape.
        TypeError: it is of another kind than the dtype.
    """
    if default is None:
        return None
    if isinstance(default, int) or (isinstance(default, float) and dtype.is_floating):
        return _filled(shape, default)
    if callable(getattr(default, "tolist", None)):
        default = default.tolist()
    if is_sequence(default):
        if not _has_shape(default, shape):
            raise ValueError(
                f"The shape of default_value must be equal to given shape. default_value: {default}, shape: "
                f"{shape}, key: {key}"
            )
        numbers = flatten(default)
        if all(isinstance(number, int) for number in numbers) or (
            dtype.is_floating and any(isinstance(number, float) for number in numbers)
        ):
            return _as_tuple(default)
    raise TypeError(
        f"default_value must be compatible with dtype. default_value: {default}, dtype: {dtype}, key: {key}"
    )


def _filled(shape: tuple[int, ...], value: Any) -> Any:
    return tuple(_filled(shape[1:], value) for _ in range(shape[0])) if shape else value


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(part) for part in value) if is_sequence(value) else value


def _has_shape(value: Any, shape: tuple[int, ...]) -> bool:
    if is_sequence(value) != bool(shape):
        return False
    if not shape:
        return True
    return len(value) == shape[0] and all(_has_shape(part, shape[1:]) for part in value)
