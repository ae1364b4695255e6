"""Sparse tensors of another shape, or with a value in each row: SparseReshape, SparseFillEmptyRows."""

import numpy as np

from perdure.graph.shapes import format_shape, merge, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- SparseReshape ----------------------------------------------------------------

sparse_reshape = op("SparseReshape", host=True)


@sparse_reshape.shape
def sparse_reshape_shape(input_indices, input_shape, new_shape):
    indices, rank = with_rank(input_indices, 2), with_rank(new_shape, 1)
    with_rank(input_shape, 1)
    return [(indices[0], rank[0]), rank]


@sparse_reshape.kernel
def sparse_reshape_kernel(xp, input_indices, input_shape, new_shape):
    if input_indices.ndim != 2:
        raise invalid(
            f"Input indices should be a matrix but received shape {format_shape(input_indices.shape)}"
        )
    if input_shape.ndim != 1:
        raise invalid(f"Input shape should be a vector but received shape {format_shape(input_shape.shape)}")
    if new_shape.ndim != 1:
        raise invalid(f"Target shape should be a vector but received shape {format_shape(new_shape.shape)}")
    shape = complete_shape(input_shape, new_shape)
    if np.array_equal(shape, input_shape):
        return [input_indices, shape]
    # Places outside of the shape have numbers as well, as in TensorFlow.
    numbers = input_indices @ strides_of(input_shape)
    places = np.empty((len(input_indices), len(shape)), np.int64)
    for axis, stride in enumerate(strides_of(shape)):
        places[:, axis], numbers = np.divmod(numbers, stride) if stride else (0, numbers)
    return [places, shape]


def strides_of(shape):
    """By how much the number of a place grows with each of its indices."""
    return np.append(np.cumprod(shape[:0:-1])[::-1], 1).astype(np.int64)[: len(shape)]


def complete_shape(input_shape, new_shape):
    """`new_shape` with the size that is left for its entry of -1."""
    size = int(np.prod(input_shape))
    unknown = np.flatnonzero(new_shape == -1)
    if len(unknown) > 1:
        raise invalid(f"only one output dimension may be -1, not both {unknown[0]} and {unknown[1]}")
    negative = np.flatnonzero(new_shape < -1)
    if len(negative):
        raise invalid(f"size {negative[0]} must be non-negative, not {new_shape[negative[0]]}")
    shape = new_shape.copy()
    if len(unknown):
        rest = int(np.prod(np.delete(new_shape, unknown)))
        if rest == 0:
            raise invalid(
                "reshape cannot infer the missing input size for an empty tensor unless all specified input "
                "sizes are non-zero"
            )
        if size % rest:
            raise invalid(
                f"Input to reshape is a SparseTensor with {size} dense values, but the requested shape "
                f"requires a multiple of {rest}. {_shapes(input_shape, new_shape)}"
            )
        shape[unknown[0]] = size // rest
    if int(np.prod(shape)) != size:
        raise invalid(
            f"Input to reshape is a tensor with {size} dense values, but the requested shape has "
            f"{int(np.prod(shape))}. {_shapes(input_shape, shape)}"
        )
    return shape


def _shapes(input_shape, output_shape):
    return f"input_shape={format_shape(input_shape)} output_shape={format_shape(output_shape)}"


sparse_reshape.not_differentiable("it works on indices")

# -- SparseFillEmptyRows ----------------------------------------------------------

# How many rows are empty is known only from the values.
sparse_fill_empty_rows = op("SparseFillEmptyRows", host=True, sizes=["dense_shape"])


@sparse_fill_empty_rows.shape
def sparse_fill_empty_rows_shape(indices, values, dense_shape, shape_of_dense_shape, default_value):
    indices, values = with_rank(indices, 2), with_rank(values, 1)
    (count,) = merge(indices[:1], values)
    (rank,) = merge(indices[1:], with_rank(shape_of_dense_shape, 1))
    with_rank(default_value, 0)
    rows = dense_shape[0] if dense_shape else None
    return [(None, rank), (None,), (rows,), (count,)]


@sparse_fill_empty_rows.kernel
def sparse_fill_empty_rows_kernel(xp, indices, values, dense_shape, default_value):
    if dense_shape.ndim != 1:
        raise invalid(f"dense_shape must be a vector, saw: {format_shape(dense_shape.shape)}")
    if indices.ndim != 2:
        raise invalid(f"indices must be a matrix, saw: {format_shape(indices.shape)}")
    if values.ndim != 1:
        raise invalid(f"values must be a vector, saw: {format_shape(values.shape)}")
    if np.ndim(default_value):
        raise invalid(f"default_value must be a scalar, saw: {format_shape(np.shape(default_value))}")
    count, rows = len(indices), int(dense_shape[0])
    if rows == 0 and count:
        raise invalid(f"Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = {count}")
    row_of = indices[:, 0]
    outside = np.flatnonzero((row_of < 0) | (row_of >= rows))
    if len(outside):
        i = outside[0]
        raise invalid(f"indices({i}, 0) is invalid: {row_of[i]} >= {rows}")
    is_empty = np.bincount(row_of, minlength=rows) == 0
    empty_rows = np.flatnonzero(is_empty)
    fillers = np.zeros((len(empty_rows), indices.shape[1]), np.int64)
    fillers[:, 0] = empty_rows
    places = np.concatenate([indices, fillers])
    order = np.argsort(places[:, 0], kind="stable")
    filled = np.concatenate([values, np.full(len(empty_rows), default_value, values.dtype)])
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    return [places[order], filled[order], is_empty, position[:count]]


@sparse_fill_empty_rows.gradient
def sparse_fill_empty_rows_gradient(g, d_output_values, reverse_index_map):
    d_values, d_default_value = g.sparse_fill_empty_rows_grad(reverse_index_map, d_output_values)
    return {"values": d_values, "default_value": d_default_value}


# -- SparseFillEmptyRowsGrad ------------------------------------------------------

sparse_fill_empty_rows_grad = op("SparseFillEmptyRowsGrad", host=True)


@sparse_fill_empty_rows_grad.shape
def sparse_fill_empty_rows_grad_shape(reverse_index_map, grad_values):
    with_rank(grad_values, 1)
    return [with_rank(reverse_index_map, 1), ()]


@sparse_fill_empty_rows_grad.kernel
def sparse_fill_empty_rows_grad_kernel(xp, reverse_index_map, grad_values):
    if reverse_index_map.ndim != 1:
        raise invalid(f"reverse_index_map must be a vector, saw: {format_shape(reverse_index_map.shape)}")
    count = len(grad_values)
    outside = np.flatnonzero((reverse_index_map < 0) | (reverse_index_map >= count))
    if len(outside):
        raise invalid(
            f"Elements in reverse index must be in [0, {count}) but got {reverse_index_map[outside[0]]}"
        )
    rest = np.delete(grad_values, reverse_index_map)
    return [grad_values[reverse_index_map], rest.sum(dtype=grad_values.dtype)]


sparse_fill_empty_rows_grad.not_differentiable("TensorFlow has no gradient for it")
