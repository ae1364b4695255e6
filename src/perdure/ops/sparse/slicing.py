"""Sparse tensors put together and taken apart: SparseConcat, SparseSplit, SparseSlice, SparseSliceGrad.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import numpy as np

from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.sparse.combining import at_places
from perdure.ops.sparse.merging import check_parts, order_of

# -- SparseConcat --------------------------------------------------------------------------------

sparse_concat = op("SparseConcat", host=True)


@sparse_concat.shape
def sparse_concat_shape(indices, values, shapes):
    rank, count = None, 0
    for each, value, shape in zip(indices, values, shapes, strict=True):
        each, value, shape = with_rank(each, 2), with_rank(value, 1), with_rank(shape, 1)
        rows = each[0] if each[0] is not None else value[0]
        count = None if rows is None or count is None else count + rows
        rank = next((size for size in (each[1], shape[0], rank) if size is not None), None)
    return [(count, rank), (count,), (rank,)]


@sparse_concat.kernel
def sparse_concat_kernel(xp, indices, values, shapes, *, concat_dim):
    for i, (each, value, shape) in enumerate(zip(indices, values, shapes, strict=True)):
        for what, array, rank, kind in (
            ("indices", each, 2, "matrix"),
            ("values", value, 1, "vector"),
            ("shapes", shape, 1, "vector"),
        ):
            if np.ndim(array) != rank:
                raise invalid(
                    f"Input {what} should be a {kind} but received shape {format_shape(np.shape(array))} at "
                    f"position {i}"
                )
    rank = len(shapes[0])
    axis = concat_dim + rank if concat_dim < 0 else concat_dim
    if not 0 <= axis < rank:
        raise invalid(f"Concat dimension must be in range [{-rank}, {rank}), got {concat_dim}")
    whole, moved = np.array(shapes[0], np.int64), []
    for i, (each, shape) in enumerate(zip(indices, shapes, strict=True)):
        if len(shape) != rank:
            raise invalid(
                f"Ranks of all input tensors must match: expected {rank} but got {len(shape)} at position {i}"
            )
        for j in range(rank):
            if j != axis and shape[j] != whole[j]:
                raise invalid(
                    f"Input shapes must match: expected {whole[j]} for dimension {j} but got {shape[j]} at "
                    f"position {i}"
                )
        each = np.array(each, np.int64)
        if i:
            each[:, axis] += whole[axis]
            whole[axis] += shape[axis]
        moved.append(each)
    places, joined = np.concatenate(moved), np.concatenate(values)
    order = order_of(places, whole)
    return places[order], joined[order], whole


sparse_concat.not_differentiable("TensorFlow says so")

# -- SparseSplit ---------------------------------------------------------------------------------

sparse_split = op("SparseSplit", static=["split_dim"], host=True)


@sparse_split.shape
def sparse_split_shape(indices, values, shape, *, num_split):
    rank = None if shape is None else shape[0]
    return [(None, rank)] * num_split + [(None,)] * num_split + [(rank,)] * num_split


@sparse_split.kernel
def sparse_split_kernel(xp, split_dim, indices, values, shape, *, num_split):
    indices, values, sizes = np.asarray(indices), np.asarray(values), np.asarray(shape)
    check_parts(indices, values, sizes)
    axis = int(split_dim)
    rank = len(sizes)
    axis = axis + rank if axis < 0 else axis
    if not 0 <= axis < rank:
        raise invalid(f"Input split_dim should be between 0 and rank ({rank}), got {axis}")
    if not 1 <= num_split <= sizes[axis]:
        raise invalid(
            f"Input num_split should be between 1 and the splitting dimension size ({sizes[axis]}), got "
            f"{num_split}"
        )
    small, more = divmod(int(sizes[axis]), num_split)
    found = []
    start = 0
    for i in range(num_split):
        size = small + (i < more)
        inside = (indices[:, axis] >= start) & (indices[:, axis] < start + size)
        places = indices[inside]
        places[:, axis] -= start
        part = np.array(sizes, np.int64)
        part[axis] = size
        found.append((places, values[inside], part))
        start += size
    return tuple([each[i] for each in found] for i in range(3))


sparse_split.refuse_gradient()

# -- SparseSlice, SparseSliceGrad ----------------------------------------------------------------

sparse_slice = op("SparseSlice", host=True)


@sparse_slice.shape
def sparse_slice_shape(indices, values, shape):
    with_rank(indices, 2)
    with_rank(values, 1)
    rank = with_rank(shape, 1)[0]
    return [(None, rank), (None,), (rank,)]


@sparse_slice.kernel
def sparse_slice_kernel(xp, indices, values, shape, start, size):
    indices, values, sizes = np.asarray(indices), np.asarray(values), np.asarray(shape)
    check_parts(indices, values, sizes)
    for what, array in (("start", start), ("size", size)):
        if np.ndim(array) != 1:
            raise invalid(
                f"Input {what} should be a vector but received shape {format_shape(np.shape(array))}"
            )
        if len(array) != len(sizes):
            raise invalid(
                f"Expected {what} to be a vector of length {len(sizes)} but got length {len(array)}"
            )
    start, size = np.asarray(start), np.asarray(size)
    inside = ((indices >= start) & (indices < start + size)).all(axis=1)
    rest = np.clip(sizes - start, 0, np.maximum(size, 0)).astype(np.int64)
    return indices[inside] - start, values[inside], rest


@sparse_slice.gradient
def sparse_slice_gradient(g, d_output_values, indices, values, start, output_indices):
    d_values = g.sparse_slice_grad(d_output_values, indices, start, output_indices)
    d_values.set_shape(values.get_shape())
    return {"values": d_values}


sparse_slice_grad = op("SparseSliceGrad", host=True)


@sparse_slice_grad.shape
def sparse_slice_grad_shape(input_indices):
    return with_rank(input_indices, 2)[:1]


@sparse_slice_grad.kernel
def sparse_slice_grad_kernel(xp, backprop_val_grad, input_indices, input_start, output_indices):
    return at_places(
        np.asarray(backprop_val_grad), np.asarray(output_indices) + input_start, np.asarray(input_indices)
    )


sparse_slice_grad.not_differentiable("it is the gradient of SparseSlice")
