"""Datasets whose elements are made ahead, by threads."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import Any

from perdure.graph.errors import CancelledError, OutOfRangeError
from perdure.pipelines.calling import Call, Captured, MapDataset, ended_by_function
from perdure.pipelines.dataset import Context, Dataset, Element, Elements, Selection, invalid
from perdure.pipelines.workers import Job

# How many elements are made ahead when TensorFlow chooses.
_CHOSEN = 2


class PrefetchDataset(Selection):
    """The elements of the input, made ahead in a thread.

    Args:
        buffer_size: how many; none for 0, a number that is chosen for -1.

    Raises:
        InvalidArgumentError: it is less than that.
    """

    kind = "PrefetchDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, buffer_size: int) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        if buffer_size < -1:
            raise invalid("buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning")
        self.buffer_size = _CHOSEN if buffer_size == -1 else buffer_size

    def iterate(self, context: Context, path: str) -> Elements:
        elements = self.input.iterate(context, f"{path}/Prefetch")
        if self.buffer_size == 0 or self.rows is not None:
            return elements
        return Ahead(elements, self.buffer_size, context)

    @property
    def cardinality(self) -> int:
        return self.input.cardinality


class ParallelMapDataset(MapDataset):
    """What a function makes of each element, of several at a time, in order.

    Args:
        count: of how many; of as many as there are processors if -1.

    Raises:
        InvalidArgumentError: it is neither positive nor -1.
    """

    kind = "ParallelMapDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        function: Captured,
        preserves_cardinality: bool,
        count: int,
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset, function, preserves_cardinality)
        if count <= 0 and count != -1:
            raise invalid("num_parallel_calls must be greater than zero.")
        self.count = (os.cpu_count() or 1) if count == -1 else count

    def iterate(self, context: Context, path: str) -> Elements:
        if self.count == 1 or self.function.is_light:
            return super().iterate(context, path)
        elements = self.inputs[0].values(context, f"{path}/ParallelMap")
        call = self.function.start(context)
        return _MappedInParallel(elements, call, self.preserves_cardinality, self.count, context)


class _MappedInParallel(Elements):
    """Calls of a function that are under way, in the order of their elements."""

    def __init__(
        self, elements: Elements, call: Call, preserves_cardinality: bool, count: int, context: Context
    ) -> None:
        self.inputs = (elements,)
        self._elements, self._call, self._context = elements, call, context
        self._preserves, self._count = preserves_cardinality, count
        self._under_way: deque[Job] = deque()
        self._ended = False

    def _more(self) -> None:
        while not self._ended and len(self._under_way) < self._count:
            try:
                element = next(self._elements)
            except StopIteration:
                self._ended = True
            except Exception as error:
                self._under_way.append(Job.failed(error))
            else:
                self._under_way.append(self._context.workers(self._count).do(self._call, element))

    def __next__(self) -> Element:
        self._more()
        if not self._under_way:
            raise StopIteration
        job = self._under_way.popleft()
        self._more()
        try:
            return job.result(self._context)
        except OutOfRangeError as error:
            raise ended_by_function(error, self._preserves) from error

    def save(self) -> Any:
        outcomes = [job.outcome() for job in self._under_way]
        return {"under_way": outcomes, "ended": self._ended, **super().save()}

    def restore(self, state: Any) -> None:
        for result, error in state["under_way"]:
            self._under_way.append(Job.done(result) if error is None else Job.failed(error))
        self._ended = state["ended"]
        super().restore(state)

    def close(self) -> None:
        """Wait for nothing that is under way."""
        self._under_way.clear()
        super().close()


class Ahead(Elements):
    """Elements of another iterator, taken by a thread of its own before they are wanted.

    The thread begins when the first one is wanted, and ends when the context is closed.
    """

    def __init__(self, elements: Elements, count: int, context: Context) -> None:
        self.inputs = (elements,)
        self._elements = elements
        self._count = count
        self._context = context
        self._changed = threading.Condition()
        # Each is an element, or what was raised in its place.
        self._buffer: deque[tuple[Element, BaseException | None]] = deque()
        self._thread: threading.Thread | None = None
        self._ended = False
        self._closed = False
        # While the state is looked at, the thread rests between two elements.
        self._paused = self._resting = False

    def __next__(self) -> Element:
        with self._changed:
            if self._thread is None and not self._ended:
                self._start()
            while not self._buffer:
                if self._ended:
                    raise StopIteration
                self._check()
                self._changed.wait()
            self._check()
            element, error = self._buffer.popleft()
            self._changed.notify_all()
        if error is not None:
            raise error
        return element

    def _check(self) -> None:
        if self._closed or self._context.cancelled:
            raise CancelledError(None, None, "Iterator was cancelled")

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="perdure-prefetch", daemon=True)
        self._context.on_close(self, self._wake)
        self._thread.start()

    def _wake(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        self._context.prepare_thread()
        while True:
            with self._changed:
                while (self._paused or len(self._buffer) >= self._count) and not self._closed:
                    self._resting = True
                    self._changed.notify_all()
                    self._changed.wait()
                self._resting = False
                if self._closed:
                    return
            error: BaseException | None = None
            element = None
            try:
                element = next(self._elements)
            except StopIteration:
                with self._changed:
                    self._ended = True
                    self._changed.notify_all()
                self._context.on_close(self, None)
                return
            except BaseException as raised:
                error = raised
            with self._changed:
                self._buffer.append((element, error))
                self._changed.notify_all()

    def save(self) -> Any:
        with self._changed:
            self._paused = True
            while self._thread is not None and not (self._resting or self._ended or self._closed):
                self._changed.wait()
            try:
                self._check()
                return {"buffer": list(self._buffer), "ended": self._ended, **super().save()}
            finally:
                self._paused = False
                self._changed.notify_all()

    def restore(self, state: Any) -> None:
        self._buffer.extend(state["buffer"])
        self._ended = state["ended"]
        super().restore(state)

    def close(self) -> None:
        """End the thread; it may be in the middle of an element, which nobody gets."""
        self._wake()
        super().close()
