"""Draws of random numbers with NumPy, in chunks that stay in the processor's cache.

`random_jax` has the same functions.  Keys and counters come from `ops.philox.Stream`; so do the
facts about TensorFlow's draws.
"""

import math
from functools import partial

import numpy as np

from perdure.arrays import philox
from perdure.arrays.normal_numpy import Scratch, normal_float32

# Blocks made at a time.  Fewer cost calls, more the second-level cache.
_CHUNK = 16384


def _each_chunk(work, count):
    """What `work` returns for each slice of at most _CHUNK of `count` blocks, in order.

    It is called with the slice and with memory for its steps.  Threads do not pay: a call of NumPy on a chunk
    takes 5 µs, and a thread that waits for the interpreter needs ten times as long to wake up.  On two cores
    two threads took 38 ns for a truncated normal number where one takes 24.
    """
    scratch = Scratch(min(count, _CHUNK))
    return [work(slice(start, min(start + _CHUNK, count)), scratch) for start in range(0, count, _CHUNK)]


def _blocks(key, counter, offsets, scratch):
    """Words 0 and 2 of the blocks, and words 1 and 3, each of shape (2, n), in `scratch`.

    As `philox.blocks`, but both halves at once and in place, which takes half the time.
    """
    rounds = np.arange(philox.ROUNDS, dtype=np.uint64)
    keys = key.astype(np.uint64)[:, None] + philox.KEY_STEPS * rounds & philox.WORD
    counter = counter.astype(np.uint64)
    even, odd, product = scratch.words[:, :, : len(offsets)]
    position = (counter[0] | counter[1] << philox.HALF) + offsets
    np.bitwise_and(position, philox.WORD, even[0])
    np.right_shift(position, philox.HALF, odd[0])
    even[1], odd[1] = counter[2], counter[3]
    swapped = product[::-1]
    for i in range(philox.ROUNDS):
        np.multiply(even, philox.MULTIPLIERS, product)
        np.right_shift(swapped, philox.HALF, even)
        np.bitwise_xor(even, odd, even)
        np.bitwise_xor(even, keys[:, i : i + 1], even)
        np.bitwise_and(swapped, philox.WORD, odd)
    return even, odd


def _fill(key, counter, size, dtype, convert):
    """An array of `size` numbers: the columns `convert(even, odd, scratch)` of consecutive blocks."""
    count = -(-size // philox.numbers_per_block(dtype))
    out = np.empty((count, philox.numbers_per_block(dtype)), dtype)

    def fill(chunk, scratch):
        offsets = np.arange(chunk.start, chunk.stop, dtype=np.uint64)
        _place(out[chunk], convert(*_blocks(key, counter, offsets, scratch), scratch))

    _each_chunk(fill, count)
    return out.reshape(-1)[:size]


def _place(chunk, columns):
    """Write columns of shape (halves, n) into (n, numbers of a block)."""
    places = chunk.reshape(len(chunk), -1, len(columns))
    for i, column in enumerate(columns):
        places[:, :, i] = column.T


def random_words(key, counter, size):
    """`size` words of 32 random bits."""
    return _fill(key, counter, size, np.uint32, lambda even, odd, _: (even, odd))


def random_words_at(key, counter, offsets):
    """The four words of each of the blocks at `offsets` behind `counter`, one block after the other."""
    out = np.empty((len(offsets), 4), np.uint32)
    _place(out, _blocks(key, counter, offsets.astype(np.uint64), Scratch(len(offsets))))
    return out.reshape(-1)


def random_uniform(key, counter, size, dtype):
    """`size` numbers of a float type, uniform in [0, 1)."""
    return _fill(key, counter, size, dtype, lambda even, odd, _: philox.uniform(even, odd, dtype))


def random_integers(key, counter, size, low, high):
    """`size` integers in [low, high), of the type of `low`."""
    low, high = np.asarray(low), np.asarray(high)
    return _fill(key, counter, size, low.dtype, lambda even, odd, _: philox.integers(even, odd, low, high))


def random_normal(key, counter, size, dtype):
    """`size` standard normal numbers of a float type."""
    return _fill(key, counter, size, dtype, partial(_normal, dtype))


def _normal(dtype, even, odd, scratch):
    if np.dtype(dtype) == np.float64:
        numbers = philox.uniform_float64(even, odd)
        return philox.normal_float64(np, numbers[:1], numbers[1:], log_of_c)
    return normal_float32(even, odd, scratch)


def random_truncated_normal(key, counter, size, dtype):
    """`size` standard normal numbers of a float type; those beyond two deviations are redrawn.

    As many outputs as a block has numbers form a group, which starts at its own counter and takes
    blocks until enough numbers were accepted.
    """
    group = philox.numbers_per_block(dtype)
    stride = np.uint64(group * philox.RESERVED_BLOCKS // 4)
    count = -(-size // group)
    out = np.empty((count, group), dtype)

    def first_attempt(chunk, scratch):
        places = np.arange(chunk.start, chunk.stop)
        columns = candidates(places, 0, scratch)
        _place(out[chunk], columns)
        numbers, accepted = examined(columns)
        rows = np.flatnonzero(~np.logical_and.reduce(accepted))
        filled = np.zeros(len(rows), np.intp)
        return keep(places[rows], filled, [n[rows] for n in numbers], [a[rows] for a in accepted])

    def next_attempt(chunk, scratch):
        columns = candidates(places[chunk], attempt, scratch)
        return keep(places[chunk], filled[chunk], *examined(columns))

    def candidates(places, attempt, scratch):
        offsets = places.astype(np.uint64) * stride + np.uint64(attempt)
        return _normal(dtype, *_blocks(key, counter, offsets, scratch), scratch)

    def examined(columns):
        numbers = [half for halves in zip(*columns, strict=True) for half in halves]
        return numbers, [np.abs(number) < 2 for number in numbers]

    def keep(places, filled, numbers, accepted):
        flat, first = out.reshape(-1), places * group
        for number, is_accepted in zip(numbers, accepted, strict=True):
            taken = is_accepted & (filled < group)
            flat[(first + filled)[taken]] = number[taken]
            filled += taken
        unfinished = filled < group
        return places[unfinished], filled[unfinished]

    # All groups together make an attempt before any makes the next, so that chunks stay full.
    parts, attempt = _each_chunk(first_attempt, count), 0
    while parts:
        places, filled = (np.concatenate(part) for part in zip(*parts, strict=True))
        attempt += 1
        parts = _each_chunk(next_attempt, len(places))
    return out.reshape(-1)[:size]


def log_of_c(x):
    """The natural logarithm of positive float64 numbers as the C library has it.

    NumPy's own differs from that in the last bit of one number in 300.
    """
    return np.fromiter(map(math.log, x.ravel().tolist()), np.float64, x.size).reshape(x.shape)


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
