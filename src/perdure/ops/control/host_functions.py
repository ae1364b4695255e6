"""Operations that call Python functions of the program: PyFunc and PyFuncStateless."""

import traceback

import numpy as np

from perdure.graph import errors, host_functions
from perdure.graph.dtypes import as_dtype, word_of
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# What TensorFlow makes of what the function raises (python/lib/core/py_func.cc); UnknownError of the rest.
_ERRORS = (
    ((ValueError, TypeError), errors.InvalidArgumentError),
    (StopIteration, errors.OutOfRangeError),
    (MemoryError, errors.ResourceExhaustedError),
    (NotImplementedError, errors.UnimplementedError),
)


def py_func_shape(*, Tout):
    return [None] * len(Tout)


def py_func_kernel(xp, input, *, token, Tout):
    try:
        result = host_functions.find(token)(*map(_given, input))
    except Exception as error:
        raise _failure(error) from error
    if result is None:
        values = []
    elif isinstance(result, (list, tuple)):
        values = [_taken(item) for item in result]
    else:
        values = [_taken(result)]
    if len(values) != len(Tout):
        raise invalid(f"{token} returns {len(values)} values, but expects to see {len(Tout)} values.")
    for i, (value, expected) in enumerate(zip(values, Tout, strict=True)):
        try:
            actual = as_dtype(value.dtype)
        except TypeError:
            raise errors.InternalError(None, None, f"Unsupported numpy data type {value.dtype}") from None
        if actual != expected:
            raise invalid(
                f"{i}-th value returned by {token} is {word_of(actual)}, but expects {word_of(expected)}"
            )
    return values


def _given(value):
    """What the function gets: an array of its own, which it may change; a NumPy scalar or bytes."""
    return np.array(value)[()]


def _taken(value):
    """What the function returned, as an array that it does not share."""
    array = np.asarray(value)
    if array.dtype.kind == "U":
        array = np.char.encode(array, "utf-8")
    if array.dtype.kind == "S":
        return array.astype(object)
    if array.dtype.kind != "O":
        return np.array(array, order="C")
    encoded = np.empty(array.shape, object)
    for place, item in np.ndenumerate(array):
        if not isinstance(item, (bytes, str)):
            raise errors.InternalError(None, None, f"Unsupported object type {type(item).__name__}")
        encoded[place] = item.encode() if isinstance(item, str) else item
    return encoded


def _failure(error):
    """The error of the step, with the text and the traceback of what the function raised."""
    error_class = next((made for kinds, made in _ERRORS if isinstance(error, kinds)), errors.UnknownError)
    frames = error.__traceback__.tb_next  # without the kernel's own
    text = "".join(traceback.format_exception(type(error), error, frames))
    return error_class(None, None, f"{type(error).__name__}: {error}\n{text}")


for _definition in (
    op("PyFunc", host=True, calls_program=True),
    op("PyFuncStateless", host=True, calls_program=True, kept=True),
):
    _definition.shape(py_func_shape)
    _definition.kernel(py_func_kernel)
    _definition.not_differentiable("it calls a Python function")
