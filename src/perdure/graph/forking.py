"""Forks: the parent holds still for a moment, and locks that its threads held are free in the child.

A fork copies one thread only; what the others held would stay locked for ever in the child, and what they
were changing would stay half changed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from weakref import WeakSet

Lock = TypeVar("Lock")

# So long (seconds) a fork waits for a step that is writing; then the child gets what there is.
_PATIENCE = 2.0

_locks: WeakSet[Any] = WeakSet()
_renewals: list[Callable[[], None]] = []
_writers: list[Callable[[], Iterable[Any]]] = []
_held = threading.local()


def free_in_children(lock: Lock) -> Lock:
    """Register a re-entrant lock, to be freed in each child; returns it."""
    _locks.add(lock)
    return lock


def free(lock: Any) -> None:
    """In a forked child: free a re-entrant lock, unless the thread that has forked holds it itself."""
    if not lock._is_owned():
        # As the standard library does with its own locks (threading, logging, concurrent.futures).
        lock._at_fork_reinit()


def in_children(renew: Callable[[], None]) -> Callable[[], None]:
    """Have a function called in each forked child, when the locks are free; returns it."""
    _renewals.append(renew)
    return renew


def held_in_forks(locks: Callable[[], Iterable[Any]]) -> Callable[[], Iterable[Any]]:
    """Have the locks that a function returns held while a thread forks; returns the function."""
    _writers.append(locks)
    return locks


def _hold() -> None:
    held = _held.locks = []
    # In one order, since two threads may fork at a time.
    for lock in sorted({lock for locks in _writers for lock in locks()}, key=id):
        if lock.acquire(timeout=_PATIENCE):
            held.append(lock)


def _release() -> None:
    for lock in _held.__dict__.pop("locks", ()):
        lock.release()


def _renew() -> None:
    _release()
    for lock in _locks:
        free(lock)
    for renew in _renewals:
        renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_hold, after_in_parent=_release, after_in_child=_renew)
