"""What a program's rewritten files call while they run.

None of these functions raises anything, so that an error is raised in the program's own line: they return
what the program's own call, or its own assignment, is to get.
"""

from __future__ import annotations

import builtins
import math
import operator as operator
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from perdure.cli.then import methods
from perdure.cli.then.numpy_calls import wrap_integers
from perdure.cli.then.operands import beside as beside
from perdure.cli.then.operands import both as both
from perdure.cli.then.operands import limits
from perdure.cli.then.operands import plain as plain
from perdure.cli.then.operands import wide as wide
from perdure.cli.then.table import How, changes

# The name by which rewritten files find this module among the builtins.
NAME = "__perdure_then__"

# By the identity of each function that has changed: what does it as it was done, and the function itself,
# which must not be freed while its number stands here.
_calls: dict[int, tuple[Any, Any]] = {}

owner = methods.owner
# NumPy's own classes of arrays.
arrays = frozenset({np.ndarray, np.matrix, np.memmap, np.recarray, np.ma.MaskedArray})

_CONVERSIONS = (builtins.float, builtins.int, builtins.complex)


def know_calls_of(module_name: str) -> None:
    """Let calls of a module's functions go to what the table says; the module has been imported."""
    module = import_module(module_name)
    for change in changes(How.CALL):
        if change.where == module_name:
            source = import_module(change.by)
            for name, here in change.pairs().items():
                original = getattr(module, name, None)
                if original is not None:
                    _calls[id(original)] = _named(getattr(source, here)(original), original), original


def _named(function: Any, original: Any) -> Any:
    for attribute in ("__name__", "__qualname__", "__doc__"):
        setattr(function, attribute, getattr(original, attribute, None))
    return function


def call(function: Any) -> Any:
    """What to call instead of a function."""
    known = _calls.get(id(function))
    return function if known is None else known[0]


def shown(value: Any) -> None:
    """Show the value of an expression at the end of a notebook's cell, as Python's prompt does."""
    sys.displayhook(value)


def number(function: Any, x: Any) -> Any:
    """What `float` or a function of `math` is to get: an array of one element as a number."""
    if isinstance(x, np.ndarray) and x.ndim and x.size == 1 and x.dtype.kind in "biufcO":
        if any(function is known for known in (math, *_CONVERSIONS)):
            return x.item()
    return x


def conversion(function: Any) -> Any:
    """`float` and its like as an argument of `map`."""
    if any(function is known for known in _CONVERSIONS):
        return lambda x: function(number(function, x))
    return function


_CONVERSION = re.compile(
    r"%(?:\((?P<key>[^)]*)\))?[#0\- +]*(?P<width>\*|\d+)?(?:\.(?P<digits>\*|\d+))?[hlL]?(.)"
)


def has_numbers(text: str) -> bool:
    """Whether a text for `%` prints a number anywhere."""
    return any(match[4] not in "%sra" for match in _CONVERSION.finditer(text))


def formatted(text: str, values: Any) -> Any:
    """The right side of `text % values`, with arrays of one element as numbers where numbers are printed."""
    found = [match for match in _CONVERSION.finditer(text) if match[4] != "%"]
    if isinstance(values, Mapping):
        keys = {match["key"] for match in found if match[4] not in "sra"}
        changed = {key: _of_one(values[key]) for key in keys & {*values}}
        return {**values, **changed} if any(changed[key] is not values[key] for key in changed) else values
    if not isinstance(values, tuple):
        return _of_one(values) if len(found) == 1 and found[0][4] not in "sra" else values
    numeric: list[bool] = []
    for match in found:
        numeric += [True] * ((match["width"] == "*") + (match["digits"] == "*"))
        numeric.append(match[4] not in "sra")
    if len(numeric) != len(values):
        return values
    return tuple(_of_one(x) if is_number else x for x, is_number in zip(values, numeric, strict=True))


def _of_one(x: Any) -> Any:
    return x.item() if type(x) is np.ndarray and x.size == 1 and x.dtype.kind in "biuf" else x


def stored(value: Any, array: np.ndarray) -> Any:
    """What to assign to a part of `array` in place of `value`."""
    kind = type(value)
    if kind is float:
        return value
    if kind is int or kind is list or kind is tuple:
        return _in_range(value, array.dtype) if array.dtype.kind in "iu" else value
    if isinstance(value, np.ndarray) and value.ndim and value.size == 1 and array.dtype.kind in "biufc":
        return value.reshape(())
    return value


def _in_range(value: Any, dtype: np.dtype) -> Any:
    if type(value) is int:
        low, high = limits(dtype)
        if low <= value <= high:
            return value
    else:
        try:
            np.array(value, dtype)
            return value
        except OverflowError:
            pass
        except Exception:  # whatever it is, the program's own line raises it
            return value
    wrapped = wrap_integers(value, dtype)
    return value if wrapped is None else wrapped


def added(value: Any, x: Any) -> Any:
    """The right side of `x += value` and its like: an array keeps its type, in which integers wrap."""
    if type(value) in plain and type(x) in plain:
        return value
    if isinstance(x, np.ndarray) and x.ndim:
        number = value.item() if isinstance(value, np.generic) and value.dtype.kind in "iu" else value
        return _in_range(number, x.dtype) if type(number) is int and x.dtype.kind in "iu" else value
    return beside(value, x)
