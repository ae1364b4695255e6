"""Saving in turns: a checkpoint that is begun later is the later one.

Supervisors save in threads of their own.  A save there that was begun before the last one of a program, and
ended behind it, would leave its checkpoint as the latest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from perdure.graph.forking import free_in_children

F = TypeVar("F", bound=Callable[..., Any])

# A signal handler may save while a save is going on.
_lock = free_in_children(threading.RLock())


def in_turn(save: F) -> F:
    """A method that waits until no other one of its kind is running."""

    @wraps(save)
    def in_its_turn(*args: Any, **kwargs: Any) -> Any:
        with _lock:
            return save(*args, **kwargs)

    return in_its_turn  # type: ignore[return-value]
