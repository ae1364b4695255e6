"""Datasets in another order: a buffer out of which elements are drawn, with TensorFlow's random words."""

from __future__ import annotations

from typing import Any

from perdure.arrays.random_words import RandomWords
from perdure.pipelines.dataset import INFINITE, Context, Dataset, Element, Elements, Selection, invalid
from perdure.pipelines.sources import chosen_seeds


class ShuffleDataset(Selection):
    """The elements of the input, drawn out of a buffer that is filled in their order.

    Args:
        buffer_size: how many elements are in it.
        seed, seed2: the seeds; two zeros leave the choice to the operating system.
        reshuffles: whether each iteration has another order.
        count: how often the input is iterated over, elements of the next time being in the buffer already;
            for ever if negative.

    Raises:
        InvalidArgumentError: the buffer would hold nothing.
    """

    kind = "ShuffleDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        buffer_size: int,
        seed: int,
        seed2: int,
        reshuffles: bool,
        count: int = 1,
    ) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        if buffer_size <= 0:
            raise invalid("buffer_size must be greater than zero.")
        self.buffer_size = buffer_size
        self.seeds = chosen_seeds(seed, seed2)
        self.reshuffles = reshuffles
        self.count = count

    def iterate(self, context: Context, path: str) -> Elements:
        path = f"{path}/Shuffle"
        seeds = self.seeds
        if self.reshuffles:
            source = context.shared((path, "seeds"), lambda: RandomWords(*seeds))
            seeds = source.next(), source.next()
        return _Shuffled(self, context, path, seeds)

    @property
    def cardinality(self) -> int:
        length = self.input.cardinality
        if self.count == 1 or length == 0:
            return length
        if self.count < 0:
            return INFINITE
        return length if length < 0 else length * self.count


class _Shuffled(Elements):
    """A ring of elements.

    It has a slice for each iteration over the input of which elements are left; the next one comes out of the
    first.
    """

    def __init__(self, dataset: ShuffleDataset, context: Context, path: str, seeds: Any) -> None:
        self._dataset, self._context, self._path, self._seeds = dataset, context, path, seeds
        self._words = RandomWords(*seeds)
        self._size = dataset.buffer_size
        self._buffer: list[Element] = []
        self._held = 0
        # Where slices begin and end, counted in elements since the beginning.
        self._slices: list[list[int]] = [[0, 0]]
        self._epoch = 0
        self._elements: Elements | None = None
        self._begun = False

    @property
    def inputs(self) -> Any:  # type: ignore[override]
        return () if self._elements is None else (self._elements,)

    def _begin(self) -> None:
        self._begun = True
        self._elements = self._dataset.input.iterate(self._context, self._path)

    def _fill(self) -> None:
        """Take elements until the buffer is full or the input has no more."""
        count, size, buffer = self._dataset.count, self._size, self._buffer
        first_call = not self._begun
        if first_call:
            self._begin()
        while self._elements is not None and self._held < size:
            self._context.check()
            took = False
            while count < 0 or self._epoch < count:
                element = next(self._elements, self)
                took = element is not self
                if took:
                    first_call = False
                    break
                if first_call and count < 0:
                    self._elements = None  # it would go on for ever and never have an element
                    return
                self._epoch += 1
                end = self._slices[-1][1]
                self._slices.append([end, end])
                self._elements.close()
                self._begin()
            if not took:
                self._elements.close()
                self._elements = None
                return
            last = self._slices[-1]
            place = last[1] % size
            if place == len(buffer):
                buffer.append(element)
            else:
                buffer[place] = element
            self._held += 1
            last[1] += 1

    def __next__(self) -> Element:
        if self._held < self._size and (self._elements is not None or not self._begun):
            self._fill()
        if not self._held:
            raise StopIteration
        slices = self._slices
        first = slices[0]
        while first[0] == first[1]:
            del slices[0]
            first = slices[0]
        start, end = first
        buffer, size = self._buffer, self._size
        index = (start + self._words.next() % (end - start)) % size
        element = buffer[index]
        place = start % size
        buffer[index] = buffer[place]
        buffer[place] = None
        first[0] = start + 1
        self._held -= 1
        return element

    def some(self, count: int) -> list[Element]:
        """The next elements, at most `count`; many at once while rows are drawn out of a full buffer."""
        found: list[Element] = []
        while len(found) < count:
            drawn = self._drawn(count - len(found))
            if not drawn:
                element = next(self, self)
                if element is self:
                    break
                drawn = [element]
            found += drawn
        return found

    def _drawn(self, count: int) -> list[Element]:
        """As many elements as the input has for the places that they leave; none unless that is simple."""
        slices, size = self._slices, self._size
        while len(slices) > 1 and slices[0][0] == slices[0][1]:
            del slices[0]
        if self._dataset.rows is None or self._elements is None or self._held != size - 1:
            return []
        # What is taken in belongs to the slice that is drawn from, or to one behind it, which must wait.
        start, end = slices[0]
        grows = len(slices) == 1
        span = end - start + grows
        taken = self._elements.some(count if grows else min(count, span))
        buffer, drawn = self._buffer, []
        if len(buffer) < size:
            buffer.append(None)
        first = start % size
        for element, word in zip(taken, self._words.some(len(taken)), strict=True):
            buffer[first - 1] = element
            index = (first + word % span) % size
            drawn.append(buffer[index])
            buffer[index] = buffer[first]
            first += 1
            if first == size:
                first = 0
            if not grows:
                span -= 1
        slices[0][0] += len(taken)
        slices[-1][1] += len(taken)
        return drawn

    def save(self) -> Any:
        return {
            "seeds": self._seeds,
            "taken": self._words.taken,
            "buffer": list(self._buffer),
            "held": self._held,
            "slices": [list(each) for each in self._slices],
            "epoch": self._epoch,
            "begun": self._begun,
            "ended": self._elements is None,
            **super().save(),
        }

    def restore(self, state: Any) -> None:
        self._seeds = tuple(state["seeds"])  # type: ignore[assignment]
        self._words = RandomWords(*self._seeds)
        self._words.skip(state["taken"])
        self._buffer, self._held = list(state["buffer"]), state["held"]
        self._slices = [list(each) for each in state["slices"]]
        self._epoch = state["epoch"]
        self._begun, self._elements = state["begun"], None
        if state["begun"] and not state["ended"]:
            self._begin()
            super().restore(state)
