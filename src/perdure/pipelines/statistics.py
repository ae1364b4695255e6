"""Datasets that record what they do: how many bytes elements have, how long they take."""

from __future__ import annotations

import time
from typing import Any

from perdure.pipelines.dataset import Context, Dataset, Element, Elements, Selection, is_array
from perdure.resources.resource import nbytes_of
from perdure.resources.statistics import StatsAggregator


class SetStatsAggregatorDataset(Selection):
    """The elements, records about which go to an aggregator.

    Args:
        aggregator: the aggregator.
        prefix: what names of records begin with.
    """

    kind = "SetStatsAggregatorDataset"

    def __init__(
        self, dtypes: Any, shapes: Any, input_dataset: Dataset, aggregator: StatsAggregator, prefix: str
    ) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        self.aggregator, self.prefix = aggregator, prefix

    def iterate(self, context: Context, path: str) -> Elements:
        aggregator, prefix = self.aggregator, self.prefix

        def record(tag: str, number: float) -> None:
            aggregator.add(f"{prefix}::{tag}" if prefix else tag, number)

        around, context.record = context.record, record
        try:
            return self.input.iterate(context, f"{path}/SetStatsAggregator")
        finally:
            context.record = around

    @property
    def cardinality(self) -> int:
        return self.input.cardinality


class StatsDataset(Selection):
    """The elements; something about each is recorded.

    Args:
        tag: the name of the record.
        is_time: whether it is how long the element takes, in microseconds, or how many bytes it has.
    """

    kind = "StatsDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, tag: str, is_time: bool) -> None:
        super().__init__(input_dataset, dtypes, shapes)
        self.tag, self.is_time = tag, is_time

    def _taken_over(self) -> None:
        (self.input,) = self.inputs
        self.rows = None

    def iterate(self, context: Context, path: str) -> Elements:
        return _Recorded(self.input.values(context, f"{path}/Stats"), self, context.record)

    @property
    def cardinality(self) -> int:
        return self.input.cardinality


class _Recorded(Elements):
    def __init__(self, elements: Elements, dataset: StatsDataset, record: Any) -> None:
        self.inputs = (elements,)
        self._elements, self._dataset, self._record = elements, dataset, record

    def __next__(self) -> Element:
        if self._record is None:
            return next(self._elements)
        begun = time.perf_counter()
        element = next(self._elements)
        if self._dataset.is_time:
            self._record(self._dataset.tag, (time.perf_counter() - begun) * 1e6)
        else:
            self._record(self._dataset.tag, float(sum(map(_bytes_of, element))))
        return element


def _bytes_of(value: Any) -> int:
    if isinstance(value, bytes):
        return len(value)
    return nbytes_of([value]) if is_array(value) else 0
