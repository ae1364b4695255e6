"""What `OptimizeDataset` fuses, as far as that changes the order of elements or what becomes of errors."""

from __future__ import annotations

from collections.abc import Callable, Collection

from perdure.pipelines.dataset import Dataset
from perdure.pipelines.selecting import RepeatDataset
from perdure.pipelines.shuffling import ShuffleDataset


def optimized(dataset: Dataset, optimizations: Collection[bytes]) -> Dataset:
    """A dataset after some optimizations, by TensorFlow's names of them; others change nothing that is seen."""
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
    (source,) = shuffle.inputs
    return ShuffleDataset(
        dataset.dtypes, dataset.shapes, source, shuffle.buffer_size, *shuffle.seeds, False, dataset.count
    )


_RULES = {b"shuffle_and_repeat_fusion": _shuffled_and_repeated}
