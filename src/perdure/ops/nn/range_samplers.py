"""Distributions over the classes [0, range) from which candidates are drawn.

How words of random bits become classes is TensorFlow's (core/kernels/range_sampler.cc,
lib/random/simple_philox.cc, distribution_sampler.cc, weighted_picker.cc), so that equal seeds give
equal classes.  A sampler takes whole words from a stream; see `ops.candidate_sampling`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from perdure.arrays import philox
from perdure.graph.errors import InvalidArgumentError

_INT32_MAX = 2**31 - 1


def _below(words, limit: int, bits: int):
    """`words` of random bits as uniform numbers below `limit`; the few that would favour some are dropped."""
    if limit & (limit - 1) == 0:
        return words & words.dtype.type(limit - 1)
    skewed = (2**bits - 1) % limit + 1
    kept = words[words >= words.dtype.type(skewed)]
    return kept % words.dtype.type(limit)


def _pairs(words):
    return words[: len(words) // 2 * 2].reshape(-1, 2)


class UniformSampler:
    """Every class is as likely as any other.

    Attributes:
        words: how many words a value takes, as long as none is dropped.
        keeps_all: whether no words are ever dropped.
        changes: whether the distribution changes as it learns.
    """

    words = 2
    keeps_all = False
    changes = False

    def __init__(self, range: int) -> None:
        self.range = range

    def values(self, words):
        """The classes that uint32 `words` stand for, int64."""
        wide = _pairs(words).astype(np.uint64)
        return _below(wide[:, 0] | wide[:, 1] << philox.HALF, self.range, 64).astype(np.int64)

    def probability(self, classes):
        """How likely each of `classes` is to be drawn at a time, float32."""
        return np.full(np.shape(classes), 1.0 / self.range, np.float32)

    def update(self, classes) -> None:
        """Learn from the true classes of a step."""


class AllSampler(UniformSampler):
    """Every class once, in order."""


class LogUniformSampler(UniformSampler):
    """Class i with the probability log((i + 2) / (i + 1)) / log(range + 1)."""

    keeps_all = True

    def __init__(self, range: int) -> None:
        super().__init__(range)
        self._log_range = math.log1p(range)

    def values(self, words):
        wide = _pairs(words).astype(np.uint64)
        drawn = philox.uniform_float64(wide[:, 0], wide[:, 1])
        return (np.exp(drawn * self._log_range).astype(np.int64) - 1) % self.range

    def probability(self, classes):
        with np.errstate(all="ignore"):  # true classes may be out of range
            return (np.log((classes + 2.0) / (classes + 1.0)) / self._log_range).astype(np.float32)


class UnigramSampler(UniformSampler):
    """Class i in proportion to how often it was a true class so far, plus 1."""

    words = 1
    changes = True

    def __init__(self, range: int) -> None:
        super().__init__(range)
        self._counts = np.ones(range, np.int32)
        # Where each class ends in a row in which a class takes as much room as its count.
        self._ends = np.arange(1, range + 1, dtype=np.int32)
        self._total = range

    def values(self, words):
        # Of the same type as the row of ends, which would be converted otherwise.
        places = _below(words, self._total, 32).astype(np.int32)
        return self._ends.searchsorted(places, side="right")

    def probability(self, classes):
        self._check(classes)
        return self._counts[classes].astype(np.float32) / np.float32(self._total)

    def update(self, classes) -> None:
        self._check(classes)
        classes = classes[: _INT32_MAX - self._total]
        np.add.at(self._counts, classes, 1)
        self._ends = np.cumsum(self._counts, dtype=np.int32)
        self._total = int(self._ends[-1])

    def _check(self, classes) -> None:
        if len(classes) and not 0 <= classes.min() <= classes.max() < self.range:
            wrong = classes[(classes < 0) | (classes >= self.range)][0]
            raise InvalidArgumentError(
                None, None, f"true_classes must be in [0, {self.range}), but one is {wrong}"
            )


class FixedUnigramSampler(UniformSampler):
    """Class i in proportion to a given weight.

    Args:
        range: the number of classes.
        weights: of the classes behind the reserved ones, in all shards.
        distortion: the power to which weights are raised.
        num_reserved_ids: how many classes at the start have the weight 0.
        num_shards, shard: every `num_shards`-th class from `shard` on is in this sampler.

    Raises:
        InvalidArgumentError: that are not as many classes as `range` says.
    """

    def __init__(
        self,
        range: int,
        weights: Iterable[float],
        distortion: float = 1.0,
        num_reserved_ids: int = 0,
        num_shards: int = 1,
        shard: int = 0,
    ) -> None:
        super().__init__(range)
        given = np.asarray(weights, np.float32).astype(np.float64) ** np.float64(np.float32(distortion))
        reserved = np.zeros(max(num_reserved_ids, 0), np.float32)
        self._weights = np.concatenate([reserved, given.astype(np.float32)])[shard::num_shards]
        if len(self._weights) != range:
            raise InvalidArgumentError(
                None, None, f"range_max is {range}, but there are {len(self._weights)} classes"
            )
        # One by one, as TensorFlow adds them in single precision.
        self._total = self._weights.cumsum(dtype=np.float32)[-1]
        self._threshold, self._alternative = _alias_table(self._weights)

    def values(self, words):
        skewed = 0 if self.range & (self.range - 1) == 0 else (2**32 - 1) % self.range + 1
        pairs = _pairs(words)
        while (wrong := pairs[:, 1] < skewed).any():  # once in 2**32 / range draws
            place = int(wrong.argmax()) * 2 + 1
            words = np.delete(words, place)
            pairs = _pairs(words)
        column = (pairs[:, 1] % np.uint32(self.range)).astype(np.int64)
        stays = philox.uniform_float32(pairs[:, 0]) < self._threshold[column]
        return np.where(stays, column, self._alternative[column])

    def probability(self, classes):
        known = (classes >= 0) & (classes < self.range)
        found = self._weights[np.where(known, classes, 0)] / self._total
        return np.where(known, found, np.float32(0))


def _alias_table(weights):
    """Thresholds and alternatives with which one draw of a column decides between two classes (Vose)."""
    count = len(weights)
    total = weights.astype(np.float64).cumsum()[-1]
    shares = ((weights * np.float32(count)).astype(np.float64) / total).tolist()
    low = [i for i, share in enumerate(shares) if share < 1]
    high = [i for i, share in enumerate(shares) if not share < 1]
    alternative = list(range(count))
    while high and low:
        small, large = low.pop(), high.pop()
        alternative[small] = large
        shares[large] -= 1.0 - shares[small]
        (low if shares[large] < 1 else high).append(large)
    for i in high + low:  # what rounding left over
        shares[i], alternative[i] = 1.0, i
    return np.array(shares, np.float32), np.array(alternative, np.int64)


def weights_of_file(path: str, files) -> list[float]:
    """The weights of a vocabulary: the last of the fields, divided by commas, of each line.

    Args:
        path: the file.
        files: what reads it.

    Raises:
        NotFoundError: there is no such file.
        InvalidArgumentError: a last field is no number.
    """
    weights = []
    for line in files.read(path).decode("utf-8", "surrogateescape").split("\n"):
        if line.rstrip("\r"):
            try:
                weights.append(float(line.rsplit(",", 1)[-1]))
            except ValueError:
                message = f"Wrong vocabulary format at line: {line.rstrip()}"
                raise InvalidArgumentError(None, None, message) from None
    return weights
