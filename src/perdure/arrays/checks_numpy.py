"""Run-time checks in the interpreted tier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph.errors import InvalidArgumentError, OpError


def require(
    condition: Any, message: str | Callable[[], str], error: Callable[..., OpError] = InvalidArgumentError
) -> None:
    """Raise an error unless `condition` holds.

    Args:
        condition: a boolean scalar.
        message: the bare fact, or a function that words it (called only on failure).
        error: the class of the error.
    """
    if not condition:
        raise error(None, None, message() if callable(message) else message)


def stepped(old: Any, new: Any) -> Any:
    """The new value of a slot from which other new values follow: `new`."""
    return new
