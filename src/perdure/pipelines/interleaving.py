"""Datasets that take elements of several datasets by turns."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from perdure.pipelines.calling import Captured, as_dataset
from perdure.pipelines.dataset import UNKNOWN, Context, Dataset, Element, Elements, invalid


class InterleaveDataset(Dataset):
    """The elements of the datasets that a function makes of the elements, of several by turns.

    Args:
        function: from the components of an element to a dataset.
        cycle_length: of how many datasets at a time; of as many as there are processors if -1.
        block_length: how many elements of one before the next one's turn.
        counts_errors: whether an error counts as an element of the turn, as it does where elements are
            taken in parallel.

    Raises:
        InvalidArgumentError: one of them is not positive.
    """

    kind = "InterleaveDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        function: Captured,
        cycle_length: int,
        block_length: int,
        counts_errors: bool = False,
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        if cycle_length == -1:
            cycle_length = os.cpu_count() or 1
        if cycle_length <= 0:
            raise invalid("cycle_length must be greater than zero.")
        if block_length <= 0:
            raise invalid("block_length must be greater than zero.")
        self.function = function
        self.cycle_length, self.block_length = cycle_length, block_length
        self.counts_errors = counts_errors

    def iterate(self, context: Context, path: str) -> Elements:
        return _Interleaved(self, context, f"{path}/Interleave")


class _Interleaved(Elements):
    def __init__(self, dataset: InterleaveDataset, context: Context, path: str) -> None:
        self._context, self._path = context, path
        self._call = dataset.function.start(context)
        self._elements: Elements = dataset.inputs[0].values(context, path)
        self._current: list[Elements | None] = [None] * dataset.cycle_length
        self._made_of: list[Element] = [None] * dataset.cycle_length
        self._block_length, self._counts_errors = dataset.block_length, dataset.counts_errors
        self._cycle = self._block = self._open = 0
        self._ended = False

    @property
    def inputs(self) -> Any:  # type: ignore[override]
        return [self._elements, *(each for each in self._current if each is not None)]

    def _advance(self) -> None:
        self._block = 0
        self._cycle = (self._cycle + 1) % len(self._current)

    def _count(self) -> None:
        self._block += 1
        if self._block == self._block_length:
            self._advance()

    def __next__(self) -> Element:
        while not self._ended or self._open:
            self._context.check()
            current = self._current[self._cycle]
            if current is not None:
                try:
                    element = next(current)
                except StopIteration:
                    pass
                except Exception:
                    if self._counts_errors:
                        self._count()
                    raise
                else:
                    self._count()
                    return element
                current.close()
                self._current[self._cycle] = None
                self._open -= 1
                self._advance()
            elif not self._ended:
                self._enter()
            else:
                self._advance()
        raise StopIteration

    def _enter(self) -> None:
        try:
            element = next(self._elements)
        except StopIteration:
            self._ended = True
            self._elements.close()
            return
        self._begin(self._cycle, element)
        self._open += 1

    def _begin(self, place: int, element: Element) -> None:
        (made,) = self._call(element)
        self._current[place] = as_dataset(made).values(self._context, f"{self._path}[{place}]")
        self._made_of[place] = element

    def save(self) -> Any:
        return {
            "elements": self._elements.save(),
            "current": [None if each is None else each.save() for each in self._current],
            "made_of": list(self._made_of),
            "place": (self._cycle, self._block, self._open),
            "ended": self._ended,
        }

    def restore(self, state: Any) -> None:
        self._ended = state["ended"]
        if not self._ended:
            self._elements.restore(state["elements"])
        for place, (saved, element) in enumerate(zip(state["current"], state["made_of"], strict=True)):
            if saved is not None:
                self._begin(place, element)
                self._current[place].restore(saved)  # type: ignore[union-attr]
        self._cycle, self._block, self._open = state["place"]


class DirectedInterleaveDataset(Dataset):
    """Elements of several datasets, in the order that another one says by their numbers.

    Args:
        selector: the dataset of numbers.
        datasets: the datasets.
    """

    kind = "DirectedInterleaveDataset"

    def __init__(self, dtypes: Any, shapes: Any, selector: Dataset, datasets: Sequence[Dataset]) -> None:
        super().__init__(dtypes, shapes, selector, *datasets)

    def iterate(self, context: Context, path: str) -> Elements:
        return _Directed(
            [each.values(context, f"{path}/DirectedInterleave[{i}]") for i, each in enumerate(self.inputs)]
        )

    @property
    def cardinality(self) -> int:
        return UNKNOWN


class _Directed(Elements):
    def __init__(self, inputs: Sequence[Elements]) -> None:
        self.inputs = inputs
        self._open = [True] * (len(inputs) - 1)

    def __next__(self) -> Element:
        selector, *datasets = self.inputs
        while True:
            (number,) = next(selector)
            number = int(number)
            if not 0 <= number < len(datasets):
                raise invalid(
                    f"Selector index out of range: {number} >= {len(datasets)}",
                )
            if not self._open[number]:
                continue
            for element in datasets[number]:
                return element
            self._open[number] = False
            if not any(self._open):
                self.close()
                raise StopIteration

    def save(self) -> Any:
        return {"open": list(self._open), **super().save()}

    def restore(self, state: Any) -> None:
        self._open = list(state["open"])
        super().restore(state)


class StagedInterleaveDataset(InterleaveDataset):
    """As `InterleaveDataset`; a dataset that ends gives its place to one that waits, whose turn it is later.

    Args:
        function, cycle_length, block_length: as of `InterleaveDataset`.
        buffer: how many elements of each dataset TensorFlow makes ahead.
        waiting: how many elements of the input wait to become a dataset.

    Raises:
        InvalidArgumentError: a number is too small.
    """

    kind = "ParallelInterleaveDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        function: Captured,
        cycle_length: int,
        block_length: int,
        buffer: int,
        waiting: int,
    ) -> None:
        if cycle_length <= 0:
            raise invalid("`cycle_length` must be > 0")
        if block_length <= 0:
            raise invalid("`block_length` must be > 0")
        if buffer <= 0:
            raise invalid("`buffer_output_elements` must be > 0")
        if waiting < 0:
            raise invalid("`prefetch_input_elements` must be >= 0")
        super().__init__(dtypes, shapes, input_dataset, function, cycle_length, block_length)
        self.waiting = waiting

    def iterate(self, context: Context, path: str) -> Elements:
        return _Staged(self, context, f"{path}/ParallelInterleave")


class _Staged(Elements):
    """Places of which some have a dataset, and elements of the input that wait for one."""

    def __init__(self, dataset: StagedInterleaveDataset, context: Context, path: str) -> None:
        self._dataset, self._context, self._path = dataset, context, path
        self._call = dataset.function.start(context)
        self._elements: Elements = dataset.inputs[0].values(context, path)
        self._places: list[Elements | None] = []
        self._made_of: list[Element] = []
        # Each an element of the input, or what was raised in its place.
        self._waiting: deque[Any] = deque()
        self._begun = self._ended = False
        self._place = self._block = self._count = 0

    @property
    def inputs(self) -> Any:  # type: ignore[override]
        return [self._elements, *(each for each in self._places if each is not None)]

    def _take(self) -> bool:
        """Let one more element of the input wait; returns whether there was one."""
        if self._ended:
            return False
        try:
            self._waiting.append(next(self._elements))
        except StopIteration:
            self._ended = True
            self._elements.close()
            return False
        except Exception as error:
            self._waiting.append(error)
        return True

    def _begin(self) -> None:
        self._begun = True
        while len(self._waiting) < self._dataset.cycle_length + self._dataset.waiting and self._take():
            pass
        for _ in range(min(self._dataset.cycle_length, len(self._waiting))):
            self._places.append(None)
            self._made_of.append(None)
            self._enter(len(self._places) - 1, self._waiting.popleft())

    def _enter(self, place: int, element: Any) -> None:
        self._made_of[place] = element
        self._places[place] = _Late(self._made(element))
        self._count += 1

    def _made(self, element: Any) -> Callable[[], Elements]:
        number = self._count

        def make() -> Elements:
            if isinstance(element, Exception):
                raise element
            (made,) = self._call(element)
            return as_dataset(made).values(self._context, f"{self._path}[{number}]")

        return make

    def __next__(self) -> Element:
        if not self._begun:
            self._begin()
        places = self._places
        while True:
            self._context.check()
            replaced = False
            for i in range(len(places)):
                place = (self._place + i) % len(places)
                current = places[place]
                if current is None:
                    continue
                if self._place != place:
                    self._place, self._block = place, 0
                try:
                    element = next(current)
                except StopIteration:
                    current.close()
                    places[place] = None
                    self._take()
                    if self._waiting:
                        self._enter(place, self._waiting.popleft())
                        self._place, self._block = (place + 1) % len(places), 0
                        replaced = True
                        break
                    continue
                except Exception:
                    self._advance(place)
                    raise
                self._advance(place)
                return element
            if not replaced:
                raise StopIteration

    def save(self) -> Any:
        return {
            "elements": self._elements.save(),
            "places": [None if each is None else each.save() for each in self._places],
            "made_of": list(self._made_of),
            "waiting": list(self._waiting),
            "flags": (self._begun, self._ended),
            "counts": (self._place, self._block, self._count),
        }

    def restore(self, state: Any) -> None:
        self._begun, self._ended = state["flags"]
        if not self._ended:
            self._elements.restore(state["elements"])
        self._waiting = deque(state["waiting"])
        for place, (saved, element) in enumerate(zip(state["places"], state["made_of"], strict=True)):
            self._places.append(None)
            self._made_of.append(element)
            if saved is not None:
                self._enter(place, element)
                self._places[place].restore(saved)  # type: ignore[union-attr]
        self._place, self._block, self._count = state["counts"]

    def _advance(self, place: int) -> None:
        self._block += 1
        if self._block == self._dataset.block_length:
            self._place, self._block = (place + 1) % len(self._places), 0


class _Late(Elements):
    """The elements of a dataset that is made when the first one is wanted."""

    def __init__(self, make: Callable[[], Elements]) -> None:
        self._make: Callable[[], Elements] | None = make
        self._elements: Elements | None = None

    @property
    def inputs(self) -> Any:  # type: ignore[override]
        return () if self._elements is None else (self._elements,)

    def __next__(self) -> Element:
        if self._elements is None:
            if self._make is None:
                raise StopIteration
            make, self._make = self._make, None
            self._elements = make()
        return next(self._elements)

    def save(self) -> Any:
        return {"begun": self._make is None, "current": self._elements and self._elements.save()}

    def restore(self, state: Any) -> None:
        if state["begun"]:
            assert self._make is not None
            make, self._make = self._make, None
            if state["current"] is not None:
                self._elements = make()
                self._elements.restore(state["current"])
