"""Datasets of several datasets: side by side, one behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.pipelines.dataset import INFINITE, UNKNOWN, Context, Dataset, Element, Elements


class ZipDataset(Dataset):
    """The components of several datasets together, as long as all have elements."""

    kind = "ZipDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_datasets: Sequence[Dataset]) -> None:
        super().__init__(dtypes, shapes, *input_datasets)

    def iterate(self, context: Context, path: str) -> Elements:
        return _Zipped([each.values(context, f"{path}/Zip[{i}]") for i, each in enumerate(self.inputs)])

    @property
    def cardinality(self) -> int:
        lengths = [each.cardinality for each in self.inputs]
        if UNKNOWN in lengths:
            return UNKNOWN
        return min((length for length in lengths if length != INFINITE), default=INFINITE)


class _Zipped(Elements):
    def __init__(self, inputs: Sequence[Elements]) -> None:
        self.inputs = inputs
        self._ended = False

    def __next__(self) -> Element:
        if self._ended:
            raise StopIteration
        try:
            return [value for elements in self.inputs for value in next(elements)]
        except StopIteration:
            self._ended = True
            self.close()
            raise

    def save(self) -> Any:
        return {"ended": self._ended, **super().save()}

    def restore(self, state: Any) -> None:
        self._ended = state["ended"]
        super().restore(state)


class ConcatenateDataset(Dataset):
    """The elements of one dataset, then those of another one."""

    kind = "ConcatenateDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, another_dataset: Dataset) -> None:
        super().__init__(dtypes, shapes, input_dataset, another_dataset)

    def iterate(self, context: Context, path: str) -> Elements:
        return _Chained(self, context, f"{path}/Concatenate")

    @property
    def cardinality(self) -> int:
        lengths = [each.cardinality for each in self.inputs]
        if INFINITE in lengths:
            return INFINITE
        return UNKNOWN if UNKNOWN in lengths else sum(lengths)


class _Chained(Elements):
    def __init__(self, dataset: Dataset, context: Context, path: str) -> None:
        self._dataset, self._context, self._path = dataset, context, path
        self._place = 0
        self._begin()

    def _begin(self) -> None:
        datasets = self._dataset.inputs
        if self._place < len(datasets):
            self.inputs = [datasets[self._place].values(self._context, f"{self._path}[{self._place}]")]
        else:
            self.inputs = []

    def __next__(self) -> Element:
        while self.inputs:
            for element in self.inputs[0]:
                return element
            self.inputs[0].close()
            self._place += 1
            self._begin()
        raise StopIteration

    def save(self) -> Any:
        return {"place": self._place, **super().save()}

    def restore(self, state: Any) -> None:
        if self._place != state["place"]:
            self._place = state["place"]
            self._begin()
        super().restore(state)
