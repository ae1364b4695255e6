"""Datasets that call functions of the graph: of an element another one, whether it stays, many of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.graph.errors import FailedPreconditionError, InvalidArgumentError, OutOfRangeError
from perdure.pipelines.dataset import (
    UNKNOWN,
    Context,
    Dataset,
    Element,
    Elements,
    Selection,
    invalid,
    shape_of,
)

Call = Callable[[Sequence[Any]], list[Any]]


class Captured:
    """A function of the graph with the values that it captured.

    Args:
        function: the planned function.
        arguments: what it takes behind the components of an element.
    """

    def __init__(self, function: Any, arguments: Sequence[Any] = ()) -> None:
        self._function = function
        self._arguments = list(arguments)

    def start(self, context: Context) -> Call:
        """The function for the iterators of a context, which have random numbers of their own."""
        function = context.shared((self, "function"), self._function.renewed)
        alone, captured = function.alone, self._arguments

        def call(element: Sequence[Any]) -> list[Any]:
            for value in element:
                if type(value) is bytes:
                    element = [_as_string(each) for each in element]
                    break
            return alone([*element, *captured])

        return call

    def check_saved(self) -> None:
        """Refuse a function that has a state, since saving an iterator would lose it.

        Raises:
            FailedPreconditionError: it has one.
        """
        stateful = self._function.stateful
        if stateful is not None:
            raise FailedPreconditionError(None, None, f"{stateful} is stateful.")

    @property
    def is_light(self) -> bool:
        """Whether calling it in another thread costs more than it takes."""
        return self._function.is_light


def _as_string(value: Any) -> Any:
    """The array that kernels take a string as."""
    if type(value) is not bytes:
        return value
    string = np.empty((), object)
    string[()] = value
    return string


def as_dataset(value: Any) -> Dataset:
    """What a function returned as a dataset.

    Raises:
        InvalidArgumentError: it is none.
    """
    if isinstance(value, np.ndarray) and value.dtype == object and not value.ndim:
        value = value.item()
    if not isinstance(value, Dataset):
        raise invalid("Tensor must be a Dataset object.")
    return value


def truth(values: Sequence[Any]) -> bool:
    """What a predicate said.

    Raises:
        InvalidArgumentError: it is no scalar boolean.
    """
    if len(values) == 1 and type(values[0]) is np.bool_:
        return bool(values[0])
    if len(values) != 1 or shape_of(values[0]) or getattr(values[0], "dtype", None) != np.bool_:
        raise invalid("Filter predicate `f` must return a scalar bool.")
    return bool(values[0])


class MapDataset(Dataset):
    """What a function makes of each element.

    Args:
        function: from the components of an element to those of another one.
        preserves_cardinality: whether there are as many elements as of the input, also if the function says
            that it is at the end.
    """

    kind = "MapDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        function: Captured,
        preserves_cardinality: bool,
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        self.function = function
        self.preserves_cardinality = preserves_cardinality

    def iterate(self, context: Context, path: str) -> Elements:
        call = self.function.start(context)
        elements = self.inputs[0].values(context, f"{path}/Map")
        return _Mapped(elements, call, self.preserves_cardinality)

    @property
    def cardinality(self) -> int:
        return self.inputs[0].cardinality


class _Mapped(Elements):
    def __init__(self, elements: Elements, call: Call, preserves_cardinality: bool) -> None:
        self.inputs = (elements,)
        self._elements = elements
        self._call = call
        self._preserves = preserves_cardinality

    def __next__(self) -> Element:
        element = next(self._elements)
        try:
            return self._call(element)
        except OutOfRangeError as error:
            raise ended_by_function(error, self._preserves) from error


def ended_by_function(error: OutOfRangeError, preserves_cardinality: bool) -> Exception:
    """What a function's OutOfRangeError means: the end, unless there must be as many elements as before."""
    if not preserves_cardinality:
        return StopIteration()
    return InvalidArgumentError(
        error.node_def, error.op, f"Function invocation produced OutOfRangeError: {error.message}"
    )


class FilterDataset(Selection):
    """The elements of which a function says that they stay."""

    kind = "FilterDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, predicate: Captured) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        self.predicate = predicate

    def _taken_over(self) -> None:
        (self.input,) = self.inputs
        self.rows = None

    def iterate(self, context: Context, path: str) -> Elements:
        call = self.predicate.start(context)
        return _Filtered(self.input.values(context, f"{path}/Filter"), call, context)


class _Filtered(Elements):
    def __init__(self, elements: Elements, call: Call, context: Context) -> None:
        self.inputs = (elements,)
        self._elements, self._call, self._context = elements, call, context

    def __next__(self) -> Element:
        while True:
            self._context.check()
            element = next(self._elements)
            if truth(self._call(element)):
                return element


class TakeWhileDataset(FilterDataset):
    """The elements before the first one that a function refuses."""

    kind = "TakeWhileDataset"

    def iterate(self, context: Context, path: str) -> Elements:
        call = self.predicate.start(context)
        return _TakenWhile(self.input.values(context, f"{path}/TakeWhile"), call)


class _TakenWhile(Elements):
    def __init__(self, elements: Elements, call: Call) -> None:
        self.inputs = (elements,)
        self._elements, self._call = elements, call
        self._ended = False

    def __next__(self) -> Element:
        if self._ended:
            raise StopIteration
        element = next(self._elements)
        if not truth(self._call(element)):
            self._ended = True
            self.close()
            raise StopIteration
        return element

    def save(self) -> Any:
        return {"ended": self._ended, **super().save()}

    def restore(self, state: Any) -> None:
        self._ended = state["ended"]
        super().restore(state)


class FlatMapDataset(Dataset):
    """The elements of the datasets that a function makes of the elements."""

    kind = "FlatMapDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, function: Captured) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        self.function = function

    def iterate(self, context: Context, path: str) -> Elements:
        return _FlatMapped(self, context, f"{path}/FlatMap")

    @property
    def cardinality(self) -> int:
        return UNKNOWN


class _FlatMapped(Elements):
    def __init__(self, dataset: FlatMapDataset, context: Context, path: str) -> None:
        self._context, self._path = context, path
        self._call = dataset.function.start(context)
        self._elements: Elements | None = dataset.inputs[0].values(context, path)
        self._index = 0
        self._element: Element = None
        self._current: Elements | None = None

    @property
    def inputs(self) -> Any:  # type: ignore[override]
        return [each for each in (self._elements, self._current) if each is not None]

    def __next__(self) -> Element:
        while self._elements is not None:
            if self._current is None:
                self._context.check()
                element = next(self._elements, self)
                if element is self:
                    self._elements.close()
                    self._elements = None
                    break
                self._enter(element)
            assert self._current is not None
            for found in self._current:
                return found
            self._current.close()
            self._current = None
        raise StopIteration

    def _enter(self, element: Element) -> None:
        self._element = element
        (made,) = self._call(element)
        self._current = as_dataset(made).values(self._context, f"{self._path}[{self._index}]")
        self._index += 1

    def save(self) -> Any:
        state = {"index": self._index, "element": self._element, "elements": None, "current": None}
        if self._elements is not None:
            state["elements"] = self._elements.save()
        if self._current is not None:
            state["current"] = self._current.save()
        return state

    def restore(self, state: Any) -> None:
        if state["elements"] is None:
            self._elements = None
            return
        assert self._elements is not None
        self._elements.restore(state["elements"])
        if state["current"] is not None:
            self._index = state["index"] - 1
            self._enter(state["element"])
            assert self._current is not None
            self._current.restore(state["current"])
        self._index = state["index"]


class ScanDataset(Dataset):
    """What a function makes of a state and each element: another state, and what comes out.

    Args:
        initial_state: the components of the first state.
        function: from those of a state and an element to those of the next state and an element.
        preserves_cardinality: see `MapDataset`.
    """

    kind = "ScanDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        initial_state: Sequence[Any],
        function: Captured,
        preserves_cardinality: bool,
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        self.initial_state = list(initial_state)
        self.function = function
        self.preserves_cardinality = preserves_cardinality

    def iterate(self, context: Context, path: str) -> Elements:
        return _Scanned(self, context, f"{path}/Scan")

    @property
    def cardinality(self) -> int:
        return self.inputs[0].cardinality if self.preserves_cardinality else UNKNOWN


class _Scanned(Elements):
    def __init__(self, dataset: ScanDataset, context: Context, path: str) -> None:
        self._elements = dataset.inputs[0].values(context, path)
        self.inputs = (self._elements,)
        self._call = dataset.function.start(context)
        self._state = dataset.initial_state
        self._preserves = dataset.preserves_cardinality

    def __next__(self) -> Element:
        element = next(self._elements)
        try:
            found = self._call([*self._state, *element])
        except OutOfRangeError as error:
            raise ended_by_function(error, self._preserves) from error
        count = len(self._state)
        self._state = found[:count]
        return found[count:]

    def save(self) -> Any:
        return {"state": list(self._state), **super().save()}

    def restore(self, state: Any) -> None:
        self._state = state["state"]
        super().restore(state)


class GeneratorDataset(Dataset):
    """What functions of the program give one after another.

    Args:
        init: makes the state.
        step: gives the next element, or says that there is none by an OutOfRangeError.
        finalize: is called when nobody wants more.
    """

    kind = "GeneratorDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        init: Captured,
        init_arguments: Sequence[Any],
        step: Captured,
        finalize: Captured,
    ) -> None:
        super().__init__(dtypes, shapes)
        self.init, self.init_arguments = init, list(init_arguments)
        self.step, self.finalize = step, finalize

    def iterate(self, context: Context, path: str) -> Elements:
        return _Generated(self, context)


class _Generated(Elements):
    def __init__(self, dataset: GeneratorDataset, context: Context) -> None:
        self._dataset = dataset
        self._init = dataset.init.start(context)
        self._step = dataset.step.start(context)
        self._finalize = dataset.finalize.start(context)
        self._state: list[Any] | None = None
        self._finalized = False

    def __next__(self) -> Element:
        if self._finalized:
            raise StopIteration
        if self._state is None:
            self._state = self._init(self._dataset.init_arguments)
        try:
            return self._step(self._state)
        except OutOfRangeError:
            self._finish()
            raise StopIteration from None

    def _finish(self) -> None:
        self._finalized = True
        if self._state is not None:
            self._finalize(self._state)

    def close(self) -> None:
        """Let the program's generator go, too."""
        if not self._finalized:
            self._finish()
