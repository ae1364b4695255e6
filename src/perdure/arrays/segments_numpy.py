"""Reductions of segments, and counting, with NumPy.

`ids` has the leading axes of `data`; rows with the same id are reduced together, rows with a
negative id are dropped, and a segment without rows is `initial`.  `segments_jax` has the same
functions for the compiled tier.
"""

import numpy as np

# Rows are counted for each id if there are at most this many ids for each row.
_MOST_IDS = 8


def _reduce(ufunc, data, ids, num_segments, initial):
    row = data.shape[ids.ndim :]
    data, ids = data.reshape((ids.size, *row)), ids.reshape(-1)
    output = np.full((num_segments, *row), initial, data.dtype)
    if ids.size and ids.min() < 0:
        kept = ids >= 0
        data, ids = data[kept], ids[kept]
    if ids.size == 0 or output.size == 0:
        return output
    if num_segments <= _MOST_IDS * ids.size:
        # Gradients of looked up rows: most words of a batch occur once, and need no sorting.
        repeated = np.flatnonzero((np.bincount(ids, minlength=num_segments) > 1)[ids])
        if 2 * repeated.size < ids.size:
            output[ids] = data
            if not repeated.size:
                return output
            data, ids = data[repeated], ids[repeated]
    if (ids[1:] < ids[:-1]).any():
        order = np.argsort(ids, kind="stable")  # stable: rows are added in the order of the data
        data, ids = data[order], ids[order]
    starts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
    wide = data.astype(np.float32) if data.dtype.itemsize == 2 and data.dtype.kind not in "iu" else data
    output[ids[starts]] = ufunc.reduceat(wide, starts, axis=0, dtype=wide.dtype)
    return output


def segment_sum(data, ids, num_segments):
    return _reduce(np.add, data, ids, num_segments, 0)


def segment_prod(data, ids, num_segments):
    return _reduce(np.multiply, data, ids, num_segments, 1)


def segment_max(data, ids, num_segments, initial):
    return _reduce(np.maximum, data, ids, num_segments, initial)


def segment_min(data, ids, num_segments, initial):
    return _reduce(np.minimum, data, ids, num_segments, initial)


def count_by_id(ids, weights, size):
    """The sum of `weights` (or the count, if None) for each of the ids below `size`."""
    ids = ids.reshape(-1)
    kept = ids < size
    weights = None if weights is None else weights.reshape(-1)[kept]
    return np.bincount(ids[kept], weights, minlength=size)
