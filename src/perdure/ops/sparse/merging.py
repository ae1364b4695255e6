"""Sparse tensors in the order of their indices: SparseReorder."""

import numpy as np

from perdure.graph.composite import SparseTensor
from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op

sparse_reorder = op("SparseReorder", host=True)


def check_parts(indices, values, shape):
    """Refuse what are not the three parts of a sparse tensor."""
    for what, array, rank in (("indices", indices, 2), ("values", values, 1), ("shape", shape, 1)):
        if np.ndim(array) != rank:
            kind = "matrix" if rank == 2 else "vector"
            raise invalid(
                f"Input {what} should be a {kind} but received shape {format_shape(np.shape(array))}"
            )


def numbered(indices, shape):
    """A number for each index, in whose order they are; None where the numbers would be too large."""
    size = 1
    for each in np.asarray(shape).tolist():
        size *= max(each, 1)
    if size >= 1 << 62 or not indices.shape[1]:
        return None
    strides = np.ones(len(shape), np.int64)
    strides[:-1] = np.cumprod(np.maximum(shape[::-1], 1))[:-1][::-1]
    return indices @ strides


def order_of(indices, shape):
    """The order of entries by their indices; equal ones stay as they are."""
    inside = ((indices >= 0) & (indices < np.asarray(shape))).all()
    numbers = numbered(indices, shape) if inside else None
    if numbers is None:
        return np.lexsort(indices.T[::-1]) if indices.shape[1] else np.arange(len(indices))
    return np.argsort(numbers, kind="stable")


@sparse_reorder.shape
def sparse_reorder_shape(input_indices, input_values, input_shape):
    indices, values = with_rank(input_indices, 2), with_rank(input_values, 1)
    with_rank(input_shape, 1)
    return indices, values


@sparse_reorder.kernel
def sparse_reorder_kernel(xp, input_indices, input_values, input_shape):
    indices, values = np.asarray(input_indices), np.asarray(input_values)
    check_parts(indices, values, input_shape)
    if len(indices) != len(values):
        raise invalid(
            "indices and values rows (indexing dimension) must match. "
            f"(indices = {len(indices)}, values = {len(values)})"
        )
    order = order_of(indices, input_shape)
    return indices[order], values[order]


@sparse_reorder.gradient
def sparse_reorder_gradient(g, d_output_values, input_indices, input_shape):
    entries = g.range(g.shape(input_indices)[0])
    in_order = g.sparse_reorder(SparseTensor(input_indices, entries, input_shape))
    return {"input_values": g.gather(d_output_values, g.invert_permutation(in_order.values))}
