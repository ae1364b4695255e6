"""The staging areas a session owns: lines of tuples that wait for the step that uses them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from perdure.graph.errors import ResourceExhaustedError
from perdure.runtime.blocking import Attempt, Blocking, Simple, Waiter
from perdure.runtime.queues import owned

Values = tuple[np.ndarray, ...]


class StagingArea(Blocking):
    """A line of tuples: what is put first is got first.  Thread-safe.

    Args:
        name: its name in messages.
        capacity: how many tuples it holds at most; any number when 0.
        memory_limit: how many bytes it holds at most; any number when 0.
    """

    def __init__(self, name: str, capacity: int, memory_limit: int) -> None:
        super().__init__(name)
        self._capacity = capacity
        self._memory_limit = memory_limit
        self._bytes = 0
        self._tuples: deque[Values] = deque()
        self._puts: deque[Attempt] = deque()
        self._gets: deque[Attempt] = deque()

    def _lines(self) -> Iterable[deque[Attempt]]:
        return self._puts, self._gets

    def put(self, values: Sequence[Any], waiter: Waiter) -> None:
        """Add a tuple, as soon as there is room.

        Raises:
            ResourceExhaustedError: it is larger than the memory limit.
            CancelledError: the session is closed.
        """
        arrays = tuple(map(owned, values))
        size = sum(map(_nbytes, arrays))
        if self._memory_limit and size > self._memory_limit:
            raise ResourceExhaustedError(
                None,
                None,
                f"Attempted to insert tensors with combined size of '{size}' bytes into Staging Area with "
                f"a memory limit of '{self._memory_limit}'.",
            )

        def put() -> Any:
            if self._capacity and len(self._tuples) >= self._capacity:
                return Simple.NOT_YET
            if self._memory_limit and self._bytes + size > self._memory_limit:
                return Simple.NOT_YET
            self._tuples.append(arrays)
            self._bytes += size
            return None

        self._carry_out(self._puts, Simple("Stage", put), waiter)

    def get(self, waiter: Waiter) -> list[np.ndarray]:
        """Take the first tuple, as soon as there is one."""

        def get() -> Any:
            if not self._tuples:
                return Simple.NOT_YET
            values = self._tuples.popleft()
            self._bytes -= sum(map(_nbytes, values))
            return values

        return list(self._carry_out(self._gets, Simple("Unstage", get), waiter))

    def peek(self, index: int, waiter: Waiter) -> list[np.ndarray]:
        """The tuple at `index`, as soon as there is one; it stays."""

        def peek() -> Any:
            return self._tuples[index] if index < len(self._tuples) else Simple.NOT_YET

        return list(self._carry_out(None, Simple("StagePeek", peek), waiter))

    def size(self) -> int:
        """How many tuples it holds."""
        with self._lock:
            return len(self._tuples)

    def clear(self) -> None:
        """Drop all tuples."""
        with self._lock:
            self._clear()
            self._advance()

    def _clear(self) -> None:
        self._tuples.clear()
        self._bytes = 0


def _nbytes(array: np.ndarray) -> int:
    if array.dtype == object:
        return sum(len(item) for item in array.flat)
    return array.nbytes
