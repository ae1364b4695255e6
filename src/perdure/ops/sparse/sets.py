"""Rows of values as sets: their sizes, and what is in one or both of two.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import numpy as np

from perdure.graph.shapes import format_shape, merge, with_rank, with_rank_at_least
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.sparse.merging import check_parts

_OPERATIONS = {
    b"a-b": lambda a, b: a - b,
    b"b-a": lambda a, b: b - a,
    b"intersection": lambda a, b: a & b,
    b"union": lambda a, b: a | b,
}


def operation_of(text):
    """What an attribute asks for."""
    name = (text if isinstance(text, bytes) else text.encode()).lower()
    if name not in _OPERATIONS:
        raise invalid(f"Invalid set_operation {name.decode('utf-8', 'replace')}.")
    return _OPERATIONS[name]


def dense_sets(values):
    """The sets that the rows of an array are, by the index of each row."""
    rows = values.reshape(-1, values.shape[-1])
    return dict(zip(np.ndindex(values.shape[:-1]), map(set, rows.tolist()), strict=True))


def sparse_sets(indices, values, shape):
    """The sets that the rows of a sparse tensor are, by the index of each row that has entries.

    As in TensorFlow, entries must be in order whatever `validate_indices` says.
    """
    check_parts(indices, values, shape)
    if len(indices) != len(values):
        raise invalid(f"Expected {len(indices)} values, got {len(values)}.")
    if len(shape) < 2:
        raise invalid(f"Invalid shape {format_shape(np.asarray(shape))}, rank must be >= 2.")
    _check_order(np.asarray(indices), np.asarray(shape))
    found = {}
    for index, value in zip(np.asarray(indices)[:, :-1].tolist(), np.asarray(values).tolist(), strict=True):
        found.setdefault(tuple(index), set()).add(value)
    return found


def _check_order(indices, shape):
    outside = ((indices < 0) | (indices >= shape)).any(axis=1)
    if outside.any():
        i = int(outside.argmax())
        raise invalid(
            f"indices[{i}] = {format_shape(indices[i])} is out of bounds: need 0 <= index < "
            f"{format_shape(shape)}"
        )
    for i, (first, second) in enumerate(zip(indices[:-1].tolist(), indices[1:].tolist(), strict=True), 1):
        if first >= second:
            what = (
                "is repeated"
                if first == second
                else "is out of order. Many sparse ops require sorted indices."
            )
            raise invalid(f"indices[{i}] = {format_shape(second)} {what}")


def as_sparse(sets, groups, dtype):
    """Sets by their index as the parts of a sparse tensor."""
    indices, values, longest = [], [], 0
    for index in sorted(sets):
        row = sorted(sets[index])
        longest = max(longest, len(row))
        indices += [(*index, i) for i in range(len(row))]
        values += row
    array = np.empty(len(values), dtype)
    array[:] = values
    rank = len(groups) + 1
    return np.array(indices, np.int64).reshape(-1, rank), array, np.array([*groups, longest], np.int64)


def combined(first, second, groups, set_operation, dtype):
    """What an operation makes of the sets that have an index in common."""
    operation = operation_of(set_operation)
    nothing = frozenset()
    sets = {
        index: operation(first.get(index, nothing), second.get(index, nothing)) for index in {*first, *second}
    }
    return as_sparse({index: found for index, found in sets.items() if found}, groups, dtype)


def check_groups(first, second):
    """Refuse sets of two shapes."""
    if list(first) != list(second):
        raise invalid(f"Mismatched shapes {format_shape(first)} vs {format_shape(second)}")


def result_shape(rank):
    return [(None, rank), (None,), (rank,)]


# -- SetSize -------------------------------------------------------------------------------------

set_size = op("SetSize", host=True)


@set_size.shape
def set_size_shape():
    return None


@set_size.kernel
def set_size_kernel(xp, set_indices, set_values, set_shape):
    sets = sparse_sets(set_indices, set_values, set_shape)
    sizes = np.zeros(np.asarray(set_shape)[:-1], np.int32)
    for index, found in sets.items():
        sizes[index] = len(found)
    return sizes


# -- DenseToDenseSetOperation --------------------------------------------------------------------

dense_to_dense = op("DenseToDenseSetOperation", host=True)


@dense_to_dense.shape
def dense_to_dense_shape(set1, set2):
    for shape in (set1, set2):
        with_rank_at_least(shape, 2)
    if set1 is not None and set2 is not None:
        with_rank(set2, len(set1))
        merge(set1[:-1], set2[:-1])
    known = set1 if set1 is not None else set2
    return result_shape(None if known is None else len(known))


@dense_to_dense.kernel
def dense_to_dense_kernel(xp, set1, set2, *, set_operation):
    first, second = np.asarray(set1), np.asarray(set2)
    for array in (first, second):
        if array.ndim < 2:
            raise invalid(f"Invalid input shape {format_shape(array.shape)}, rank must be >= 2")
    check_groups(first.shape[:-1], second.shape[:-1])
    return combined(dense_sets(first), dense_sets(second), first.shape[:-1], set_operation, first.dtype)


# -- DenseToSparseSetOperation -------------------------------------------------------------------

dense_to_sparse = op("DenseToSparseSetOperation", host=True)


@dense_to_sparse.shape
def dense_to_sparse_shape(set1, set2_shape):
    if set1 is not None and len(set1) < 2:
        raise ValueError(f"Input rank must be at least 2, not {len(set1)}")
    rank = len(set1) if set1 is not None else set2_shape[0] if set2_shape else None
    return result_shape(rank)


@dense_to_sparse.kernel
def dense_to_sparse_kernel(xp, set1, set2_indices, set2_values, set2_shape, *, set_operation):
    first = np.asarray(set1)
    check_groups(first.shape[:-1], np.asarray(set2_shape)[:-1].tolist())
    second = sparse_sets(set2_indices, set2_values, set2_shape)
    return combined(dense_sets(first), second, first.shape[:-1], set_operation, first.dtype)


# -- SparseToSparseSetOperation ------------------------------------------------------------------

sparse_to_sparse = op("SparseToSparseSetOperation", host=True)


@sparse_to_sparse.shape
def sparse_to_sparse_shape(set1_shape, set2_shape):
    sizes = [shape[0] for shape in (set1_shape, set2_shape) if shape]
    known = next((size for size in sizes if size is not None), None)
    if known is not None and known < 2:
        raise ValueError(f"Input rank {known} must be >= 2")
    return result_shape(known)


@sparse_to_sparse.kernel
def sparse_to_sparse_kernel(
    xp,
    set1_indices,
    set1_values,
    set1_shape,
    set2_indices,
    set2_values,
    set2_shape,
    *,
    set_operation,
):
    groups = np.asarray(set1_shape)[:-1].tolist()
    check_groups(groups, np.asarray(set2_shape)[:-1].tolist())
    first = sparse_sets(set1_indices, set1_values, set1_shape)
    second = sparse_sets(set2_indices, set2_values, set2_shape)
    return combined(first, second, groups, set_operation, np.asarray(set1_values).dtype)


for _definition in (set_size, dense_to_dense, dense_to_sparse, sparse_to_sparse):
    _definition.not_differentiable("it works on sets")
