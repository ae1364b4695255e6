"""Methods that objects had, as functions of the object."""

from __future__ import annotations

import sys
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from perdure.cli.then.numpy_calls import wrap_integers


def tostring(x: Any, *order: Any) -> bytes:
    return x.tobytes(*order)


def fromstring(x: Any, data: bytes) -> None:
    x.frombytes(data)


def itemset(x: np.ndarray, *args: Any) -> None:
    *place, value = args
    if not place and x.size != 1:
        raise ValueError("can only convert an array of size 1 to a Python scalar")
    if len(place) == 1 and not isinstance(place[0], tuple):
        x.flat[place[0]] = value
    else:
        (*place,) = place[0] if len(place) == 1 else place
        x[tuple(place) if place else (0,) * x.ndim] = value


def newbyteorder(x: Any, new_order: str = "S") -> Any:
    return x.view(x.dtype.newbyteorder(new_order))


def ptp(x: Any, *args: Any, **kwargs: Any) -> Any:
    return np.ptp(x, *args, **kwargs)


def fill(x: np.ndarray, value: Any) -> None:
    try:
        x.fill(value)
    except OverflowError:
        wrapped = wrap_integers(value, x.dtype)
        if wrapped is None:
            raise
        x.fill(wrapped[()])


def getchildren(x: Any) -> list[Any]:
    return list(x)


def getiterator(x: Any, tag: str | None = None) -> list[Any]:
    return list(x.iter(tag))


def decode(x: str, *args: Any, **kwargs: Any) -> str:
    return x


_PYTHON_TYPES = SimpleNamespace(bool=bool, long=int)


def owner(x: Any, name: str) -> Any:
    """What `x.name` is to be asked of: `x`, or something that has the attribute as `x` had it."""
    if x is np:
        return _PYTHON_TYPES if name in ("bool", "long") else x
    if name == "fill":
        return SimpleNamespace(fill=partial(fill, x)) if isinstance(x, np.ndarray) else x
    if isinstance(x, _classes_with(name)) and not hasattr(x, name):
        return SimpleNamespace(**{name: partial(globals()[name], x)})
    return x


def _classes_with(name: str) -> tuple[type, ...]:
    """The classes whose objects had a method, as far as their modules are imported."""
    found: list[type] = []
    for module, kind in _CLASSES.get(name, ()):
        if module in sys.modules:
            found.append(getattr(sys.modules[module], kind))
    return tuple(found)


def _classes() -> dict[str, list[tuple[str, str]]]:
    from perdure.cli.then.table import How, changes

    found: dict[str, list[tuple[str, str]]] = {}
    for change in changes(How.METHOD):
        module, _, kind = change.where.rpartition(".")
        for name in change.names.split() if module else ():
            found.setdefault(name, []).append((module, kind))
    return found


_CLASSES = _classes()
