"""Reductions of rows that share a segment: sorted, unsorted and sparse segments.

The result of a sorted segment op has as many rows as its last id says, so these ops run on the
host; those that are given the number of segments can be compiled.
"""

import numpy as np

from perdure.graph import dtypes, shapes
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- SegmentSum, SegmentMean, SegmentProd, SegmentMax, SegmentMin -----------------


def segment_shape(data, segment_ids):
    shapes.with_rank(segment_ids, 1)
    shapes.with_rank_at_least(data, 1)
    return None if data is None else (None, *data[1:])


def check_sorted(data, ids):
    """Refuse ids that do not go with `data` or are out of order; return the number of segments."""
    if ids.ndim != 1 or data.ndim < 1 or ids.shape[0] != data.shape[0]:
        raise invalid("segment_ids should be the same size as dimension 0 of input.")
    return check_order(ids)


def check_order(ids):
    if not ids.size:
        return 0
    count = int(ids[-1]) + 1
    if ids[0] < 0:
        raise invalid(
            f"Segment id {ids[0]} out of range [0, {count}), possibly because 'segment_ids' "
            "input is not sorted."
        )
    if (ids[1:] < ids[:-1]).any():
        raise invalid("segment ids are not increasing")
    return count


def mean_of_segments(xp, data, ids, count):
    sums = xp.segment_sum(data, ids, count)
    sizes = xp.segment_sum(xp.ones(ids.shape, data.dtype), ids, count)
    sizes = xp.maximum(sizes, 1).reshape((count,) + (1,) * (data.ndim - 1)).astype(data.dtype)
    return xp.truncate_divide(sums, sizes) if data.dtype.kind in "iu" else sums / sizes


def zero_where_empty(reduce, limit):
    """Max or min of sorted segments: those without rows are 0, not the type's limit."""

    def compute(xp, data, ids, count):
        result = reduce(xp)(data, ids, count, limit(xp)(data.dtype))
        missing = np.ones(count, bool)
        missing[ids] = False
        result[missing] = 0
        return result

    return compute


def sorted_segments(type, compute):
    """Define an op of segments whose ids are sorted and return it."""
    new = op(type, host=True)
    new.shape(segment_shape)

    def kernel(xp, data, segment_ids):
        count = check_sorted(data, segment_ids)
        return compute(xp, data, segment_ids, count)

    new.kernel(kernel)
    return new


segment_sum = sorted_segments("SegmentSum", lambda xp, data, ids, n: xp.segment_sum(data, ids, n))


@segment_sum.gradient
def segment_sum_gradient(g, d_output, segment_ids):
    return {"data": g.gather(d_output, segment_ids)}


segment_prod = sorted_segments("SegmentProd", lambda xp, data, ids, n: xp.segment_prod(data, ids, n))
segment_prod.refuse_gradient("TensorFlow 1.15 has one for UnsortedSegmentProd only")

segment_mean = sorted_segments("SegmentMean", mean_of_segments)


@segment_mean.gradient
def segment_mean_gradient(g, d_output, data, segment_ids):
    rank = g.rank(data)
    ones_shape = g.concat([g.shape(segment_ids), g.fill(g.expand_dims(rank - 1, 0), 1)], 0)
    ones = g.fill(ones_shape, g.constant(1, dtype=d_output.dtype))
    scaled = g.divide(d_output, g.segment_sum(ones, segment_ids))
    return {"data": g.gather(scaled, segment_ids)}


def segment_extremum_gradient(g, d_output, output, data, segment_ids):
    # Tied extrema share the gradient equally.
    zeros = g.zeros_like(data, dtype=data.dtype.base_dtype)
    gathered = g.gather(output, segment_ids)
    is_chosen = g.equal(data, gathered)
    count = g.segment_sum(g.cast(is_chosen, d_output.dtype), segment_ids)
    shares = g.gather(g.divide(d_output, count), segment_ids)
    return {"data": g.where(is_chosen, shares, zeros)}


segment_max = sorted_segments("SegmentMax", zero_where_empty(lambda xp: xp.segment_max, lambda xp: xp.lowest))
segment_min = sorted_segments(
    "SegmentMin", zero_where_empty(lambda xp: xp.segment_min, lambda xp: xp.highest)
)
segment_max.gradient(segment_extremum_gradient)
segment_min.gradient(segment_extremum_gradient)

# -- UnsortedSegmentSum, -Prod, -Max, -Min ----------------------------------------


def segment_count(num_segments):
    if np.ndim(num_segments):
        raise invalid(f"num_segments should be a scalar, not shape {format_shape(np.shape(num_segments))}")
    return int(num_segments)


def unsorted_shape(data, segment_ids, num_segments):
    count = None if num_segments is None else int(num_segments)
    if count is not None and count < 0:
        raise ValueError(f"Dimension size, given by scalar input 2, must be non-negative but is {count}")
    if data is None or segment_ids is None:
        return None
    if len(data) < len(segment_ids):
        raise ValueError(f"Shape must be at least rank {len(segment_ids)} but is rank {len(data)}")
    for have, want in zip(data, segment_ids, strict=False):
        shapes.merge_size(have, want)
    return (count, *data[len(segment_ids) :])


def unsorted_segments(type, compute):
    """Define an op of segments whose rows may be anywhere and return it."""
    new = op(type, static=["num_segments"], ranks={"num_segments": 0})
    new.shape(unsorted_shape)

    def kernel(xp, data, segment_ids, num_segments):
        count = segment_count(num_segments)
        if count < 0:
            raise invalid(f"Input num_segments == {count} must not be negative.")
        if data.shape[: segment_ids.ndim] != segment_ids.shape:
            raise invalid(
                f"data.shape = {format_shape(data.shape)} does not start with segment_ids.shape = "
                f"{format_shape(segment_ids.shape)}"
            )
        # A negative id is no error: its row is dropped.
        xp.require(xp.all(segment_ids < count), lambda: first_too_large(segment_ids, count))
        return compute(xp, data, segment_ids, count)

    new.kernel(kernel)
    return new


def first_too_large(ids, count):
    where = tuple(np.argwhere(ids >= count)[0].tolist())
    place = ",".join(map(str, where))
    return f"segment_ids[{place}] = {ids[where]} is out of range [0, {count})"


def lowest_finite(dtype):
    return np.iinfo(dtype).min if dtype.kind in "iu" else _finfo(dtype).min


def highest_finite(dtype):
    return np.iinfo(dtype).max if dtype.kind in "iu" else _finfo(dtype).max


def _finfo(dtype):
    if dtype.kind == "f":
        return np.finfo(dtype)
    import ml_dtypes

    return ml_dtypes.finfo(dtype)


def gather_or_zero(g, params, ids, clipped=None, is_kept=None):
    """Rows of `params` by id, and zeros for negative ids; with the clipped ids and which were kept."""
    if clipped is None:
        clipped = g.maximum(ids, g.zeros_like(ids))
    gathered = g.gather(params, clipped)
    if is_kept is None:
        is_kept = g.greater_equal(ids, 0)
        for _ in range(gathered.shape.ndims - is_kept.shape.ndims):
            is_kept = g.expand_dims(is_kept, -1)
        is_kept = is_kept & g.ones_like(gathered, dtype=dtypes.bool)
    zeros = g.zeros_like(gathered)
    return g.where(is_kept, gathered, zeros), clipped, is_kept


unsorted_sum = unsorted_segments("UnsortedSegmentSum", lambda xp, data, ids, n: xp.segment_sum(data, ids, n))


@unsorted_sum.gradient
def unsorted_sum_gradient(g, d_output, segment_ids):
    return {"data": gather_or_zero(g, d_output, segment_ids)[0]}


unsorted_prod = unsorted_segments(
    "UnsortedSegmentProd", lambda xp, data, ids, n: xp.segment_prod(data, ids, n)
)


@unsorted_prod.gradient
def unsorted_prod_gradient(g, d_output, output, data, segment_ids, num_segments):
    # product / x, except: with one 0 in a segment only that entry has a slope, the product of the
    # others; with two or more, none has.
    is_zero = g.equal(data, 0)
    zeros_count = g.unsorted_segment_sum(g.cast(is_zero, dtype=dtypes.int32), segment_ids, num_segments)
    d_output = g.where(g.greater(zeros_count, 1), g.zeros_like(d_output), d_output)
    others = g.where(is_zero, g.ones_like(data), data)
    others_product = g.unsorted_segment_prod(others, segment_ids, num_segments)
    clipped = g.maximum(segment_ids, g.zeros_like(segment_ids))
    product = g.gather(output, clipped)
    others_product = g.gather(others_product, clipped)
    quotient = product / data
    slope = g.where(is_zero, others_product, quotient)
    d_gathered = gather_or_zero(g, d_output, segment_ids, clipped)[0]
    return {"data": d_gathered * slope}


def unsorted_extremum_gradient(g, d_output, output, data, segment_ids, num_segments):
    gathered, clipped, is_kept = gather_or_zero(g, output, segment_ids)
    is_chosen = g.logical_and(g.equal(data, gathered), is_kept)
    count = g.unsorted_segment_sum(g.cast(is_chosen, d_output.dtype), segment_ids, num_segments)
    shares = g.divide(d_output, count)
    shares, _, _ = gather_or_zero(g, shares, None, clipped, is_kept)
    return {"data": g.where(is_chosen, shares, g.zeros_like(shares))}


unsorted_max = unsorted_segments(
    "UnsortedSegmentMax", lambda xp, data, ids, n: xp.segment_max(data, ids, n, lowest_finite(data.dtype))
)
unsorted_min = unsorted_segments(
    "UnsortedSegmentMin", lambda xp, data, ids, n: xp.segment_min(data, ids, n, highest_finite(data.dtype))
)
unsorted_max.gradient(unsorted_extremum_gradient)
unsorted_min.gradient(unsorted_extremum_gradient)

# -- SparseSegmentSum, -Mean, -SqrtN: segments of gathered rows -------------------


def sparse_segment_shape(data, indices, segment_ids):
    shapes.with_rank_at_least(data, 1)
    shapes.merge(shapes.with_rank(indices, 1), shapes.with_rank(segment_ids, 1))
    return None if data is None else (None, *data[1:])


def sparse_segment_shape_of_count(data, indices, segment_ids, num_segments):
    shape = sparse_segment_shape(data, indices, segment_ids)
    if shape is None or num_segments is None:
        return shape
    if num_segments < 0:
        raise ValueError("Cannot specify a negative value for num_segments")
    return (int(num_segments), *shape[1:])


def gathered_rows(data, indices, segment_ids):
    if indices.shape != segment_ids.shape:
        raise invalid("segment_ids and indices should have same size.")
    bad = np.flatnonzero((indices < 0) | (indices >= data.shape[0]))
    if bad.size:
        raise invalid(f"Bad: indices[{bad[0]}] == {indices[bad[0]]} out of range [0, {data.shape[0]})")
    return data[indices]


def scaled_sum(xp, rows, ids, count, scale):
    """Sums of segments divided by scale(size of the segment)."""
    sums = xp.segment_sum(rows, ids, count)
    if scale is None:
        return sums
    sizes = xp.segment_sum(np.ones(ids.shape, rows.dtype), ids, count)
    return sums / scale(np.maximum(sizes, 1)).reshape((count,) + (1,) * (rows.ndim - 1))


def size_itself(sizes):
    return sizes


def sparse_segments(new, counted, scale):
    """Give an op, and its twin that is told the number of segments, shape function and kernel."""
    new.shape(sparse_segment_shape)

    def kernel(xp, data, indices, segment_ids):
        rows = gathered_rows(data, indices, segment_ids)
        return scaled_sum(xp, rows, segment_ids, check_order(segment_ids), scale)

    new.kernel(kernel)
    counted.shape(sparse_segment_shape_of_count)

    def counted_kernel(xp, data, indices, segment_ids, num_segments):
        rows = gathered_rows(data, indices, segment_ids)
        count = segment_count(num_segments)
        if check_order(segment_ids) > count:
            raise invalid("segment ids must be < num_segments")
        return scaled_sum(xp, rows, segment_ids, count, scale)

    counted.kernel(counted_kernel)


sparse_sum = op("SparseSegmentSum", host=True)
counted_sparse_sum = op(
    "SparseSegmentSumWithNumSegments", host=True, static=["num_segments"], ranks={"num_segments": 0}
)
sparse_segments(sparse_sum, counted_sparse_sum, None)


@sparse_sum.gradient
@counted_sparse_sum.gradient
def sparse_sum_gradient(g, d_output, data, indices, segment_ids):
    rows = g.shape(data)[0]
    return {"data": g.unsorted_segment_sum(g.gather(d_output, segment_ids), indices, rows)}


sparse_mean = op("SparseSegmentMean", host=True)
counted_sparse_mean = op(
    "SparseSegmentMeanWithNumSegments", host=True, static=["num_segments"], ranks={"num_segments": 0}
)
sparse_segments(sparse_mean, counted_sparse_mean, size_itself)


@sparse_mean.gradient
@counted_sparse_mean.gradient
def sparse_mean_gradient(g, d_output, data, indices, segment_ids):
    rows = g.shape(data)[0]
    return {"data": g.sparse_segment_mean_grad(d_output, indices, segment_ids, rows)}


sparse_sqrt_n = op("SparseSegmentSqrtN", host=True)
counted_sparse_sqrt_n = op(
    "SparseSegmentSqrtNWithNumSegments", host=True, static=["num_segments"], ranks={"num_segments": 0}
)
sparse_segments(sparse_sqrt_n, counted_sparse_sqrt_n, np.sqrt)


@sparse_sqrt_n.gradient
@counted_sparse_sqrt_n.gradient
def sparse_sqrt_n_gradient(g, d_output, data, indices, segment_ids):
    rows = g.shape(data)[0]
    return {"data": g.sparse_segment_sqrt_n_grad(d_output, indices, segment_ids, rows)}


def sparse_grad_shape(grad, indices, segment_ids, output_dim0):
    shapes.merge(shapes.with_rank(indices, 1), shapes.with_rank(segment_ids, 1))
    if grad is None:
        return None
    return (None if output_dim0 is None else int(output_dim0), *grad[1:])


def sparse_segments_grad(type, scale):
    new = op(type, host=True, static=["output_dim0"])
    new.shape(sparse_grad_shape)

    def kernel(xp, grad, indices, segment_ids, output_dim0):
        rows = int(output_dim0)
        if (indices >= rows).any() or (indices < 0).any():
            bad = np.flatnonzero((indices < 0) | (indices >= rows))[0]
            raise invalid(f"Index {indices[bad]} out of range [0, {rows}).")
        if ((segment_ids < 0) | (segment_ids >= grad.shape[0])).any():
            raise invalid(f"Segment id out of range [0, {grad.shape[0]}).")
        sizes = np.bincount(segment_ids, minlength=grad.shape[0])
        scaled = grad / scale(np.maximum(sizes, 1).astype(grad.dtype)).reshape((-1,) + (1,) * (grad.ndim - 1))
        return xp.segment_sum(scaled[segment_ids], indices, rows)

    new.kernel(kernel)
    new.refuse_gradient()


sparse_segments_grad("SparseSegmentMeanGrad", size_itself)
sparse_segments_grad("SparseSegmentSqrtNGrad", np.sqrt)
