"""Iterators over datasets, which sessions own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from perdure.graph.dtypes import DType, word_of
from perdure.graph.errors import (
    CancelledError,
    FailedPreconditionError,
    InvalidArgumentError,
    OutOfRangeError,
)
from perdure.graph.forking import free_in_children
from perdure.graph.shapes import Shape, format_shape, is_compatible
from perdure.resources.resource import Resource, Sharing

END = "End of sequence"


class DatasetIterator(Resource):
    """Where a session is in a dataset.  Thread-safe.

    Args:
        name: its name in messages.
        dtypes: the types of the components of its elements.
        shapes: their static shapes.
    """

    __slots__ = (
        "name",
        "dtypes",
        "shapes",
        "factory",
        "_lock",
        "_dataset",
        "_context",
        "_elements",
        "_closed",
    )
    kind = "iterator"
    tensorflow_class = "tensorflow::data::IteratorResource"

    def __init__(self, name: str, dtypes: Sequence[DType] = (), shapes: Sequence[Shape] = ()) -> None:
        super().__init__(name)
        self.dtypes, self.shapes = list(dtypes), list(shapes)
        # Makes the dataset when the first element is wanted, if nobody initializes it.
        self.factory: Callable[[Any], Any] | None = None
        self._lock = free_in_children(threading.RLock())
        self._dataset: Any = None
        self._context: Any = None
        self._elements: Any = None
        self._closed = False

    def check_same(self, other: DatasetIterator) -> None:
        """Refuse a node that means an iterator of other elements by this one's name.

        Raises:
            InvalidArgumentError: types or shapes differ.
        """
        self._check(other.dtypes, other.shapes)

    def _check(self, dtypes: Sequence[DType], shapes: Sequence[Shape]) -> None:
        """Refuse other elements than it has.

        Raises:
            InvalidArgumentError: types or shapes are not compatible.
        """
        check_elements(self.dtypes, self.shapes, dtypes, shapes)

    @property
    def initialized(self) -> bool:
        """Whether it can be asked for elements."""
        return self._elements is not None or self.factory is not None

    @property
    def state(self) -> str:
        """Over which kind of dataset it goes."""
        return "" if self._dataset is None else self._dataset.kind

    def initialize(self, dataset: Any, context: Any) -> None:
        """Begin with a dataset.

        Args:
            dataset: the dataset.
            context: what its iterators share; see `pipelines/`.

        Raises:
            InvalidArgumentError: it has other elements.
            CancelledError: the session is closed.
        """
        self._check(dataset.dtypes, dataset.shapes)
        elements = dataset.values(context, self.name)
        with self._lock:
            if self._closed:
                context.close()
                raise CancelledError(None, None, "Session has been closed.")
            before, self._context = (self._context, self._elements), context
            self._dataset, self._elements = dataset, elements
        _end(*before)

    def next(self, step: Any) -> list[Any]:
        """The components of the next element.

        Args:
            step: the step that wants it.

        Raises:
            OutOfRangeError: there is none.
            FailedPreconditionError: nobody has initialized the iterator.
            CancelledError: the session was closed.
        """
        with self._lock:
            elements = self._ready(step)
            try:
                return next(elements)
            except StopIteration:
                raise OutOfRangeError(None, None, END) from None

    def _ready(self, step: Any) -> Any:
        if self._elements is None:
            if self._closed:
                raise CancelledError(None, None, "Session has been closed.")
            if self.factory is None:
                raise FailedPreconditionError(
                    None,
                    None,
                    "GetNext() failed because the iterator has not been initialized. Ensure that you have "
                    "run the initializer operation for this iterator before getting the next element.",
                )
            dataset, context = self.factory(step)
            self.initialize(dataset, context)
        return self._elements

    def save(self, step: Any) -> Any:
        """Where it is, for `restore`."""
        with self._lock:
            elements = self._ready(step)
            self._dataset.check_saved()
            return elements.save()

    def restore(self, state: Any, step: Any, context: Any) -> None:
        """Go to where it was when `state` was saved.

        Raises:
            FailedPreconditionError: nobody has initialized the iterator.
        """
        with self._lock:
            self._ready(step)
            self.initialize(self._dataset, context)
            self._elements.restore(state)

    def forget_threads(self) -> None:
        """In a forked child the threads that made elements ahead are not there: it must be initialized."""
        self._context = self._elements = None

    def cancel(self) -> None:
        """End its threads and waits; it must not wait for a step that is in it."""
        self._closed = True
        context, elements = self._context, self._elements
        self.factory = None
        _end(context, elements)
        self._context = self._elements = self._dataset = None


def _end(context: Any, elements: Any) -> None:
    if context is not None:
        context.close()
    if elements is not None:
        elements.close()


def check_elements(
    expected_types: Sequence[DType],
    expected_shapes: Sequence[Shape],
    dtypes: Sequence[DType],
    shapes: Sequence[Shape],
) -> None:
    """Refuse elements of other types or shapes than expected.

    Raises:
        InvalidArgumentError: they are not compatible.
    """
    if len(expected_types) != len(dtypes):
        raise InvalidArgumentError(
            None,
            None,
            f"Number of components does not match: expected {len(expected_types)} types but got "
            f"{len(dtypes)}.",
        )
    for i, (expected, dtype) in enumerate(zip(expected_types, dtypes, strict=True)):
        if expected != dtype:
            raise InvalidArgumentError(
                None,
                None,
                f"Data type mismatch at component {i}: expected {word_of(expected)} but got "
                f"{word_of(dtype)}.",
            )
    for i, (wanted, shape) in enumerate(zip(expected_shapes, shapes, strict=True)):
        if not is_compatible(wanted, shape):
            raise InvalidArgumentError(
                None,
                None,
                f"Incompatible shapes at component {i}: expected {format_shape(wanted)} but got "
                f"{format_shape(shape)}.",
            )


class IteratorHandles(Resource):
    """The iterators of a session that have been named by strings.

    Args:
        name: has no effect.
    """

    __slots__ = ("name", "_found")
    kind = "handles of iterators"
    sharing = Sharing.SESSION
    is_listed = False

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._found: dict[bytes, DatasetIterator] = {}

    def of(self, iterator: DatasetIterator) -> bytes:
        """The string that stands for an iterator."""
        handle = f"iterator {iterator.name} {id(iterator):x}".encode()
        self._found[handle] = iterator
        return handle

    def find(self, handle: bytes) -> DatasetIterator:
        """The iterator that a string stands for.

        Raises:
            InvalidArgumentError: it stands for none of this session.
        """
        found = self._found.get(handle)
        if found is None:
            raise InvalidArgumentError(None, None, "Could not parse string_handle as a valid ResourceHandle")
        return found

    def cancel(self) -> None:
        """Forget them."""
        self._found.clear()
