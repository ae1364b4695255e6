"""The queues a session owns: first in first out, shuffling, padding and by priority."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from perdure.arrays.philox import Stream, blocks
from perdure.graph.dtypes import DType, word_of
from perdure.graph.errors import CancelledError, InvalidArgumentError, OutOfRangeError
from perdure.graph.shapes import Shape, format_shape, is_compatible
from perdure.resources.blocking import (
    ADVANCED,
    DONE,
    WAITING,
    Attempt,
    Blocking,
    Simple,
    Waiter,
)
from perdure.resources.resource import nbytes_of

Element = tuple[np.ndarray, ...]


class Queue(Blocking):
    """A queue of elements, each a tuple of arrays.  Thread-safe; the session that owns it cancels it.

    Args:
        name: its name in messages.
        dtypes: the types of an element's components.
        shapes: their shapes, or nothing if those may differ from element to element.
        capacity: how many elements it holds at most; any number when negative.
    """

    kind = "queue"
    tensorflow_class = "tensorflow::QueueInterface"
    type = "FIFOQueue"

    def __init__(self, name: str, dtypes: Sequence[DType], shapes: Sequence[Shape], capacity: int) -> None:
        super().__init__(name)
        self.dtypes = tuple(dtypes)
        self.shapes = tuple(shapes)
        self.capacity = capacity if capacity >= 0 else 2**31 - 1
        self._closed = False
        self._enqueues: deque[Attempt] = deque()
        self._dequeues: deque[Attempt] = deque()
        self._elements: Any = self._no_elements()

    def _lines(self) -> Iterable[deque[Attempt]]:
        return self._enqueues, self._dequeues

    def _clear(self) -> None:
        self._elements = self._no_elements()

    # -- how elements are kept: what the kinds of queues differ in -----------------------------

    def _no_elements(self) -> Any:
        return deque()

    def _put(self, element: Element) -> None:
        self._elements.append(element)

    def _take(self) -> Element:
        return self._elements.popleft()

    def _put_back(self, elements: Sequence[Element]) -> None:
        """Undo the last takes."""
        self._elements.extendleft(reversed(elements))

    def _in_order(self) -> list[Element]:
        """The elements, for reports."""
        return list(self._elements)

    def _takeable(self) -> int:
        """How many elements may be taken now."""
        return len(self._elements)

    def _stacked(self, elements: Sequence[Element]) -> list[np.ndarray]:
        """The components of several elements, each with a leading dimension."""
        if not elements:
            return [
                np.zeros((0, *(size or 0 for size in shape or ())), dtype.as_numpy_dtype)
                for shape, dtype in zip(self.shapes, self.dtypes, strict=True)
            ]
        components = zip(*elements, strict=True)
        return [_stack(pieces, dtype) for pieces, dtype in zip(components, self.dtypes, strict=True)]

    # -- what steps do with it -----------------------------------------------------------------

    def where(self, one_by_one: bool = False) -> str:
        """The queue as messages name it; some say another type where elements are not put together."""
        return f"{self.plain_type if one_by_one else self.type} '{self.name}'"

    @property
    def plain_type(self) -> str:
        """The type in messages about adding elements, and about taking one."""
        return self.type

    def enqueue(self, components: Sequence[Any], waiter: Waiter) -> None:
        """Add one element, as soon as there is room.

        Args:
            components: arrays.
            waiter: the step that waits.

        Raises:
            InvalidArgumentError: types or shapes are not those of the queue.
            CancelledError: the queue is closed, or the session.
        """
        element = tuple(map(owned, components))
        self._check_shapes([array.shape for array in element])
        self._carry_out(self._enqueues, _Enqueue(self, [element]), waiter)

    def enqueue_many(self, components: Sequence[Any], waiter: Waiter) -> None:
        """Add the elements that the components' rows make; see `enqueue`."""
        arrays = [np.asarray(array) for array in components]
        count = self._rows(arrays)
        if count == 0:
            return
        elements = [tuple(owned(array[i, ...]) for array in arrays) for i in range(count)]
        self._carry_out(self._enqueues, _Enqueue(self, elements), waiter)

    def dequeue(self, waiter: Waiter) -> list[np.ndarray]:
        """Take one element, as soon as there is one.

        Raises:
            OutOfRangeError: the queue is closed and empty.
            CancelledError: the session is closed.
        """
        (element,) = self._carry_out(self._dequeues, _Dequeue(self, 1, False, self.where(True)), waiter)
        return list(element)

    def dequeue_many(self, count: int, waiter: Waiter, allow_fewer: bool = False) -> list[np.ndarray]:
        """Take several elements and put them together.

        Args:
            count: how many.
            waiter: the step that waits.
            allow_fewer: whether the rest will do when the queue is closed.

        Raises:
            InvalidArgumentError: the shapes of components are not known.
            OutOfRangeError: the queue is closed and there are not enough.
            CancelledError: the session is closed.
        """
        if not self.shapes:
            raise InvalidArgumentError(
                None,
                None,
                f"{self.type}'s DequeueMany and DequeueUpTo require the components to have specified shapes.",
            )
        if count == 0:
            return self._stacked([])
        return self._stacked(
            self._carry_out(self._dequeues, _Dequeue(self, count, allow_fewer, self.where()), waiter)
        )

    def close(self, cancel_pending_enqueues: bool, waiter: Waiter) -> None:
        """Take no more elements after those that wait to be added.

        Args:
            cancel_pending_enqueues: whether those that wait are refused as well.
            waiter: the step that waits for them.

        Raises:
            CancelledError: it is closed already, and not by cancelling.
        """
        if cancel_pending_enqueues:
            with self._lock:
                self._closed = True
                self._cancel_line(self._enqueues)
                self._advance()
        else:
            self._carry_out(self._enqueues, Simple("Close", self._close), waiter)

    def _close(self) -> None:
        if self._closed:
            raise CancelledError(None, None, f"Queue '{self.name}' is already closed.")
        self._closed = True

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more elements."""
        return self._closed

    def size(self) -> int:
        """How many elements it holds."""
        with self._lock:
            return len(self._elements)

    @property
    def nbytes(self) -> int:
        """The size of its elements, in bytes."""
        with self._lock:
            elements = self._in_order()
        return sum(map(nbytes_of, elements))

    @property
    def state(self) -> str:
        """How many elements it holds, and how many steps wait for it."""
        waiting = sum(len(line) for line in self._lines())
        state = f"{self.size()} elements" + (f", {waiting} steps wait" if waiting else "")
        return f"{state}, closed" if self._closed else state

    # -- checks ------------------------------------------------------------------------------------

    def check_types(self, given: Sequence[DType], taking: bool) -> None:
        """Refuse components of other types.

        Raises:
            InvalidArgumentError: the types of a node are not those of the queue.
        """
        if tuple(given) == self.dtypes:
            return
        have, expected = (", ".join(word_of(dtype) for dtype in kinds) for kinds in (given, self.dtypes))
        form = "resource->{}" if taking else "resource, {}->"
        raise InvalidArgumentError(
            None,
            None,
            f"Signature mismatch, have: {form.format(have)} expected: {form.format(expected)}",
        )

    def check_same(self, other: Queue) -> None:
        """Refuse a node that asks for a queue of this name with other properties than this one has.

        Raises:
            InvalidArgumentError: they differ.
        """
        if other.type != self.type:
            raise InvalidArgumentError(None, None, f"Expected {self.type}, found {other.type}V2")
        for what, have, requested, end in self._properties(other):
            # A node without seeds takes the queue with those that it has.
            if have != requested and not (what == "random seeds" and requested == (0, 0)):
                verb = "are" if what == "random seeds" else "were" if what.endswith("s") else "was"
                raise InvalidArgumentError(
                    None,
                    None,
                    f"Shared queue '{self.name}' has {what} {have} but requested "
                    f"{what.removeprefix('random ')} {verb} {requested}{end}",
                )

    def _properties(self, other: Queue) -> list[tuple[str, Any, Any, str]]:
        return [
            ("capacity", self.capacity, other.capacity, ""),
            ("component types", type_names(self.dtypes), type_names(other.dtypes), ""),
            ("component shapes", shape_list(self.shapes), shape_list(other.shapes), ""),
        ]

    def _check_shapes(self, given: Sequence[tuple[int, ...]], rows: int | None = None) -> None:
        for i, (shape, required) in enumerate(zip(given, self.shapes, strict=False)):
            whole = required if rows is None or required is None else (rows, *required)
            if not is_compatible(whole, shape):
                raise InvalidArgumentError(
                    None,
                    None,
                    f"Shape mismatch in tuple component {i}. Expected {format_shape(whole)}, got "
                    f"{format_shape(shape)}",
                )

    def _rows(self, arrays: Sequence[np.ndarray]) -> int:
        """The common first dimension of what makes several elements."""
        first = arrays[0]
        if not first.ndim:
            # TensorFlow shows an expectation here that depends on uninitialized memory.
            raise InvalidArgumentError(
                None, None, "Shape mismatch in tuple component 0. Expected a leading dimension, got []"
            )
        count = len(first)
        for i, array in enumerate(arrays):
            if not self.shapes and (not array.ndim or len(array) != count):
                raise InvalidArgumentError(
                    None,
                    None,
                    "All input tensors must have the same size in the 0th dimension. Component "
                    f"{i} has {len(array) if array.ndim else 'none'}, and should have {count}",
                )
        self._check_shapes([array.shape for array in arrays], count)
        return count


class RandomShuffleQueue(Queue):
    """A queue whose elements are taken in random order.

    Args:
        name, dtypes, shapes, capacity: as of `Queue`.
        min_after_dequeue: how many elements stay in it, for a good mix, until it is closed.
        seeds: two numbers; two zeros leave the choice to the operating system.
    """

    type = "RandomShuffleQueue"

    def __init__(
        self,
        name: str,
        dtypes: Sequence[DType],
        shapes: Sequence[Shape],
        capacity: int,
        min_after_dequeue: int,
        seeds: tuple[int, int],
    ) -> None:
        super().__init__(name, dtypes, shapes, capacity)
        if min_after_dequeue < 0:
            raise InvalidArgumentError(None, None, f"min_after_dequeue {min_after_dequeue} must be >= 0")
        if min_after_dequeue >= self.capacity:
            raise InvalidArgumentError(
                None, None, f"min_after_dequeue {min_after_dequeue} must be < capacity {self.capacity}"
            )
        self.min_after_dequeue = min_after_dequeue
        self.seeds = seeds
        self._stream = Stream(*seeds)
        self._words: list[int] = []

    def _no_elements(self) -> list[Element]:
        return []

    def _take(self) -> Element:
        # The last element fills the gap, as in TensorFlow, so that equal seeds give equal orders.
        index = self._random_word() % len(self._elements)
        element = self._elements[index]
        self._elements[index] = self._elements[-1]
        self._elements.pop()
        return element

    def _put_back(self, elements: Sequence[Element]) -> None:
        self._elements.extend(reversed(elements))

    def _takeable(self) -> int:
        size = len(self._elements)
        return size if self._closed else size - self.min_after_dequeue

    def _random_word(self) -> int:
        if not self._words:
            # Many blocks at a time, since the arithmetic is done on arrays.
            many = 64
            words = blocks(np, *self._stream.reserve(many), np.arange(many, dtype=np.uint64))
            self._words = np.stack(words, axis=1).ravel()[::-1].tolist()
        return self._words.pop()

    def _properties(self, other: Queue) -> list[tuple[str, Any, Any, str]]:
        assert isinstance(other, RandomShuffleQueue)
        capacity, *rest = super()._properties(other)
        return [
            capacity,
            ("min_after_dequeue", self.min_after_dequeue, other.min_after_dequeue, "."),
            ("random seeds", self.seeds, other.seeds, "."),
            *rest,
        ]


class PaddingFIFOQueue(Queue):
    """A queue whose elements may differ in sizes that are not given; taken together, they are padded."""

    type = "PaddingFIFOQueue"
    plain_type = "FIFOQueue"

    def _properties(self, other: Queue) -> list[tuple[str, Any, Any, str]]:
        pairs = zip(self.shapes, other.shapes, strict=False)
        if len(self.shapes) == len(other.shapes) and all(is_compatible(a, b) for a, b in pairs):
            return super()._properties(other)[:-1]
        return super()._properties(other)

    def _stacked(self, elements: Sequence[Element]) -> list[np.ndarray]:
        if not elements:
            return super()._stacked(elements)
        components = zip(*elements, strict=True)
        return [_padded(pieces, dtype) for pieces, dtype in zip(components, self.dtypes, strict=True)]


class PriorityQueue(Queue):
    """A queue whose elements are taken in the order of their first component, the smallest first."""

    type = "PriorityQueue"

    def _no_elements(self) -> list[_Ranked]:
        return []

    def _put(self, element: Element) -> None:
        heapq.heappush(self._elements, _Ranked(element))

    def _take(self) -> Element:
        return heapq.heappop(self._elements).element

    def _put_back(self, elements: Sequence[Element]) -> None:
        for element in elements:
            self._put(element)

    def _in_order(self) -> list[Element]:
        return [ranked.element for ranked in sorted(self._elements)]


class _Ranked:
    """An element of a heap; compared by priority alone, so that equals come in TensorFlow's order."""

    __slots__ = ("priority", "element")

    def __init__(self, element: Element) -> None:
        self.priority = int(element[0])
        self.element = element

    def __lt__(self, other: _Ranked) -> bool:
        return self.priority < other.priority


# -- attempts ----------------------------------------------------------------------------------------


class _Enqueue(Attempt):
    __slots__ = ("_queue", "_elements", "_next")

    def __init__(self, queue: Queue, elements: list[Element]) -> None:
        super().__init__("Enqueue")
        self._queue = queue
        self._elements = elements
        self._next = 0

    def advance(self) -> int:
        queue = self._queue
        if queue._closed:
            self.error = CancelledError(None, None, f"{queue.where(True)} is closed.")
            return DONE
        outcome = WAITING
        while len(queue._elements) < queue.capacity:
            queue._put(self._elements[self._next])
            self._next += 1
            outcome = ADVANCED
            if self._next == len(self._elements):
                return DONE
        return outcome


class _Dequeue(Attempt):
    __slots__ = ("_queue", "_count", "_allow_fewer", "_where")

    def __init__(self, queue: Queue, count: int, allow_fewer: bool, where: str) -> None:
        super().__init__("Dequeue")
        self._queue = queue
        self._count = count
        self._allow_fewer = allow_fewer
        self._where = where
        self.result: list[Element] = []

    def advance(self) -> int:
        queue = self._queue
        missing = self._count - len(self.result)
        size = len(queue._elements)
        if queue._closed and size < missing:
            self.withdraw()
            if self._allow_fewer and queue._elements:
                self._count = len(queue._elements)
            elif self._allow_fewer and queue._enqueues:
                return ADVANCED
            else:
                self.error = OutOfRangeError(
                    None,
                    None,
                    f"{self._where} is closed and has insufficient elements (requested {missing}, "
                    f"current size {size})",
                )
                return DONE
        if queue.type == "PriorityQueue" and size < missing:
            return WAITING  # what is taken bit by bit would not be in order
        outcome = WAITING
        # A random queue may hold back some elements; what is taken bit by bit counts as taken.
        for _ in range(min(queue._takeable(), self._count - len(self.result))):
            self.result.append(queue._take())
            outcome = ADVANCED
        return DONE if len(self.result) == self._count else outcome

    def withdraw(self) -> None:
        self._queue._put_back(self.result)
        self.result = []


# -- arrays ------------------------------------------------------------------------------------------


def owned(value: Any) -> np.ndarray:
    """`value` as an array of its own: what waits in a queue must not change, nor keep a batch alive."""
    array = np.array(value, dtype=object) if isinstance(value, bytes) else np.asarray(value)
    if array.base is not None:
        array = array.copy()
    array.flags.writeable = False
    return array


def _stack(pieces: Sequence[np.ndarray], dtype: DType) -> np.ndarray:
    stacked = np.empty((len(pieces), *pieces[0].shape), dtype.as_numpy_dtype)
    for i, piece in enumerate(pieces):
        stacked[i, ...] = piece
    return stacked


def _padded(pieces: Sequence[np.ndarray], dtype: DType) -> np.ndarray:
    shape = tuple(max(sizes) for sizes in zip(*(piece.shape for piece in pieces), strict=True))
    kind = dtype.as_numpy_dtype
    filling: Any = b"" if np.dtype(kind) == object else 0
    padded = np.full((len(pieces), *shape), filling, kind)
    for i, piece in enumerate(pieces):
        place: tuple[Any, ...] = (i, *(slice(size) for size in piece.shape), ...)
        padded[place] = piece
    return padded


def type_names(dtypes: Sequence[DType]) -> str:
    """Types as messages show them."""
    return ", ".join(map(word_of, dtypes))


def shape_list(shapes: Sequence[Shape]) -> str:
    """Shapes as messages show them."""
    return f"[{', '.join(map(format_shape, shapes))}]"
