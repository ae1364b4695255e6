"""Python functions that operations of a graph call, by the token that the operation has as an attribute."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any

from perdure.graph.graph import Graph


class HostFunction:
    """A Python function under a token; it lives as long as the graph that uses it."""

    __slots__ = ("function", "__weakref__")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


_numbers = itertools.count()
_by_token: weakref.WeakValueDictionary[str, HostFunction] = weakref.WeakValueDictionary()


def register(function: Callable[..., Any], graph: Graph) -> str:
    """Register a function for operations of `graph`.

    Returns:
        Its token, unique in the process.
    """
    token = f"pyfunc_{next(_numbers)}"
    _by_token[token] = made = HostFunction(function)
    graph.root.host_functions.append(made)
    return token


def find(token: str) -> Callable[..., Any]:
    """The function of a token.

    Raises:
        ValueError: there is none, because its graph is gone or was written by another process.
    """
    found = _by_token.get(token)
    if found is None:
        raise ValueError(f"callback {token} is not found")
    return found.function
