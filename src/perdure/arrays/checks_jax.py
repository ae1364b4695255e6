"""Run-time checks in the compiled tier: conditions that a program returns instead of raising."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp

from perdure.graph.errors import InvalidArgumentError, OpError


class Checks(list):
    """The conditions that a program requires, in the order they are traced.

    Attributes:
        known: whether all of them hold, if a first tracing has found that out already.
        stepped: what `stepped` made, by `id`, with how many conditions decide over it.
    """

    known: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.stepped: dict[int, tuple[Any, int]] = {}

    def all_held(self) -> Any:
        """Whether all conditions so far hold: a traced boolean, or None if there are none."""
        if not self:
            return None
        held = self[0]
        for condition in self[1:]:
            held = jnp.logical_and(held, condition)
        return held


class _Collectors(threading.local):
    def __init__(self) -> None:
        self.stack: list[Checks] = []


_collectors = _Collectors()


@contextmanager
def collected_checks(known: Any = None) -> Iterator[Checks]:
    """Collect the conditions that are required while the block traces a program."""
    conditions = Checks()
    conditions.known = known
    _collectors.stack.append(conditions)
    try:
        yield conditions
    finally:
        _collectors.stack.pop()


def require(
    condition: Any, message: str | Callable[[], str], error: Callable[..., OpError] = InvalidArgumentError
) -> None:
    """Raise an error unless `condition` holds.

    Args:
        condition: a boolean scalar.  If it is traced, it becomes part of what the program returns, and the
            interpreted tier raises the error.
        message: the bare fact, or a function that words it (called only on failure).
        error: the class of the error.
    """
    if isinstance(condition, jax.core.Tracer):
        if not _collectors.stack:
            raise TypeError("a check of a traced value outside `collected_checks`")
        _collectors.stack[-1].append(condition)
    elif not condition:
        raise error(None, None, message() if callable(message) else message)


def guarded(indices: Any, outside: int) -> Any:
    """`indices`, or `outside` in the place of each if a check before this point fails.

    A scatter that drops what is outside then changes nothing: a program that fails gives variables
    back as they were, without a copy of the whole table to choose from.
    """
    if not _collectors.stack:
        return indices
    checks = _collectors.stack[-1]
    held = checks.all_held() if checks.known is None else checks.known
    return indices if held is None else jnp.where(held, indices, outside)


def stepped(old: Any, new: Any) -> Any:
    """The new value of a slot from which other new values follow: `old` if a check before this point fails.

    If it were chosen at the end of the program, XLA would compute `new` for the slot and once more for the
    variable that follows from it, from a copy of the donated `old`: a perceptron's step with Adam took
    1.71 ms so, and takes 1.45.
    """
    if not _collectors.stack:
        return new
    checks = _collectors.stack[-1]
    held = checks.all_held() if checks.known is None else checks.known
    value = new if held is None else jnp.where(held, new, old)
    checks.stepped[id(value)] = value, len(checks)
    return value
