"""The base of datasets and of what iterates over them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from perdure.arrays.denormals import flush
from perdure.graph.dtypes import DType, string
from perdure.graph.errors import CancelledError, InvalidArgumentError
from perdure.graph.shapes import Shape
from perdure.pipelines.workers import Workers

# The values of an element's components, flat as in the graph; or the number of a row, see `Dataset.rows`.
Element = Any

INFINITE, UNKNOWN = -1, -2


class Context:
    """What the iterators under one initialization of an iterator share.

    Args:
        resources: what the session owns.

    Attributes:
        cancelled: set when the iterator is initialized anew, or the session closed.
        record: notes a number about elements under a name; None if nobody wants any.
    """

    def __init__(self, resources: Any = None) -> None:
        self.resources = resources
        self.cancelled = False
        self.record: Callable[[str, float], None] | None = None
        self._lock = threading.Lock()
        self._shared: dict[Any, Any] = {}
        self._wakers: dict[Any, Callable[[], None]] = {}

    def shared(self, key: Any, make: Callable[[], Any]) -> Any:
        """What iterators of the same place have in common, made by whoever asks first."""
        with self._lock:
            if key not in self._shared:
                self._shared[key] = make()
            return self._shared[key]

    def check(self) -> None:
        """Go no further if nobody wants elements any more.

        Raises:
            CancelledError: the iterator was closed.
        """
        if self.cancelled:
            raise CancelledError(None, None, "Iterator was cancelled")

    @staticmethod
    def prepare_thread() -> None:
        """Let kernels compute in a new thread as they do in a step."""
        flush()
        np.seterr(all="ignore")

    def workers(self, count: int) -> Workers:
        """Threads that do what iterators put off, at least `count` or as many as may be.

        They are made when they are needed, and end when the context is closed.
        """
        made: Workers = self.shared("workers", self._make_workers)
        made.allow(count)
        return made

    def _make_workers(self) -> Workers:
        made = Workers(self.prepare_thread)
        self._wakers["workers"] = made.close
        return made

    def on_close(self, key: Any, wake: Callable[[], None] | None) -> None:
        """Say what ends a wait when the context is closed; None forgets it."""
        with self._lock:
            if wake is None:
                self._wakers.pop(key, None)
                return
            self._wakers[key] = wake
            closed = self.cancelled
        if closed:
            wake()

    def close(self) -> None:
        """End all threads and waits."""
        with self._lock:
            self.cancelled = True
            wakers, self._wakers = list(self._wakers.values()), {}
            self._shared.clear()
        for wake in wakers:
            wake()


class Elements(Iterator[Element]):
    """An iterator over a dataset.

    It goes on after an exception other than StopIteration, and ends for good with that.

    Attributes:
        inputs: the iterators that it takes from; they are closed with it.
    """

    inputs: Sequence[Elements] = ()

    def __next__(self) -> Element:
        raise NotImplementedError

    def some(self, count: int) -> list[Element]:
        """The next elements, at most `count`, fewer at the end."""
        return list(islice(self, count))

    def close(self) -> None:
        """Nobody wants more elements of it."""
        for each in self.inputs:
            each.close()

    def save(self) -> Any:
        """Where it is: values, lists and dictionaries of them."""
        return {"inputs": [each.save() for each in self.inputs]}

    def restore(self, state: Any) -> None:
        """Go to where another iterator over such a dataset was."""
        for each, saved in zip(self.inputs, state["inputs"], strict=True):
            each.restore(saved)


class Dataset:
    """A recipe for elements, the value of the variant tensor that a dataset op makes.

    Args:
        dtypes: the types of an element's components.
        shapes: their static shapes.
        inputs: the datasets that it takes elements from.

    Attributes:
        rows: if its iterators yield numbers of rows in place of values: the arrays whose rows they are.
    """

    kind = "Dataset"
    rows: Sequence[np.ndarray] | None = None

    def __init__(self, dtypes: Sequence[DType], shapes: Sequence[Shape], *inputs: Dataset) -> None:
        self.dtypes = list(dtypes)
        self.shapes = list(shapes)
        self.inputs = inputs

    def iterate(self, context: Context, path: str) -> Elements:
        """A new iterator, which yields row numbers if it has `rows`.

        Args:
            context: what it shares with the iterators around it.
            path: where it is among them.
        """
        raise NotImplementedError

    def values(self, context: Context, path: str) -> Elements:
        """A new iterator that yields values."""
        elements = self.iterate(context, path)
        return elements if self.rows is None else Gathered(elements, self.rows)

    def check_saved(self) -> None:
        """Refuse what has a state that is not part of its iterators', in functions of it or its inputs.

        Raises:
            FailedPreconditionError: there is some.
        """
        for part in vars(self).values():
            check = getattr(part, "check_saved", None)
            if check is not None:
                check()
        for each in self.inputs:
            each.check_saved()

    @property
    def cardinality(self) -> int:
        """How many elements it has, or INFINITE, or UNKNOWN."""
        return UNKNOWN

    def with_inputs(self, *inputs: Dataset) -> Dataset:
        """The same with other inputs."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.inputs = inputs
        made._taken_over()
        return made

    def _taken_over(self) -> None:
        """Adapt to new inputs."""


class Gathered(Elements):
    """The values of rows."""

    def __init__(self, numbers: Elements, rows: Sequence[np.ndarray]) -> None:
        self.inputs = (numbers,)
        self._numbers = numbers
        self._rows = rows

    def __next__(self) -> Element:
        number = next(self._numbers)
        return [array[number] for array in self._rows]


class Selection(Dataset):
    """A dataset that hands on elements of its input as they are."""

    def __init__(self, input_dataset: Dataset, dtypes: Any, shapes: Any) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        self._taken_over()

    def _taken_over(self) -> None:
        (self.input,) = self.inputs
        self.rows = self.input.rows


def invalid(message: str) -> InvalidArgumentError:
    """The error for what a dataset cannot take; the runtime adds the node."""
    return InvalidArgumentError(None, None, message)


# -- values ----------------------------------------------------------------------------------------


def is_array(value: Any) -> bool:
    """Whether a value is an array or scalar of NumPy's."""
    return isinstance(value, (np.ndarray, np.generic))


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a component's value: () for strings and variants, which are no arrays."""
    return value.shape if is_array(value) else ()


def array_of(value: Any, dtype: DType) -> np.ndarray:
    """A component's value as an array."""
    if isinstance(value, np.ndarray):
        return value
    if is_array(value):
        return np.asarray(value)
    if dtype.is_numpy_compatible and dtype is not string:
        return np.asarray(value, dtype.as_numpy_dtype)
    array = np.empty((), object)
    array[()] = value
    return array


def numpy_type(dtype: DType) -> Any:
    """The NumPy type of a component: objects for strings, variants and handles."""
    return object if dtype is string or not dtype.is_numpy_compatible else dtype.as_numpy_dtype


def read_only(element: Element) -> Element:
    """An element that nobody can change, since it comes more than once."""
    for value in element:
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return element
