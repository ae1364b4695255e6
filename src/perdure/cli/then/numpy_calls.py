"""Functions of NumPy as they were: what a program's calls go to.

Each first asks NumPy as it is, and does it as it was done only where that refuses: what works today, and
what never worked, takes no other way.  `original` is NumPy's function, so that several may share one here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.cli.then.operands import by_value

_Function = Callable[..., Any]

_RAGGED = "inhomogeneous shape"
_NO_COPY = "Unable to avoid copy"


def _array_function(original: _Function) -> _Function:
    may_keep = original is np.array

    def make(*args: Any, **kwargs: Any) -> Any:
        if may_keep and kwargs.get("copy") is False:
            kwargs["copy"] = None
        try:
            return original(*args, **kwargs)
        except (OverflowError, ValueError) as error:
            then = _arguments_of_then(error, *args, **kwargs)
            if then is None:
                raise
        if len(then) > 1:
            kwargs.pop("dtype", None)
        return original(*then, **kwargs)

    return make


def _arguments_of_then(error: Exception, value: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...] | None:
    """The arguments by which NumPy makes the array that it made then, or None if it made none."""
    dtype = args[0] if args else kwargs.get("dtype")
    if isinstance(error, OverflowError):
        wrapped = wrap_integers(value, dtype)
        return None if wrapped is None else (wrapped, *args)
    if dtype is not None or _RAGGED not in str(error):
        return None
    return value, np.object_, *args[1:]


array = asarray = asanyarray = ascontiguousarray = asfortranarray = _array_function


def wrap_integers(value: Any, dtype: Any) -> np.ndarray | None:
    """Python's integers as an array of a type of integers, in which those out of its range wrap around.

    Args:
        value: a number, or numbers in lists.
        dtype: the type.

    Returns:
        None if the type is another one, or a number does not fit into 64 bits.
    """
    if dtype is None:
        return None
    kind = np.dtype(dtype)
    if kind.kind not in "iu":
        return None
    try:
        return np.array(value, np.int64).astype(kind)
    except OverflowError:  # a number above the signed ones
        numbers = np.array(value, np.object_)
        if any(not -(2**63) <= int(number) < 2**64 for number in numbers.flat):
            return None
        wrapped = [int(number) % 2**64 for number in numbers.flat]
        return np.array(wrapped, np.uint64).reshape(numbers.shape).astype(kind)


def integer_type(original: Any) -> _Function:
    def make(*args: Any, **kwargs: Any) -> Any:
        try:
            return original(*args, **kwargs)
        except OverflowError:
            wrapped = wrap_integers(args[0], original) if len(args) == 1 else None
            if wrapped is None:
                raise
            return wrapped[()]

    return make


def full(original: _Function) -> _Function:
    def make(shape: Any, fill_value: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(shape, fill_value, dtype, *args, **kwargs)
        except OverflowError:
            wrapped = wrap_integers(fill_value, dtype)
            if wrapped is None:
                raise
            return original(shape, wrapped, dtype, *args, **kwargs)

    return make


def full_like(original: _Function) -> _Function:
    def make(a: Any, fill_value: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(a, fill_value, dtype, *args, **kwargs)
        except OverflowError:
            wrapped = wrap_integers(fill_value, np.asarray(a).dtype if dtype is None else dtype)
            if wrapped is None:
                raise
            return original(a, wrapped, dtype, *args, **kwargs)

    return make


def promoting(original: _Function, first_fit: bool = False) -> _Function:
    def compute(*args: Any, **kwargs: Any) -> Any:
        try:
            return original(*args, **kwargs)
        except OverflowError:
            arrays = [x for x in args if isinstance(x, np.ndarray) and x.dtype.kind in "iu"]
            if not arrays:
                raise
            kind = np.result_type(*(x.dtype for x in arrays))
            then = [by_value(x, kind, first_fit) if type(x) is int else x for x in args]
        return original(*then, **kwargs)

    return compute


def fitting(original: _Function) -> _Function:
    return promoting(original, first_fit=True)


def fromstring(original: _Function) -> _Function:
    def read(string: Any, dtype: Any = float, count: int = -1, sep: str = "", **kwargs: Any) -> Any:
        if sep != "":
            return original(string, dtype, count, sep=sep, **kwargs)
        data = string.encode("ascii") if isinstance(string, str) else bytes(string)
        if count == -1 and len(data) % np.dtype(dtype).itemsize:
            raise ValueError("string size must be a multiple of element size")
        if count == -1 and not data:
            return np.empty(0, dtype)
        return np.frombuffer(data, dtype, count).copy()

    return read


def stacking(original: _Function) -> _Function:
    def stack(arrays: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(arrays, (list, tuple, np.ndarray)) and hasattr(arrays, "__next__"):
            arrays = list(arrays)
        try:
            return original(arrays, *args, **kwargs)
        except ValueError as error:
            if _RAGGED not in str(error):
                raise
            then = _array_function(np.asarray)
            return original([then(each) for each in arrays], *args, **kwargs)

    return stack


def sum(original: _Function) -> _Function:
    def add(a: Any, *args: Any, **kwargs: Any) -> Any:
        if hasattr(a, "__next__") and not args and not kwargs:
            import builtins

            return builtins.sum(a)
        return original(a, *args, **kwargs)

    return add


def _renamed(old: str, new: str) -> Callable[[_Function], _Function]:
    def rename(original: _Function) -> _Function:
        def call(*args: Any, **kwargs: Any) -> Any:
            if old in kwargs:
                kwargs[new] = kwargs.pop(old)
            return original(*args, **kwargs)

        return call

    return rename


reshape = _renamed("newshape", "shape")
histogram = _renamed("normed", "density")
quantiles = _renamed("interpolation", "method")


def unique(original: _Function) -> _Function:
    def find(ar: Any, *args: Any, **kwargs: Any) -> Any:
        found = original(ar, *args, **kwargs)
        axis = kwargs.get("axis", args[3] if len(args) > 3 else None)
        inverse = 2 if kwargs.get("return_index") or (args and args[0]) else 1
        if axis is not None or not (kwargs.get("return_inverse") or (len(args) > 1 and args[1])):
            return found
        return tuple(each.reshape(-1) if i == inverse else each for i, each in enumerate(found))

    return find


def cross(original: _Function) -> _Function:
    def multiply(a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
        a, b = np.asarray(a), np.asarray(b)
        if args or kwargs or a.shape[-1:] not in ((2,), (3,)) or b.shape[-1:] not in ((2,), (3,)):
            return original(a, b, *args, **kwargs)
        if a.shape[-1] == b.shape[-1] == 2:
            return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
        return original(_in_space(a), _in_space(b))

    return multiply


def _in_space(vectors: np.ndarray) -> np.ndarray:
    missing = [(0, 0)] * (vectors.ndim - 1) + [(0, 3 - vectors.shape[-1])]
    return np.pad(vectors, missing)


def solve(original: _Function) -> _Function:
    def find(a: Any, b: Any) -> Any:
        a, b = np.asarray(a), np.asarray(b)
        if b.ndim > 1 and b.ndim == a.ndim - 1:
            return original(a, b[..., None])[..., 0]
        return original(a, b)

    return find
