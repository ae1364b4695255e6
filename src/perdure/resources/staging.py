"""The staging areas a session owns: lines of tuples that wait for the step that uses them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from perdure.graph.errors import InvalidArgumentError, ResourceExhaustedError
from perdure.resources.blocking import Attempt, Blocking, Simple, Waiter
from perdure.resources.queues import owned
from perdure.resources.resource import Sharing, nbytes_of

Values = tuple[np.ndarray, ...]


class StagingArea(Blocking):
    """A line of tuples: what is put first is got first.  Thread-safe.

    Args:
        name: its name in messages.
        capacity: how many tuples it holds at most; any number when 0.
        memory_limit: how many bytes it holds at most; any number when 0.
    """

    kind = "staging area"
    sharing = Sharing.NODE_NAME

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
        size = _checked_size(arrays, self._memory_limit)

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
            self._bytes -= nbytes_of(values)
            return values

        return list(self._carry_out(self._gets, Simple("Unstage", get), waiter))

    def peek(self, index: int, waiter: Waiter) -> list[np.ndarray]:
        """The tuple at `index`, as soon as there is one; it stays."""

        def peek() -> Any:
            return self._tuples[index] if index < len(self._tuples) else Simple.NOT_YET

        return list(self._carry_out(None, Simple("StagePeek", peek), waiter))

    @property
    def nbytes(self) -> int:
        """The size of all tuples, in bytes."""
        return self._bytes

    @property
    def state(self) -> str:
        """How many tuples it holds."""
        return f"{self.size()} tuples"

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


class StagingMap(Blocking):
    """Tuples by key, which may be put and got piece by piece.  Thread-safe.

    Args:
        name: its name in messages.
        length: how many values a whole tuple has.
        capacity: how many whole tuples it holds at most; any number when 0.
        memory_limit: how many bytes it holds at most; any number when 0.
    """

    kind = "staging map"
    sharing = Sharing.NODE_NAME

    def __init__(self, name: str, length: int, capacity: int, memory_limit: int) -> None:
        super().__init__(name)
        self._length = length
        self._capacity = capacity
        self._memory_limit = memory_limit
        self._bytes = 0
        self._whole: dict[int, list[np.ndarray | None]] = {}
        self._partial: dict[int, list[np.ndarray | None]] = {}
        self._puts: deque[Attempt] = deque()

    def _lines(self) -> Iterable[deque[Attempt]]:
        return (self._puts,)

    def put(self, key: int, indices: Sequence[int], values: Sequence[Any], waiter: Waiter) -> None:
        """Add some values of a tuple, as soon as there is room.

        Args:
            key: the tuple's key.
            indices: which values, in ascending order.
            values: the values.
            waiter: the step that waits.

        Raises:
            InvalidArgumentError: `indices` are not ascending or too large, or a value is there already.
            ResourceExhaustedError: the values are larger than the memory limit.
            CancelledError: the session is closed.
        """
        arrays = tuple(map(owned, values))
        size = _checked_size(arrays, self._memory_limit)
        if any(later <= earlier for earlier, later in zip(indices, indices[1:], strict=False)):
            raise _invalid("Indices are not strictly ordered")

        def put() -> Any:
            if self._capacity and len(self._whole) >= self._capacity:
                return Simple.NOT_YET
            if self._memory_limit and self._bytes + size > self._memory_limit:
                return Simple.NOT_YET
            if len(indices) == self._length:
                self._whole.setdefault(key, list(arrays))
            else:
                self._put_some(key, indices, arrays)
            self._bytes += size
            return None

        self._carry_out(self._puts, Simple("Stage", put), waiter)

    def _put_some(self, key: int, indices: Sequence[int], arrays: Values) -> None:
        found = self._partial.get(key) or [None] * self._length
        for index in indices:
            if not 0 <= index < self._length:
                raise _out_of_bounds(index, key, self._length)
            if found[index] is not None:
                raise _invalid(
                    f"The tensor for index '{index}' for key '{key}' was already initialized '{len(found)}'."
                )
        for index, array in zip(indices, arrays, strict=False):
            found[index] = array
        if any(value is None for value in found):
            self._partial[key] = found
        else:
            self._partial.pop(key, None)
            self._whole.setdefault(key, found)

    def pop(self, key: int, indices: Sequence[int], waiter: Waiter) -> list[np.ndarray]:
        """Take some values of a tuple, as soon as it is whole; the others stay.

        Raises:
            InvalidArgumentError: an index is too large, or its value was taken before.
            CancelledError: the session is closed.
        """

        def pop() -> Any:
            return self._taken(key, indices) if key in self._whole else Simple.NOT_YET

        return self._carry_out(None, Simple("Unstage", pop), waiter)

    def pop_any(self, indices: Sequence[int], waiter: Waiter) -> tuple[int, list[np.ndarray]]:
        """Take some values of any tuple, as soon as one is whole; returns its key, too."""

        def pop() -> Any:
            if not self._whole:
                return Simple.NOT_YET
            key = self._any_key()
            return key, self._taken(key, indices)

        return self._carry_out(None, Simple("UnstageNoKey", pop), waiter)

    def _any_key(self) -> int:
        # An unordered map of TensorFlow gives the key that came last.
        return next(reversed(self._whole))

    def peek(self, key: int, indices: Sequence[int], waiter: Waiter) -> list[np.ndarray]:
        """Some values of a tuple, as soon as it is whole; they stay."""

        def peek() -> Any:
            return self._values(key, indices) if key in self._whole else Simple.NOT_YET

        return self._carry_out(None, Simple("Peek", peek), waiter)

    def _values(self, key: int, indices: Sequence[int]) -> list[np.ndarray]:
        found, values = self._whole[key], []
        for index in indices:
            if not 0 <= index < len(found):
                raise _out_of_bounds(index, key, len(found))
            value = found[index]
            if value is None:
                raise _invalid(f"Tensor at index '{index}' for key '{key}' has already been removed.")
            values.append(value)
        return values

    def _taken(self, key: int, indices: Sequence[int]) -> list[np.ndarray]:
        values, left = [], self._whole[key]
        for index in indices:  # one by one: what precedes a wrong index is gone, as in TensorFlow
            values += self._values(key, [index])
            left[index] = None
        if all(value is None for value in left):
            del self._whole[key]
        self._bytes -= nbytes_of(values)
        return values

    @property
    def nbytes(self) -> int:
        """The size of all tuples, in bytes."""
        return self._bytes

    @property
    def state(self) -> str:
        """How many tuples it holds."""
        return f"{self.size()} tuples"

    def size(self) -> int:
        """How many tuples are whole, or were before some of their values were taken."""
        with self._lock:
            return len(self._whole)

    def incomplete_size(self) -> int:
        """How many tuples are not whole yet."""
        with self._lock:
            return len(self._partial)

    def clear(self) -> None:
        """Drop all tuples."""
        with self._lock:
            self._clear()
            self._advance()

    def _clear(self) -> None:
        self._whole.clear()
        self._partial.clear()
        self._bytes = 0


class OrderedStagingMap(StagingMap):
    """A staging map whose `pop_any` gets the smallest key; arguments as of `StagingMap`."""

    kind = "ordered staging map"

    def _any_key(self) -> int:
        return min(self._whole)


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)


def _out_of_bounds(index: int, key: int, length: int) -> InvalidArgumentError:
    return _invalid(f"Index '{index}' for key '{key}' was out of bounds '{length}'.")


def _checked_size(arrays: Values, memory_limit: int) -> int:
    """The bytes of a tuple; an error if that is more than can ever be held."""
    size = nbytes_of(arrays)
    if memory_limit and size > memory_limit:
        raise ResourceExhaustedError(
            None,
            None,
            f"Attempted to insert tensors with combined size of '{size}' bytes into Staging Area with "
            f"a memory limit of '{memory_limit}'.",
        )
    return size
