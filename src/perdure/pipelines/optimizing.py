"""What `OptimizeDataset` fuses, as far as that changes the order of elements or what becomes of errors."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from perdure.pipelines.batching import BatchDataset, MapAndBatchDataset
from perdure.pipelines.calling import MapDataset
from perdure.pipelines.dataset import Dataset
from perdure.pipelines.selecting import RepeatDataset
from perdure.pipelines.shuffling import ShuffleDataset
from perdure.pipelines.threads import ParallelMapDataset


def optimized(dataset: Dataset, optimizations: Collection[bytes]) -> Dataset:
    """A dataset after some optimizations, by TensorFlow's names; others change nothing that is seen."""
    rules = [rule for name, rule in _RULES.items() if name in optimizations]
    return _rewritten(dataset, rules) if rules else dataset


def _rewritten(dataset: Dataset, rules: Collection[Callable[[Dataset], Dataset]]) -> Dataset:
    inputs = [_rewritten(each, rules) for each in dataset.inputs]
    if any(new is not old for new, old in zip(inputs, dataset.inputs, strict=True)):
        dataset = dataset.with_inputs(*inputs)
    for rule in rules:
        dataset = rule(dataset)
    return dataset


def _shuffled_and_repeated(dataset: Dataset) -> Dataset:
    if type(dataset) is not RepeatDataset or type(dataset.input) is not ShuffleDataset:
        return dataset
    shuffle = dataset.input
    if not shuffle.reshuffles:
        return dataset
    (source,) = shuffle.inputs
    return ShuffleDataset(
        dataset.dtypes, dataset.shapes, source, shuffle.buffer_size, *shuffle.seeds, False, dataset.count
    )


def _mapped_and_batched(dataset: Dataset) -> Dataset:
    if type(dataset) is not BatchDataset or type(dataset.inputs[0]) not in (MapDataset, ParallelMapDataset):
        return dataset
    mapped: Any = dataset.inputs[0]
    (source,) = mapped.inputs
    return MapAndBatchDataset(
        dataset.dtypes,
        dataset.shapes,
        source,
        mapped.function,
        dataset.batch_size,
        dataset.drop_remainder,
        mapped.preserves_cardinality,
    )


_RULES = {
    b"map_and_batch_fusion": _mapped_and_batched,
    b"shuffle_and_repeat_fusion": _shuffled_and_repeated,
}
