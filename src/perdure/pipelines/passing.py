"""Datasets that hand on some elements of their input: those without errors, each once, at random."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from perdure.arrays.philox import uniform_float32
from perdure.arrays.random_words import RandomWords
from perdure.pipelines.dataset import UNKNOWN, Context, Dataset, Element, Elements, Selection
from perdure.pipelines.sources import chosen_seeds


class IgnoreErrorsDataset(Selection):
    """The elements that can be made, without those in whose place there is an error."""

    kind = "IgnoreErrorsDataset"

    def iterate(self, context: Context, path: str) -> Elements:
        return _WithoutErrors(self.input.iterate(context, f"{path}/IgnoreErrors"), context)


class _WithoutErrors(Elements):
    def __init__(self, elements: Elements, context: Context) -> None:
        self.inputs = (elements,)
        self._elements, self._context = elements, context

    def __next__(self) -> Element:
        while True:
            self._context.check()
            try:
                return next(self._elements)
            except StopIteration:
                raise
            except Exception:  # noqa: S112 - that is what it is for
                continue


class UniqueDataset(Dataset):
    """The elements, of one component, each the first time only."""

    kind = "UniqueDataset"

    def iterate(self, context: Context, path: str) -> Elements:
        return _Unique(self.inputs[0].values(context, f"{path}/Unique"), context)

    @property
    def cardinality(self) -> int:
        return UNKNOWN


class _Unique(Elements):
    def __init__(self, elements: Elements, context: Context) -> None:
        self.inputs = (elements,)
        self._elements, self._context = elements, context
        self._seen: set[Any] = set()

    def __next__(self) -> Element:
        while True:
            self._context.check()
            element = next(self._elements)
            (value,) = element
            key = value if isinstance(value, bytes) else (tuple(value.ravel()), value.shape)
            if key not in self._seen:
                self._seen.add(key)
                return element

    def save(self) -> Any:
        return {"seen": set(self._seen), **super().save()}

    def restore(self, state: Any) -> None:
        self._seen = set(state["seen"])
        super().restore(state)


class SamplingDataset(Selection):
    """Some elements, each chosen with the same probability.

    Args:
        rate: the probability.
        seed, seed2: the seeds; two zeros leave the choice to the operating system.
    """

    kind = "SamplingDataset"

    def __init__(
        self, dtypes: Any, shapes: Any, input_dataset: Dataset, rate: float, seed: int, seed2: int
    ) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        self.rate = rate
        self.seeds = chosen_seeds(seed, seed2)

    def iterate(self, context: Context, path: str) -> Elements:
        elements = self.input.iterate(context, f"{path}/Sampling")
        return _Sampled(elements, self.rate, RandomWords(*self.seeds), context)

    @property
    def cardinality(self) -> int:
        return UNKNOWN


class _Sampled(Elements):
    def __init__(self, elements: Elements, rate: float, words: RandomWords, context: Context) -> None:
        self.inputs = (elements,)
        self._elements, self._rate, self._words, self._context = elements, rate, words, context

    def __next__(self) -> Element:
        while True:
            self._context.check()
            element = next(self._elements)
            if uniform_float32(np.uint64(self._words.next())) < self._rate:
                return element

    def save(self) -> Any:
        return {"taken": self._words.taken, **super().save()}

    def restore(self, state: Any) -> None:
        self._words.skip(state["taken"] - self._words.taken)
        super().restore(state)


class SleepDataset(Selection):
    """The elements, each after some time.

    Args:
        microseconds: how long.
    """

    kind = "SleepDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, microseconds: int) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        self.microseconds = microseconds

    def iterate(self, context: Context, path: str) -> Elements:
        return _Slept(self.input.iterate(context, f"{path}/Sleep"), self.microseconds)

    @property
    def cardinality(self) -> int:
        return self.input.cardinality


class _Slept(Elements):
    def __init__(self, elements: Elements, microseconds: int) -> None:
        self.inputs = (elements,)
        self._elements, self._seconds = elements, microseconds / 1e6

    def __next__(self) -> Element:
        time.sleep(self._seconds)
        return next(self._elements)
