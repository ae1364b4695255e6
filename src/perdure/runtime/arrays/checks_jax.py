"""Run-time checks in the compiled tier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax

from perdure.graph.errors import InvalidArgumentError, UnimplementedError


def require(condition: Any, message: str | Callable[[], str]) -> None:
    """Raise InvalidArgumentError unless `condition` holds.

    Args:
        condition: a boolean scalar whose value is known.
        message: the bare fact, or a function that words it (called only on failure).

    Raises:
        UnimplementedError: the condition is known only inside a compiled program, which cannot report yet.
    """
    if isinstance(condition, jax.core.Tracer):
        raise UnimplementedError(None, None, "a check of a traced value is not supported yet")
    if not condition:
        raise InvalidArgumentError(None, None, message() if callable(message) else message)
