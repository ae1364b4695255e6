"""tf.data.experimental.rejection_resample: elements in other proportions of classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.data.dataset_v1 import Dataset
from perdure.data.experimental.batching import unbatch
from perdure.data.experimental.interleaving import sample_from_datasets
from perdure.data.experimental.scanning import scan
from perdure.functional.array.array import expand_dims, fill, shape
from perdure.functional.array.gathering import gather
from perdure.functional.array.rearranging import tile
from perdure.functional.array.searching import one_hot
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import Print
from perdure.functional.math.binary import add, less, truediv
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_max, reduce_min, reduce_sum
from perdure.functional.random.random import random_uniform
from perdure.graph import dtypes
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor_shape import dimension_value

# From how many elements at a time the proportions are estimated, and how many of each class count as seen.
_BATCH, _SMOOTHING = 32, 10


def rejection_resample(
    class_func: Callable[..., Any], target_dist: Any, initial_dist: Any = None, seed: Any = None
) -> Callable[[Any], Any]:
    """A transformation to pairs of class and element, in other proportions of classes.

    Args:
        class_func: from an element to its class, an integer scalar.
        target_dist: the proportions that are wanted, a vector of floats.
        initial_dist: those of the input; estimated when None.
        seed: the seed.
    """

    def transform(dataset: Any) -> Any:
        target = convert_to_tensor(target_dist, name="target_dist")
        classes = dataset.map(class_func)
        original: Any = None
        if initial_dist is not None:
            initial = convert_to_tensor(initial_dist, name="initial_dist")
            acceptance, original_share = _acceptance(initial, target)
            initial_ds = Dataset.from_tensors(initial).repeat()
            acceptance_ds = Dataset.from_tensors(acceptance).repeat()
            share_ds = Dataset.from_tensors(original_share).repeat()
            original = _known_share(initial, target)
        else:
            initial_ds = _estimated(target, classes)
            both = initial_ds.map(lambda initial: _acceptance(initial, target))
            acceptance_ds = both.map(lambda accepted, _: accepted)
            share_ds = both.map(lambda _, share: share)
        filtered = _filtered(dataset, acceptance_ds, initial_ds, classes, seed).prefetch(3)
        if original == 1:
            return Dataset.zip((classes, dataset))
        if original == 0:
            return filtered
        weights = share_ds.map(lambda share: [(share, 1.0 - share)])
        return sample_from_datasets([Dataset.zip((classes, dataset)), filtered], weights=weights, seed=seed)

    return transform


def _known_share(initial: Any, target: Any) -> Any:
    """The share of elements that stay as they come, if it is known while the graph is built."""
    known, wanted = constant_value(initial), constant_value(target)
    return None if known is None or wanted is None else np.min(wanted / known)


def _filtered(dataset: Any, acceptance_ds: Any, initial_ds: Any, classes: Any, seed: Any) -> Any:
    def warn_of_rejections(accepted: Any, initial: Any) -> Any:
        rejected = reduce_sum((1 - accepted) * initial)
        return cond(
            less(rejected, 0.5),
            lambda: accepted,
            lambda: Print(
                accepted,
                [rejected, initial, accepted],
                message="Proportion of examples rejected by sampler is high: ",
                summarize=100,
                first_n=10,
            ),
        )

    acceptance_ds = Dataset.zip((acceptance_ds, initial_ds)).map(warn_of_rejections)
    together = Dataset.zip((classes, acceptance_ds, dataset)).map(
        lambda kind, accepted, data: (kind, gather(accepted, kind), data)
    )
    kept = together.filter(lambda _1, accepted, _2: random_uniform([], seed=seed) < accepted)
    return kept.map(lambda kind, _, data: (kind, data))


def _estimated(target: Any, classes: Any) -> Any:
    """The proportions of classes, as they are estimated with each element."""
    count = dimension_value(target.shape[0]) or shape(target)[0]
    seen = fill([count], np.int64(_SMOOTHING))

    def update(seen: Any, kinds: Any) -> Any:
        seen, proportions = _counted(kinds, seen)
        return seen, tile(expand_dims(proportions, 0), [_BATCH, 1])

    return classes.batch(_BATCH).apply(scan(seen, update)).apply(unbatch())


def _counted(kinds: Any, seen: Any) -> tuple[Any, Any]:
    count = dimension_value(seen.shape[0])
    seen = add(seen, reduce_sum(one_hot(kinds, count, dtype=dtypes.int64), 0))
    return seen, cast(truediv(seen, reduce_sum(seen)), dtypes.float32)


def _acceptance(initial: Any, target: Any) -> tuple[Any, Any]:
    """With which probability elements of each class are kept, and the share that stays as it comes."""
    ratios = target / (initial + np.finfo(initial.dtype.as_numpy_dtype).tiny)
    most, least = reduce_max(ratios), reduce_min(ratios)
    return (ratios - least) / (most - least), least
