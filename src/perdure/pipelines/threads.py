"""Datasets whose elements are made ahead, by threads."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from perdure.graph.errors import CancelledError, InvalidArgumentError
from perdure.pipelines.dataset import Context, Dataset, Element, Elements, Selection

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
            raise InvalidArgumentError(
                None, None, "buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning"
            )
        self.buffer_size = _CHOSEN if buffer_size == -1 else buffer_size

    def iterate(self, context: Context, path: str) -> Elements:
        elements = self.input.iterate(context, f"{path}/Prefetch")
        if self.buffer_size == 0 or self.rows is not None:
            return elements
        return Ahead(elements, self.buffer_size, context)

    @property
    def cardinality(self) -> int:
        return self.input.cardinality


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
                while len(self._buffer) >= self._count and not self._closed:
                    self._changed.wait()
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

    def close(self) -> None:
        """End the thread; it may be in the middle of an element, which nobody gets."""
        self._wake()
        super().close()
