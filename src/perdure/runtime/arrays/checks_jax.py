"""Run-time checks in the compiled tier: conditions that a program returns instead of raising."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax

from perdure.graph.errors import InvalidArgumentError


class _Collectors(threading.local):
    def __init__(self) -> None:
        self.stack: list[list[Any]] = []


_collectors = _Collectors()


@contextmanager
def collected_checks() -> Iterator[list[Any]]:
    """Collect the conditions that are required while the block traces a program."""
    conditions: list[Any] = []
    _collectors.stack.append(conditions)
    try:
        yield conditions
    finally:
        _collectors.stack.pop()


def require(condition: Any, message: str | Callable[[], str]) -> None:
    """Raise InvalidArgumentError unless `condition` holds.

    Args:
        condition: a boolean scalar.  If it is traced, it becomes part of what the program returns, and the
            interpreted tier raises the error.
        message: the bare fact, or a function that words it (called only on failure).
    """
    if isinstance(condition, jax.core.Tracer):
        if not _collectors.stack:
            raise TypeError("a check of a traced value outside `collected_checks`")
        _collectors.stack[-1].append(condition)
    elif not condition:
        raise InvalidArgumentError(None, None, message() if callable(message) else message)
