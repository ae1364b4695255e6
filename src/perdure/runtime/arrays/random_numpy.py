"""Draws of random numbers with NumPy, in chunks that stay in the processor's cache.

`random_jax` has the same functions.  Keys and counters come from `ops.philox.Stream`; so do the
facts about TensorFlow's draws.
"""

import math

import numpy as np

from perdure.ops import philox

# Blocks made at a time: some twenty float64 arrays of this length fit the second-level cache.
_CHUNK = 2048


def _fill(key, counter, size, dtype, convert):
    """An array of `size` numbers: `convert(words)` of consecutive blocks, one after the other."""
    per_block = philox.numbers_per_block(dtype)
    count = -(-size // per_block)
    out = np.empty((count, per_block), dtype)
    for start in range(0, count, _CHUNK):
        chunk = out[start:start + _CHUNK]
        offsets = np.arange(start, start + len(chunk), dtype=np.uint64)
        for column, numbers in enumerate(convert(philox.blocks(np, key, counter, offsets))):
            chunk[:, column] = numbers
    return out.reshape(-1)[:size]


def random_words(key, counter, size):
    """`size` words of 32 random bits."""
    return _fill(key, counter, size, np.uint32, lambda words: words)


def random_uniform(key, counter, size, dtype):
    """`size` numbers of a float type, uniform in [0, 1)."""
    return _fill(key, counter, size, dtype, lambda words: philox.uniform(np, words, dtype))


def random_integers(key, counter, size, low, high):
    """`size` integers in [low, high), of the type of `low`."""
    low = np.asarray(low)
    return _fill(key, counter, size, low.dtype, lambda words: philox.integers(np, words, low, high))


def random_normal(key, counter, size, dtype):
    """`size` standard normal numbers of a float type."""
    return _fill(key, counter, size, dtype, lambda words: philox.normal(np, words, dtype, log_of_c))


def random_truncated_normal(key, counter, size, dtype):
    """`size` standard normal numbers of a float type; those beyond two deviations are redrawn.

    As many outputs as a block has numbers form a group, which starts at its own counter and takes
    blocks until enough numbers were accepted.
    """
    group = philox.numbers_per_block(dtype)
    stride = np.uint64(group * philox.RESERVED_BLOCKS // 4)
    count = -(-size // group)
    out = np.empty((count, group), dtype)
    for start in range(0, count, _CHUNK):
        chunk = out[start:start + _CHUNK]
        first = np.arange(start, start + len(chunk), dtype=np.uint64) * stride
        numbers, accepted = _candidates(key, counter, first, dtype)
        chunk[...] = numbers
        pending = np.flatnonzero(~accepted.all(axis=1))
        numbers, accepted = numbers[pending], accepted[pending]
        filled = np.zeros(len(pending), np.intp)
        attempt = 0
        while True:
            slot = filled[:, None] + accepted.cumsum(axis=1) - 1
            rows, columns = np.nonzero(accepted & (slot < group))
            chunk[pending[rows], slot[rows, columns]] = numbers[rows, columns]
            filled += accepted.sum(axis=1)
            unfinished = filled < group
            if not unfinished.any():
                break
            attempt += 1
            pending, filled = pending[unfinished], filled[unfinished]
            offsets = first[pending] + np.uint64(attempt)
            numbers, accepted = _candidates(key, counter, offsets, dtype)
    return out.reshape(-1)[:size]


def _candidates(key, counter, offsets, dtype):
    words = philox.blocks(np, key, counter, offsets)
    numbers = np.stack(philox.normal(np, words, dtype, log_of_c), axis=1)
    return numbers, np.abs(numbers) < 2


def log_of_c(x):
    """The natural logarithm of positive float64 numbers, of one dimension, as the C library has it.

    NumPy's own differs from that in the last bit of one number in 300.
    """
    return np.fromiter(map(math.log, x.tolist()), np.float64, len(x))


def shuffled_order(draws):
    """The order that `len(draws) + 1` things have after a shuffle.

    Thing i changes places with the one `draws[i]` modulo the number of things from i on further.
    """
    order = list(range(len(draws) + 1))
    steps = draws % np.arange(len(order), 1, -1, dtype=np.uint32)
    for i, step in enumerate(steps.tolist()):
        order[i], order[i + step] = order[i + step], order[i]
    return np.array(order)


def pick(cumulative, draws):
    """For each row, how many of its ascending `cumulative` numbers are at most each draw."""
    pairs = zip(cumulative, draws, strict=True)
    return np.stack([row.searchsorted(drawn, side="right") for row, drawn in pairs])
