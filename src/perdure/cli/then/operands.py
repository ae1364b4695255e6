"""Operands as they counted in NumPy 1, which decides the type of a result (what NEP 50 has changed).

- Beside a single number of NumPy's, a number of Python's was one of NumPy's of 64 bits: np.float32(1) / 3 was
  a float64.
- Beside an array, single numbers counted by their value, unless they were of a wider kind: an array of
  float32 stayed one beside np.float64(0.5), and an array of uint8 became one of uint16 beside 300.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

# Beside objects of these classes nothing is counted in another way.
plain = frozenset({int, float, complex, bool, str, bytes, list, tuple, dict, set, type(None)})

_NUMBERS = frozenset({int, float, complex})
_WIDTH = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}
# NumPy's order, in which those operations look for a type that add, subtract and multiply do not follow.
_ORDER = [np.dtype(code) for code in "bBhHiIqQ"]


def beside(x: Any, other: Any, first_fit: bool = False) -> Any:
    """What `x` is to be in an operation with `other`, so that the result has the type that it had.

    Args:
        x: one operand.
        other: the other one.
        first_fit: whether the operation takes the first type in NumPy's order that fits (division and bits
            do), in which int16 comes before uint16.
    """
    kind = type(x)
    if kind in _NUMBERS:
        if isinstance(other, np.generic) or (isinstance(other, np.ndarray) and not other.ndim):
            return _of_64_bits(x) if other.dtype.kind in _WIDTH else x
        if isinstance(other, np.ndarray):
            return by_value(x, other.dtype, first_fit)
    elif isinstance(x, np.generic) and isinstance(other, np.ndarray) and other.ndim:
        return _scalar_beside_array(x, other, first_fit)
    return x


def _of_64_bits(x: Any) -> Any:
    if type(x) is float:
        return np.float64(x)
    if type(x) is complex:
        return np.complex128(x)
    return np.int64(x) if -(2**63) <= x < 2**63 else x


def _scalar_beside_array(x: np.generic, array: np.ndarray, first_fit: bool) -> Any:
    mine, theirs = _WIDTH.get(x.dtype.kind, 9), _WIDTH.get(array.dtype.kind, -1)
    if mine > theirs or mine == 0:
        return x
    return by_value((int, int, float, complex)[mine](x), array.dtype, first_fit)


def by_value(x: Any, dtype: np.dtype, first_fit: bool = False) -> Any:
    """A Python number beside an array of a type, or in the type that makes the result wide enough for it."""
    if dtype.kind not in ("iufc" if type(x) is int else "fc"):
        return x
    smallest = np.min_scalar_type(x)
    if smallest.kind == "O":  # beyond 64 bits
        return x
    wide = np.result_type(dtype, smallest)
    if wide == dtype or (wide.kind == "c" and dtype.kind != "c"):
        return x
    if first_fit and dtype.kind in "iu":
        wide = next((kind for kind in _ORDER if _holds(kind, dtype, x)), wide)
    return wide.type(x)


@cache
def limits(dtype: np.dtype) -> tuple[int, int]:
    """The smallest and the largest number of a type of integers."""
    found = np.iinfo(dtype)
    return int(found.min), int(found.max)


def _holds(kind: np.dtype, other: np.dtype, x: int) -> bool:
    low, high = limits(kind)
    return np.can_cast(other, kind) and low <= x <= high


def wide(x: Any, number: Any, first_fit: bool = False) -> Any:
    """What `x` is to be beside a number in the text, which itself stays what it is."""
    if x.__class__ in plain:
        return x
    if isinstance(x, np.generic) or (isinstance(x, np.ndarray) and not x.ndim):
        then = _of_64_bits(number) if x.dtype.kind in _WIDTH else number
    elif isinstance(x, np.ndarray):
        then = by_value(number, x.dtype, first_fit)
    else:
        return x
    if type(then) in _NUMBERS:
        return x
    kind = np.result_type(x.dtype, then.dtype)
    return x if kind == x.dtype else x.astype(kind)


def both(a: Any, b: Any, first_fit: bool = False) -> tuple[Any, Any]:
    """Two operands as they counted beside each other."""
    if a.__class__ in plain and b.__class__ in plain:
        return a, b
    return beside(a, b, first_fit), beside(b, a, first_fit)


def total(numbers: Iterable[Any], start: Any = 0) -> Any:
    """The sum of numbers among which there may be NumPy's."""
    for number in numbers:
        start = operator.add(*both(start, number))
    return start
