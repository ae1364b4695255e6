"""Features crossed with each other: SparseCross.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import numpy as np

from perdure.formats.fingerprints import concatenated, fingerprint64
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import flat

sparse_cross = op("SparseCross", host=True)
sparse_cross.not_differentiable("it hashes features")


@sparse_cross.shape
def sparse_cross_shape():
    return [(None, 2), (None,), (2,)]


@sparse_cross.kernel
def sparse_cross_kernel(xp, indices, values, shapes, dense_inputs, *, hashed_output, num_buckets, hash_key):
    rows = _check(indices, values, shapes, dense_inputs)
    # For each column: the features, where each row's begin and how many it has.
    columns = [
        (_features(value, hashed_output), *_runs(np.asarray(index)[:, 0], rows))
        for index, value in zip(indices, values, strict=True)
    ]
    for array in dense_inputs:
        array = np.asarray(array)
        width = array.shape[1]
        starts = np.arange(rows, dtype=np.int64) * width
        columns.append((_features(array.reshape(-1), hashed_output), starts, np.full(rows, width, np.int64)))
    counts = np.prod([count for _, _, count in columns], axis=0, dtype=np.int64, initial=1)
    if not columns:
        counts = np.zeros(rows, np.int64)
    row_of = np.repeat(np.arange(rows), counts)
    place = np.arange(len(row_of)) - np.repeat(np.cumsum(counts) - counts, counts)
    # The last column's features change fastest.
    chosen, left = [], place
    for features, starts, count in reversed(columns):
        sizes = count[row_of]
        chosen.append(features[starts[row_of] + left % np.maximum(sizes, 1)])
        left = left // np.maximum(sizes, 1)
    chosen.reverse()
    found = np.stack([row_of, place], axis=1).astype(np.int64)
    shape = np.array([rows, counts.max(initial=0)], np.int64)
    if hashed_output:
        return found, _hashed(chosen, len(row_of), num_buckets, hash_key), shape
    crossed = np.empty(len(row_of), object)
    crossed[:] = [b"_X_".join(parts) for parts in zip(*chosen, strict=True)] if chosen else []
    return found, crossed, shape


def _hashed(chosen, size, num_buckets, hash_key):
    """The fingerprint of each cross, in a bucket or as a number that is not negative."""
    hashes = np.full(size, hash_key, np.int64).view(np.uint64)
    for features in chosen:
        if features.dtype == object:
            features = fingerprint64(features.tolist())
        hashes = concatenated(hashes, features.view(np.uint64))
    return (hashes % np.uint64(num_buckets or np.iinfo(np.int64).max)).astype(np.int64)


def _features(values, as_numbers):
    """Values as what is crossed: numbers, of strings their fingerprints; or strings."""
    values = np.asarray(values)
    if values.dtype == object:
        return fingerprint64(flat(values)).view(np.int64) if as_numbers else values
    if as_numbers:
        return values.astype(np.int64, copy=False)
    strings = np.empty(len(values), object)
    strings[:] = [b"%d" % value for value in values.tolist()]
    return strings


def _runs(row_of, rows):
    """Where the features of each row begin, and how many there are; those out of order are left over."""
    if (row_of[1:] >= row_of[:-1]).all() and (not len(row_of) or 0 <= row_of[0] and row_of[-1] < rows):
        counts = np.bincount(row_of, minlength=rows).astype(np.int64)
        return np.cumsum(counts) - counts, counts
    starts, counts, at = np.zeros(rows, np.int64), np.zeros(rows, np.int64), 0
    for row in range(rows):
        starts[row] = at
        while at < len(row_of) and row_of[at] == row:
            at += 1
        counts[row] = at - starts[row]
    return starts, counts


def _check(indices, values, shapes, dense_inputs):
    """The number of rows that all features have.

    Raises:
        InvalidArgumentError: an input has another number of rows, or is malformed.
    """
    sizes = []
    for i, (index, value, shape) in enumerate(zip(indices, values, shapes, strict=True)):
        for what, array, rank, kind in (
            ("indices", index, 2, "matrix"),
            ("values", value, 1, "vector"),
            ("shapes", shape, 1, "vector"),
        ):
            if np.ndim(array) != rank:
                raise invalid(
                    f"Input {what} should be a {kind} but received shape {format_shape(np.shape(array))} at "
                    f"position {i}"
                )
        if np.shape(index)[1] != 2:
            raise invalid(f"Expected D2 of index to be 2 got {np.shape(index)[1]} at position {i}")
        if len(value) != len(index):
            raise invalid(f"Expected size of values to be {len(index)} got {len(value)} at position {i}")
        if len(shape) != 2:
            raise invalid(f"shape should imply a 2D tensor, but got [{len(shape)}] at position {i}")
        sizes.append((int(shape[0]), f"position {i}"))
    for i, array in enumerate(dense_inputs):
        if np.ndim(array) != 2:
            raise invalid(
                f"Dense inputs should be a matrix but received shape {format_shape(np.shape(array))} at "
                f"position {i}"
            )
        sizes.append((np.shape(array)[0], f"dense tensor {i}"))
    for size, where in sizes:
        if size != sizes[0][0]:
            raise invalid(f"Expected batch size {sizes[0][0]} got {size} at {where}")
    return sizes[0][0] if sizes else 0
