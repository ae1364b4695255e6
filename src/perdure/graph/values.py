"""From Python values to arrays, by the rules of `tf.constant`.

Python numbers become float32 and int32 (int64 if they must), while what NumPy typed keeps its type.
A requested type is checked against the *kind* of the Python values: no float where an integer
is wanted, and so on.  `convert_to_tensor` relies on these refusals to choose a type.
"""

from __future__ import annotations

import numbers
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from perdure.graph import dtypes
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import Dimension

__all__ = ["as_array", "as_bytes"]

# NumPy's limit at the time, and still that of its iterators.
MAX_RANK = 32
_INT32_MIN, _INT32_MAX = -(2**31), 2**31 - 1

# The quick way for the commonest values, by (type of value, wanted type): nothing to check.
_SCALAR_TYPES: dict[tuple[type, DType | None], type] = {
    (float, None): np.float32,
    (bool, None): np.bool_,
    (bool, dtypes.bool): np.bool_,
    (complex, None): np.complex128,
}
for _dtype in dtypes.float16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128:
    for _kind in (int, float, bool) if _dtype.is_floating else (int, float, bool, complex):
        _SCALAR_TYPES[_kind, _dtype] = _dtype.as_numpy_dtype


def as_array(
    values: Any,
    dtype: Any = None,
    shape: Any = None,
    verify_shape: bool = False,
    allow_broadcast: bool = False,
) -> np.ndarray:
    """Make the array of a constant.

    Args:
        values: a number, string, bool, (nested) list or tuple of them, or an array.
        dtype: the wanted type; inferred if None.
        shape: the wanted shape, fully known.  Fewer values are filled up with the last one.
        verify_shape: refuse values of another shape instead of filling up.
        allow_broadcast: fill up only from a single value.

    Returns:
        A new array of the type's NumPy dtype; strings are an object array of bytes.

    Raises:
        TypeError: if a value's kind does not fit `dtype`, or is none that tensors can hold, or the
            shape was verified and differs.
        ValueError: for None, nested lists of unequal lengths, or more values than `shape` holds.
    """
    if dtype is not None:
        dtype = as_dtype(dtype)
    if shape is None and verify_shape is False:
        kind = type(values)
        if kind is int and (dtype is None or dtype is dtypes.int32):
            if _INT32_MIN <= values <= _INT32_MAX:
                return np.array(values, np.int32)
        elif (kind, dtype) in _SCALAR_TYPES and abs(values) < 65000:  # even a half holds it
            return np.array(values, _SCALAR_TYPES[kind, dtype])
        elif (kind is str or kind is bytes) and (dtype is None or dtype is dtypes.string):
            return _string_array([as_bytes(values)], ())
        elif (kind is list or kind is tuple) and (dtype is None or dtype is dtypes.int32):
            if set(map(type, values)) == {int}:
                try:
                    return np.array(values, np.int32)
                except OverflowError:
                    pass  # int64, or wrapped around: decided below
    if allow_broadcast and verify_shape:
        raise ValueError("allow_broadcast and verify_shape are not both allowed.")
    if shape is not None:
        shape = _plain_shape(shape)
    with np.errstate(all="ignore"):  # 1e300 is float32's inf, without a warning
        if isinstance(values, (np.ndarray, np.generic)) or _is_array_like(values):
            array = _from_array(np.asarray(values), dtype)
        else:
            array = _from_python(values, dtype, shape)
    found = as_dtype(array.dtype)
    if dtype is not None and dtype.base_dtype is not found:
        raise TypeError(f"Incompatible types: {dtype} vs. {array.dtype}. Value is {values}")
    return array if shape is None else _fill(array, shape, verify_shape, allow_broadcast)


def _plain_shape(shape: Any) -> tuple[int, ...]:
    try:
        sizes = tuple([int(size) for size in shape])
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(
            f"The shape of a constant must be a list of integers, not {shape!r} ({error})"
        ) from error
    if any(size >= 2**63 for size in sizes):
        raise ValueError(f"The shape of a constant is too large: {list(sizes)}")
    return sizes


def as_bytes(text: Any) -> bytes:
    """`text` as bytes, encoding a `str` as UTF-8; `TypeError` for anything but text."""
    if isinstance(text, str):
        return text.encode()
    if isinstance(text, (bytes, bytearray)):
        return bytes(text)
    raise TypeError(f"Expected binary or unicode string, got {text!r}")


# -- arrays -----------------------------------------------------------------------


def _is_array_like(values: Any) -> bool:
    """Whether NumPy can take `values` as they are: `__array__`, or a buffer that is no string."""
    if values is None or isinstance(values, (list, tuple, str, bytes, type, Tensor)):
        return False
    if callable(getattr(values, "__array__", None)):
        return True
    if isinstance(getattr(values, "__array_interface__", None), dict):
        return True
    try:
        memoryview(values).release()
    except TypeError:
        return False
    return True


def _from_array(array: np.ndarray, dtype: DType | None) -> np.ndarray:
    """A copy of `array` in `dtype`, or in the native form of its own type."""
    if dtype is dtypes.string or (dtype is None and array.dtype.kind in "OUS"):
        return _string_array([as_bytes(item) for item in array.ravel().tolist()], array.shape)
    if dtype is None or not dtype.is_numpy_compatible:
        return array.astype(array.dtype.newbyteorder("="))
    if array.dtype.kind in "SU" and dtype.is_bool:
        array = array.astype(np.int64)  # NumPy 2 takes any text for true
    return array.astype(dtype.as_numpy_dtype)


def _string_array(strings: list[bytes], shape: tuple[int, ...]) -> np.ndarray:
    array = np.empty(len(strings), object)
    array[:] = strings
    return array.reshape(shape)


# -- Python values ----------------------------------------------------------------


def _from_python(values: Any, dtype: DType | None, shape: tuple[int, ...] | None) -> np.ndarray:
    if values is None:
        raise ValueError("None values not supported.")
    wanted = dtype.as_numpy_dtype if dtype is not None and dtype.is_numpy_compatible else None
    if shape is not None and 0 in shape:
        # TensorFlow does not look at the values of an empty constant.
        return np.empty(shape, np.float32 if wanted is None else wanted)
    kinds = _leaf_types(values)
    _check_kinds(values, kinds, dtype)
    if all(issubclass(kind, (str, bytes)) for kind in kinds) and kinds:
        strings = [as_bytes(leaf) for leaf in _leaves(values)]
        sizes = _dense_sizes(values)
        if len(sizes) > MAX_RANK:
            raise _not_dense(values, sizes[:MAX_RANK])
        if len(strings) != np.prod(sizes, dtype=np.int64) or not _is_dense(values, sizes):
            raise _not_dense(values)
        return _string_array(strings, sizes)
    if wanted is None and any(issubclass(kind, (str, bytes)) for kind in kinds):
        raise _not_convertible(values)
    array = _numpy_array(values, wanted)
    if wanted is not None:
        return array
    if array.dtype.kind == "O":
        raise _not_convertible(values)
    if array.dtype == np.float64:
        return array.astype(np.float32)
    if array.dtype == np.int64:
        narrow = array.astype(np.int32)
        return narrow if np.array_equal(narrow, array) else array
    return array


def _numpy_array(values: Any, wanted: Any) -> np.ndarray:
    """`np.array`, wrapping integers around and refusing what is not a full box of values."""
    try:
        array = np.array(values, wanted)
    except OverflowError:
        # NumPy 2 refuses 300 as uint8; TensorFlow takes the low bits.
        try:
            array = np.array(values, np.int64).astype(wanted)
        except OverflowError:
            raise OverflowError(
                f"Python int too large to convert to C long: a value of {values} does not fit int64"
            ) from None
    except ValueError as error:
        sizes = _dense_sizes(values)
        if wanted is not None and _is_dense(values, sizes) and "inhomogeneous" not in str(error):
            raise
        if wanted is None and len(sizes) == 1:  # a list, or an array of another shape, after something else
            raise _not_convertible(values) from None
        raise _not_dense(values) from None
    if array.dtype.names is None and (array.ndim > MAX_RANK or array.shape != _dense_sizes(values)):
        raise _not_dense(values, array.shape[:MAX_RANK])
    return array


def _dense_sizes(values: Any) -> tuple[int, ...]:
    """The shape of nested lists, going by the first element at each depth."""
    sizes = []
    while isinstance(values, (list, tuple)):
        sizes.append(len(values))
        if not values:
            break
        values = values[0]
    return tuple(sizes)


def _is_dense(values: Any, sizes: tuple[int, ...]) -> bool:
    """Whether nested lists have these lengths everywhere."""
    if not sizes:
        return not isinstance(values, (list, tuple))
    return (
        isinstance(values, (list, tuple))
        and len(values) == sizes[0]
        and all(_is_dense(value, sizes[1:]) for value in values if sizes[0])
    )


def _not_dense(values: Any, got: tuple[int, ...] | None = None) -> ValueError:
    if got is None:
        got = np.array(values, object).shape
    wanted = list(_dense_sizes(values))
    return ValueError(
        f"Argument must be a dense tensor: {values} - got shape {list(got)}, but wanted {wanted}."
    )


def _not_convertible(values: Any) -> TypeError:
    return TypeError(
        f"Failed to convert object of type {type(values)} to Tensor. Contents: "
        f"{values}. Consider casting elements to a supported type."
    )


# -- kinds of values --------------------------------------------------------------

# What a Python value must be an instance of, for each kind of type.
_INTEGERS = (numbers.Integral, np.integer, Dimension)
_REALS = (numbers.Real, np.integer, np.floating)
_COMPLEXES = (numbers.Complex, np.number)


def _acceptable(dtype: DType) -> tuple[type, ...] | None:
    """The classes of values for `dtype`; None if everything but a tensor will do."""
    base = dtype.base_dtype
    if base.is_integer:
        return _INTEGERS
    if base.is_floating:
        return (*_REALS, base.as_numpy_dtype)  # ml_dtypes' bfloat16 is no np.floating
    if base.is_complex:
        return _COMPLEXES
    if base.is_bool:
        return (bool,)
    return (str, bytes) if base is dtypes.string else None


def _check_kinds(values: Any, kinds: set[type], dtype: DType | None) -> None:
    """Raise `TypeError` naming the first value that does not fit `dtype`."""
    if Tensor in kinds:
        raise TypeError("List of Tensors when single Tensor expected")
    if dtype is not None and dtype.is_quantized:
        _check_quantized(values, dtype)
        return
    accepted = None if dtype is None else _acceptable(dtype)
    if dtype is None or accepted is None or all(issubclass(kind, accepted) for kind in kinds):
        return
    for leaf in _leaves(values):
        if not isinstance(leaf, accepted):
            raise _unexpected(leaf, dtype)


def _check_quantized(values: Any, dtype: DType) -> None:
    """Raise `TypeError` unless `values` are nested lists of tuples of one integer."""
    if not isinstance(values, (list, tuple)):
        raise _unexpected(values, dtype)
    for value in values:
        if isinstance(values, list):
            _check_quantized(value, dtype)
        elif not isinstance(value, _INTEGERS):
            raise _unexpected(value, dtype)


def _unexpected(value: Any, dtype: DType) -> TypeError:
    return TypeError(f"Expected {dtype.name}, got {value!r} of type '{type(value).__name__}' instead.")


def _leaf_types(values: Any) -> set[type]:
    """The types of what nested lists hold, at C speed for each innermost list."""
    if not isinstance(values, (list, tuple)):
        return {type(values)}
    kinds = set(map(type, values))
    if not any(issubclass(kind, (list, tuple)) for kind in kinds):
        return kinds
    return set().union(*map(_leaf_types, values))


def _leaves(values: Any) -> Iterator[Any]:
    """What nested sequences and mappings hold, in TensorFlow's order."""
    if isinstance(values, Mapping):
        values = [values[key] for key in sorted(values)]
    if isinstance(values, Sequence) and not isinstance(values, (str, bytes, bytearray)):
        for value in values:
            yield from _leaves(value)
    else:
        yield values


# -- shape ------------------------------------------------------------------------


def _fill(array: np.ndarray, shape: tuple[int, ...], verify: bool, broadcast: bool) -> np.ndarray:
    """`array` in another shape, its last value repeated as often as needed."""
    size = int(np.prod(shape, dtype=np.int64))
    if broadcast:
        # A single value is repeated, any other number of values must be exact.
        if array.shape not in ((), (1,)) and array.size != size:
            raise TypeError(f"Expected Tensor's shape: {shape}, got {array.shape}.")
    elif verify and array.shape != shape:
        raise TypeError(f"Expected Tensor's shape: {shape}, got {array.shape}.")
    if array.size > size:
        raise ValueError(f"Too many elements provided. Needed at most {size}, but received {array.size}")
    if array.size == size:
        return array.reshape(shape)
    last = array.ravel()[-1] if array.size else _blank(array.dtype)
    filled = np.full(size, last, array.dtype)
    filled[: array.size] = array.ravel()
    return filled.reshape(shape)


def _blank(numpy_type: np.dtype) -> Any:
    return b"" if numpy_type.kind == "O" else np.zeros((), numpy_type)
