"""One compilation of a program for all that need it at the same time: threads and sessions of a process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from perdure.graph.forking import in_children


class Compiled:
    """A compiled program, whoever runs it.

    Attributes:
        executable: JAX's.
        outcome: what was found while it was traced.
        from_cache: whether it was compiled by an earlier process.
    """

    __slots__ = ("executable", "outcome", "from_cache", "__weakref__")

    def __init__(self, executable: Any, outcome: Any, from_cache: bool = False) -> None:
        self.executable = executable
        self.outcome = outcome
        self.from_cache = from_cache


_in_use: WeakValueDictionary[str, Compiled] = WeakValueDictionary()
# For each program that is being made. An interrupt may make a thread want a program that it is making:
# it makes it twice then, instead of waiting for itself.
_being_made: dict[str, threading.RLock] = {}
# The threads that were making something are not there in a child.
in_children(_being_made.clear)


def shared(key: str, make: Callable[[], Compiled]) -> Compiled:
    """The program of a key: one that is in use, or else what `make` returns.

    Args:
        key: everything that the program depends on.
        make: makes it; meanwhile other threads that want the same wait.
    """
    with _being_made.setdefault(key, threading.RLock()):
        try:
            found = _in_use.get(key)
            if found is None:
                _in_use[key] = found = make()
            return found
        finally:
            _being_made.pop(key, None)
