"""Datasets that hand on some elements of their input, once or several times."""

from __future__ import annotations

from typing import Any

from perdure.pipelines.dataset import (
    INFINITE,
    UNKNOWN,
    Context,
    Dataset,
    Element,
    Elements,
    Selection,
    invalid,
)


class RepeatDataset(Selection):
    """All elements of the input, several times.

    Args:
        count: how often; for ever if negative.
    """

    kind = "RepeatDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, count: int) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        self.count = count

    def iterate(self, context: Context, path: str) -> Elements:
        return _Repeated(self, context, f"{path}/{'Forever' if self.count < 0 else 'Finite'}Repeat")

    @property
    def cardinality(self) -> int:
        length = self.input.cardinality
        if self.count < 0:
            return 0 if length == 0 else INFINITE
        if self.count == 0 or length == 0:
            return 0
        return length if length < 0 else length * self.count


class _Repeated(Elements):
    def __init__(self, dataset: RepeatDataset, context: Context, path: str) -> None:
        self._dataset, self._context, self._path = dataset, context, path
        self._left = dataset.count
        self._first = True  # whether the epoch has had no element yet
        self._begin()

    def _begin(self) -> None:
        self._first = True
        if self._left == 0:
            self.inputs = ()
            self._elements: Elements | None = None
            return
        self._elements = self._dataset.input.iterate(self._context, self._path)
        self.inputs = (self._elements,)

    def _next_epoch(self) -> None:
        """Begin again; an epoch without elements ends what goes on for ever."""
        empty = self._first and self._dataset.count < 0
        if self._elements is not None:
            self._elements.close()
        self._left = 0 if empty else self._left - 1
        if self._dataset.count < 0 and not empty:
            self._left = -1
        self._begin()

    def __next__(self) -> Element:
        while self._elements is not None:
            for element in self._elements:
                self._first = False
                return element
            self._next_epoch()
        raise StopIteration

    def some(self, count: int) -> list[Element]:
        found: list[Element] = []
        while self._elements is not None and len(found) < count:
            found += self._elements.some(count - len(found))
            self._first = self._first and not found
            if len(found) < count:
                self._next_epoch()
        return found

    def save(self) -> Any:
        return {"left": self._left, "first": self._first, **super().save()}

    def restore(self, state: Any) -> None:
        if self._left != state["left"]:
            self._left = state["left"]
            self._begin()
        self._first = state["first"]
        super().restore(state)


class TakeDataset(Selection):
    """The first elements.

    Args:
        count: how many; all if negative.
    """

    kind = "TakeDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, count: int) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        self.count = count

    def iterate(self, context: Context, path: str) -> Elements:
        if self.count == 0:
            return Nothing()
        return _First(self.input.iterate(context, f"{path}/FiniteTake"), self.count)

    @property
    def cardinality(self) -> int:
        length = self.input.cardinality
        if length == UNKNOWN:
            return UNKNOWN
        if self.count < 0:
            return length
        return self.count if length == INFINITE else min(length, self.count)


class Nothing(Elements):
    """No elements."""

    def __next__(self) -> Element:
        raise StopIteration


class _First(Elements):
    def __init__(self, elements: Elements, count: int) -> None:
        self.inputs = (elements,)
        self._elements = elements
        self._left = count

    def __next__(self) -> Element:
        if self._left == 0:
            raise StopIteration
        try:
            element = next(self._elements)
        except StopIteration:
            self._left = 0
            raise
        self._left -= 1
        return element

    def save(self) -> Any:
        return {"left": self._left, **super().save()}

    def restore(self, state: Any) -> None:
        self._left = state["left"]
        super().restore(state)


class SkipDataset(Selection):
    """All elements but the first.

    Args:
        count: how many are left out; all if negative.
    """

    kind = "SkipDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, count: int) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        self.count = count

    def iterate(self, context: Context, path: str) -> Elements:
        if self.count < 0:
            return Nothing()
        return _Rest(self.input.iterate(context, f"{path}/FiniteSkip"), self.count, context)

    @property
    def cardinality(self) -> int:
        length = self.input.cardinality
        if length < 0:
            return 0 if self.count < 0 else length
        return 0 if self.count < 0 else max(0, length - self.count)


class _Rest(Elements):
    def __init__(self, elements: Elements, count: int, context: Context) -> None:
        self.inputs = (elements,)
        self._elements = elements
        self._left = count
        self._context = context

    def _skip(self) -> None:
        while self._left:
            self._context.check()
            if next(self._elements, self) is self:  # the end
                self._left = 0
            else:
                self._left -= 1

    def __next__(self) -> Element:
        if self._left:
            self._skip()
        return next(self._elements)

    def some(self, count: int) -> list[Element]:
        self._skip()
        return self._elements.some(count)

    def save(self) -> Any:
        return {"left": self._left, **super().save()}

    def restore(self, state: Any) -> None:
        self._left = state["left"]
        super().restore(state)


class ShardDataset(Selection):
    """Every n-th element.

    Args:
        num_shards: n.
        index: which of the first n is the first.

    Raises:
        InvalidArgumentError: there is no such shard.
    """

    kind = "ShardDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, num_shards: int, index: int) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        if num_shards <= 0:
            raise invalid(
                f"Number of shards must be greater than zero (currently num_shards = {num_shards}).",
            )
        if not 0 <= index < num_shards:
            raise invalid(
                f"Index must be between 0 and {num_shards - 1} (currently index = {index}).",
            )
        self.num_shards, self.index = num_shards, index

    def iterate(self, context: Context, path: str) -> Elements:
        return _Shard(self.input.iterate(context, f"{path}/Shard"), self.num_shards, self.index)

    @property
    def cardinality(self) -> int:
        length = self.input.cardinality
        return length if length < 0 else len(range(self.index, length, self.num_shards))


class _Shard(Elements):
    def __init__(self, elements: Elements, num_shards: int, index: int) -> None:
        self.inputs = (elements,)
        self._elements = elements
        self._gap = num_shards - 1
        self._before = index

    def __next__(self) -> Element:
        skipped = self._before
        if skipped and len(self._elements.some(skipped)) < skipped:
            raise StopIteration
        element = next(self._elements)
        self._before = self._gap
        return element

    def save(self) -> Any:
        return {"before": self._before, **super().save()}

    def restore(self, state: Any) -> None:
        self._before = state["before"]
        super().restore(state)
