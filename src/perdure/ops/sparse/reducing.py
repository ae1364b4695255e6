"""Sums and maxima of sparse tensors along some dimensions, dense and sparse.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import numpy as np

from perdure.graph.dtypes import int64
from perdure.ops.checks import invalid
from perdure.ops.math.reductions import kept_shape
from perdure.ops.registry import op
from perdure.ops.sparse.merging import check_parts, order_of


def reduced(indices, values, shape, axes, keep_dims, reduce):
    """The groups of entries that come to one value each.

    Returns:
        The indices and values of the groups, in order, and the shape of the whole.
    """
    indices, values = np.asarray(indices), np.asarray(values)
    check_parts(indices, values, shape)
    sizes, rank = np.asarray(shape), len(shape)
    dropped = set()
    for axis in np.ravel(axes).tolist():
        if not -rank <= axis < rank:
            raise invalid(f"Invalid reduction dimension {axis}, for input with {rank} dimensions.")
        dropped.add(axis % rank)
    kept = [axis for axis in range(rank) if axis not in dropped]
    places = indices[:, kept]
    if len(places):
        order = order_of(places, sizes[kept])
        places, values = places[order], values[order]
        starts = np.flatnonzero(np.r_[True, (places[1:] != places[:-1]).any(axis=1)])
        places, values = places[starts], reduce.reduceat(values, starts).astype(values.dtype)
    if keep_dims:
        whole = np.zeros((len(places), rank), np.int64)
        whole[:, kept] = places
        return whole, values, np.array([1 if i in dropped else sizes[i] for i in range(rank)], np.int64)
    return places, values, sizes[kept].astype(np.int64)


def dense_shape(input_shape, reduction_axes, *, keep_dims):
    if input_shape is None or reduction_axes is None:
        return None
    rank = len(input_shape)
    axes = {int(axis) for axis in np.ravel(reduction_axes)}
    if any(not -rank <= axis < rank for axis in axes):
        raise ValueError(f"Invalid reduction dimension, for input with {rank} dimensions.")
    axes = {axis % rank for axis in axes}
    if keep_dims:
        return tuple(1 if i in axes else int(size) for i, size in enumerate(input_shape))
    return tuple(int(size) for i, size in enumerate(input_shape) if i not in axes)


def sparse_shape():
    return [None, None, None]


def dense_kernel(reduce):
    def kernel(xp, input_indices, input_values, input_shape, reduction_axes, *, keep_dims):
        places, values, shape = reduced(
            input_indices, input_values, input_shape, reduction_axes, keep_dims, reduce
        )
        dense = np.zeros(shape, values.dtype)
        dense[tuple(places.T)] = values if places.shape[1] else values.sum(dtype=values.dtype)
        return dense

    return kernel


def sparse_kernel(reduce):
    def kernel(xp, input_indices, input_values, input_shape, reduction_axes, *, keep_dims):
        return reduced(input_indices, input_values, input_shape, reduction_axes, keep_dims, reduce)

    return kernel


sparse_reduce_sum = op("SparseReduceSum", static=["input_shape", "reduction_axes"], host=True)
sparse_reduce_max = op("SparseReduceMax", static=["input_shape", "reduction_axes"], host=True)
sparse_reduce_sum_sparse = op("SparseReduceSumSparse", host=True)
sparse_reduce_max_sparse = op("SparseReduceMaxSparse", host=True)
for _dense, _sparse, _reduce in (
    (sparse_reduce_sum, sparse_reduce_sum_sparse, np.add),
    (sparse_reduce_max, sparse_reduce_max_sparse, np.maximum),
):
    _dense.shape(dense_shape)
    _dense.kernel(dense_kernel(_reduce))
    _sparse.shape(sparse_shape)
    _sparse.kernel(sparse_kernel(_reduce))
    _sparse.refuse_gradient()
sparse_reduce_max.refuse_gradient()


@sparse_reduce_sum.gradient
def sparse_reduce_sum_gradient(g, d_output, input_indices, input_shape, reduction_axes):
    kept = kept_shape(g, input_shape, reduction_axes)
    d_output = g.reshape(d_output, kept)
    scale = input_shape // g.cast(kept, int64)
    return {"input_values": g.gather_nd(d_output, input_indices // scale)}
