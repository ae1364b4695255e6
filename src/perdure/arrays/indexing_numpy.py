"""Gathering, scattering and blocks at strided positions with NumPy.

`indexing_jax` has the same functions for the compiled tier.  Indices that a caller has not
checked with `in_range` may give anything that is memory safe.
"""

import numpy as np

from perdure.arrays.lent import own

# Duplicate indices are applied in rounds (every index's first update, its second, ...), which
# keeps TensorFlow's order of additions.  `ufunc.at` on rows does the same at 1 us a row; below
# this many rounds, rounds are faster: 30 us against 580 us for 512 distinct rows of 128.
MOST_ROUNDS = 8
# Marks, a byte each, that are worth not sorting an index: 12 µs against 80 for 1,000 of 50,000.
_MOST_MARKS = 128

UFUNCS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "min": np.minimum, "max": np.maximum}


def in_range(indices, limit):
    """Whether every index is at least 0 and below `limit` (one test: negatives wrap to huge)."""
    indices = np.asarray(indices)
    if indices.size == 0:
        return True
    return bool(indices.view(f"u{indices.itemsize}").max() < limit)


def take_clipped(array, indices, axis):
    """`array` at `indices` along `axis`; the axis becomes all axes of `indices`."""
    # mode="raise", the default, goes through a buffer.
    return (
        np.take(array, indices, axis=axis, mode="clip")
        if np.size(indices)
        else np.empty(array.shape[:axis] + np.shape(indices) + array.shape[axis + 1 :], array.dtype)
    )


def scatter_rows(array, indices, updates, how):
    """`array` (a copy, unless it was lent) with rows `indices` combined with `updates`, in order.

    `updates` has the shape of `indices` followed by the shape of a row, or is a scalar.
    `how` is one of update, add, sub, mul, div, min, max.
    """
    row = array.shape[1:]
    indices = np.reshape(indices, -1)
    if np.ndim(updates) == 0:
        updates = np.broadcast_to(updates, (indices.size, *row))
    updates = np.reshape(updates, (indices.size, *row))
    if how == "div":
        divisor = scatter_rows(np.ones_like(array), indices, updates, "mul")
        return _divide(array, divisor)
    result = own(array)
    if indices.size == 0 or updates.size == 0:
        return result
    if how == "update":
        result[indices] = updates
        return result
    ufunc = UFUNCS[how]
    if result.ndim == 1:
        ufunc.at(result, indices, updates)
        return result
    if _are_distinct(indices, len(result)):
        result[indices] = ufunc(result.take(indices, axis=0), updates)
        return result
    order = np.argsort(indices, kind="stable")
    ordered = indices[order]
    place = np.arange(indices.size)
    first = np.ones(indices.size, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    turn = place - np.maximum.accumulate(np.where(first, place, 0))
    rounds = int(turn.max()) + 1
    if rounds <= MOST_ROUNDS:
        for number in range(rounds):
            now = order[turn == number]
            result[indices[now]] = ufunc(result[indices[now]], updates[now])
    else:
        ufunc.at(result, indices, updates)
    return result


def _are_distinct(indices, limit):
    """Whether the indices, all below `limit`, are found to be different: marks are faster than sorting."""
    if limit < indices.size or limit > _MOST_MARKS * indices.size:
        return False
    marks = np.zeros(limit, bool)
    marks[indices] = True
    return np.count_nonzero(marks) == indices.size


def _divide(array, divisor):
    """Division that keeps the dtype and truncates integers towards zero."""
    if not np.issubdtype(array.dtype, np.integer):
        return np.divide(array, divisor).astype(array.dtype, copy=False)
    quotient = np.floor_divide(array, divisor)
    exact = quotient * divisor == array
    return quotient + np.where((quotient < 0) & ~exact, 1, 0).astype(array.dtype)


def with_block(array, where, block):
    """A copy of `array` in which the positions `where` (a tuple of slices) hold `block`."""
    result = array.copy()
    result[where] = block
    return result


def spread(block, shape, where):
    """Zeros of `shape` with `block` at the positions `where`, one slice for each axis."""
    result = np.zeros(shape, block.dtype)
    result[where] = block
    return result


def bitcast(array, dtype):
    """The same bits as another type; a narrower type adds a last axis, a wider one takes it."""
    array, dtype = np.asarray(array, order="C"), np.dtype(dtype)
    if array.itemsize == dtype.itemsize:
        return array.view(dtype)
    if array.itemsize > dtype.itemsize:
        return array.reshape(*array.shape, 1).view(dtype)
    return array.view(dtype).reshape(array.shape[:-1])


def padded(array, pairs, value):
    """`array` with `value` added before and after each axis, one pair of counts an axis."""
    # np.pad takes 35 us for what these two lines do in 3.
    shape = [size + before + after for size, (before, after) in zip(array.shape, pairs, strict=True)]
    result = (
        np.full(shape, value, array.dtype) if value or array.dtype == object else np.zeros(shape, array.dtype)
    )
    result[
        tuple([slice(before, before + size) for size, (before, _) in zip(array.shape, pairs, strict=True)])
    ] = array
    return result
