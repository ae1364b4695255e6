"""Where values are: OneHot, Where, Unique, ListDiff, LowerBound, UpperBound, Bucketize."""

import numpy as np

from perdure.graph.shapes import format_shape, merge_size, with_rank
from perdure.ops.checks import invalid, scalar
from perdure.ops.registry import op

# -- OneHot -----------------------------------------------------------------------

one_hot = op("OneHot", static=["depth"], ranks={"depth": 0})


@one_hot.shape
def one_hot_shape(indices, depth, *, axis):
    if axis < -1:
        raise ValueError("axis must be >= -1")
    if indices is None:
        return None
    size = None if depth is None else scalar(depth, "depth")
    if size is not None and size < 0:
        raise ValueError(f"depth must be non-negative, but is {size}")
    if axis > len(indices):
        raise ValueError(f"Expected axis to be -1 or between 0 and {len(indices)}, but is {axis}")
    at = len(indices) if axis == -1 else axis
    return (*indices[:at], size, *indices[at:])


@one_hot.kernel
def one_hot_kernel(xp, indices, depth, on_value, off_value, *, axis, T):
    size = scalar(depth, "depth")
    for name, value in (("on_value", on_value), ("off_value", off_value)):
        if np.ndim(value):
            raise invalid(f"{name} must be a scalar, but got: {format_shape(np.shape(value))}")
    if size < 0:
        raise invalid(f"depth must be non-negative, got: {size}")
    rank = np.ndim(indices)
    if not -1 <= axis <= rank:
        raise invalid(f"Expected axis to be -1 or between [0, {rank + 1}).  But received: {axis}")
    at = rank if axis == -1 else axis
    numbers = np.arange(size, dtype=indices.dtype).reshape((size,) + (1,) * (rank - at))
    return xp.where(xp.expand_dims(indices, at) == numbers, on_value, off_value).astype(
        T.as_numpy_dtype, copy=False
    )


one_hot.not_differentiable("it works on indices")

# -- Where ------------------------------------------------------------------------

where = op("Where", host=True)


@where.shape
def where_shape(input):
    return (None, None if input is None else len(input))


@where.kernel
def where_kernel(xp, input):
    if not 1 <= np.ndim(input) <= 8:
        raise invalid(f"WhereOp : Unhandled input dimensions: {np.ndim(input)}")
    return np.argwhere(input).astype(np.int64, copy=False)


where.not_differentiable("it returns positions")

# -- Unique, UniqueWithCounts, UniqueV2, UniqueWithCountsV2 -----------------------


# A table with this many places for each number is faster than sorting the numbers.
_MOST_PLACES = 128


def distinct_of_range(x, places):
    """As `distinct`, for a vector of integers with numbers from 0 on, not too many, that stand for them."""
    first_at = np.empty(places.max() + 1, np.intp)
    numbers = np.arange(x.size)
    first_at[places[::-1]] = numbers[::-1]  # of equal places the last one counts
    first = first_at[places]
    is_first = first == numbers
    index = (np.cumsum(is_first) - 1)[first]
    return x[is_first], index, np.bincount(index)


def distinct(x, axis=None):
    """Distinct values in order of first appearance, the number of each value, how often each."""
    if x.dtype == object:  # NumPy cannot sort every mixture of objects; bytes are hashable
        numbers = {}
        index = np.array([numbers.setdefault(value, len(numbers)) for value in x.tolist()], np.int64).reshape(
            x.shape
        )
        values = np.empty(len(numbers), object)
        values[:] = list(numbers)
        return values, index, np.bincount(index, minlength=len(numbers))
    if x.ndim == 1 and x.dtype.kind in "iu" and x.size:
        least = x.min()
        if int(x.max()) - int(least) < _MOST_PLACES * x.size:
            places = x - least if x.dtype.kind == "u" else x.astype(np.int64) - least
            return distinct_of_range(x, places.astype(np.intp))
    # Every NaN differs from every other, as in TensorFlow's hash table.
    _, first, inverse, count = np.unique(
        x, return_index=True, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return np.take(x, first[order], axis=axis or 0), rank[inverse.reshape(-1)], count[order]


def unique_shape(x):
    return [(None,), x]


def unique_with_counts_shape(x):
    return [(None,), x, (None,)]


def unique_of_vector_shape(x):
    with_rank(x, 1)
    return unique_shape(x)


unique = op("Unique", host=True)
unique.shape(unique_of_vector_shape)


@unique.kernel
def unique_kernel(xp, x, *, out_idx):
    if x.ndim != 1:
        raise invalid("unique expects a 1D vector.")
    values, index, _ = distinct(x)
    return [values, index.astype(out_idx.as_numpy_dtype)]


unique_with_counts = op("UniqueWithCounts", host=True)
unique_with_counts.shape(unique_with_counts_shape)


@unique_with_counts.kernel
def unique_with_counts_kernel(xp, x, *, out_idx):
    if x.ndim != 1:
        raise invalid("unique expects a 1D vector.")
    values, index, count = distinct(x)
    kind = out_idx.as_numpy_dtype
    return [values, index.astype(kind), count.astype(kind)]


def distinct_along(x, axis):
    """`distinct` for slices along the axis that a vector of no or one number names."""
    if axis.size > 1:
        raise invalid("axis tensor should be a vector of at most one number")
    if axis.size == 0:
        if x.ndim != 1:
            raise invalid("unique expects a 1D vector.")
        return distinct(x)
    along = scalar(axis)
    if not -x.ndim <= along < x.ndim:
        raise invalid(f"axis has to be between {-x.ndim} and {x.ndim - 1}, got {along}")
    return distinct(x, along % x.ndim)


unique_v2 = op("UniqueV2", host=True)


unique_v2.shape(unique_shape)


@unique_v2.kernel
def unique_v2_kernel(xp, x, axis, *, out_idx):
    values, index, _ = distinct_along(x, axis)
    return [values, index.astype(out_idx.as_numpy_dtype)]


unique_with_counts_v2 = op("UniqueWithCountsV2", host=True)


unique_with_counts_v2.shape(unique_with_counts_shape)


@unique_with_counts_v2.kernel
def unique_with_counts_v2_kernel(xp, x, axis, *, out_idx):
    values, index, count = distinct_along(x, axis)
    kind = out_idx.as_numpy_dtype
    return [values, index.astype(kind), count.astype(kind)]


for _unique in (unique, unique_with_counts, unique_v2, unique_with_counts_v2):
    _unique.refuse_gradient()

# -- ListDiff ---------------------------------------------------------------------

list_diff = op("ListDiff", host=True)


@list_diff.shape
def list_diff_shape(x, y):
    with_rank(x, 1)
    with_rank(y, 1)
    return [(None,), (None,)]


@list_diff.kernel
def list_diff_kernel(xp, x, y, *, out_idx):
    if x.ndim != 1 or y.ndim != 1:
        raise invalid(f"x and y should be 1D vectors, but have ranks {x.ndim} and {y.ndim}")
    if x.dtype == object:
        known = set(y.tolist())
        keep = np.array([value not in known for value in x.tolist()], bool)
    else:
        keep = ~np.isin(x, y)
    return [x[keep], np.flatnonzero(keep).astype(out_idx.as_numpy_dtype)]


list_diff.not_differentiable("TensorFlow 1.15 has no gradient for it")

# -- LowerBound, UpperBound -------------------------------------------------------


def bound_shape(sorted_inputs, values):
    merge_size(with_rank(sorted_inputs, 2)[0], with_rank(values, 2)[0])
    return values


def bound_kernel(side):
    """A kernel that searches each row of `values` in the same row of `sorted_inputs`."""

    def kernel(xp, sorted_inputs, values, *, out_type):
        kind = out_type.as_numpy_dtype
        if sorted_inputs.shape[0] != values.shape[0]:
            raise invalid("Leading dim_size of both tensors must match.")
        if not values.shape[0]:
            return np.zeros(values.shape, kind)
        rows = [
            xp.searchsorted(row, wanted, side=side) for row, wanted in zip(sorted_inputs, values, strict=True)
        ]
        return xp.stack(rows).astype(kind)

    return kernel


for _bound, _side in ((op("LowerBound"), "left"), (op("UpperBound"), "right")):
    _bound.shape(bound_shape)
    _bound.kernel(bound_kernel(_side))
    _bound.not_differentiable("it returns positions")

# -- Bucketize --------------------------------------------------------------------

bucketize = op("Bucketize")
bucketize.not_differentiable("it returns numbers of buckets")


@bucketize.shape
def bucketize_shape(input):
    return input


@bucketize.kernel
def bucketize_kernel(xp, input, *, boundaries):
    limits = np.asarray(boundaries, np.float32)
    if (limits[1:] < limits[:-1]).any():
        raise invalid("Expected sorted boundaries")
    # TensorFlow compares integers as single floats.
    kind = np.float64 if input.dtype == np.float64 else np.float32
    found = xp.searchsorted(limits.astype(kind), input.astype(kind).reshape(-1), side="right")
    return found.astype(np.int32).reshape(np.shape(input))
