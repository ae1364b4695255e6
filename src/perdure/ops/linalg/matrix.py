"""Diagonals and bands: Diag, DiagPart, MatrixDiag, MatrixDiagPart, MatrixSetDiag, MatrixBandPart."""

import math

import numpy as np

from perdure.graph.shapes import format_shape, merge, merge_size, with_rank_at_least
from perdure.ops.checks import invalid, scalar
from perdure.ops.registry import op

# -- Diag, DiagPart ---------------------------------------------------------------

diag = op("Diag")


@diag.shape
def diag_shape(diagonal):
    with_rank_at_least(diagonal, 1)
    return None if diagonal is None else diagonal + diagonal


@diag.kernel
def diag_kernel(xp, diagonal):
    shape = np.shape(diagonal)
    if not shape:
        raise invalid("Input must be at least rank 1, got 0")
    return xp.reshape(square(xp, xp.reshape(diagonal, [math.prod(shape)])), shape + shape)


def square(xp, diagonal):
    """(..., n) as (..., n, n) with zeros outside the diagonal."""
    on = np.eye(diagonal.shape[-1], dtype=bool)
    return xp.where(on, diagonal[..., None], np.zeros((), diagonal.dtype))


@diag.gradient
def diag_gradient(g, d_output):
    return {"diagonal": g.diag_part(d_output)}


diag_part = op("DiagPart")


@diag_part.shape
def diag_part_shape(input):
    if input is None:
        return None
    if len(input) % 2 or not input:
        raise ValueError(f"Input must have even and non-zero rank, input rank is {len(input)}")
    half = len(input) // 2
    return merge(input[:half], input[half:])


@diag_part.kernel
def diag_part_kernel(xp, input):
    shape = np.shape(input)
    if len(shape) % 2 or not shape:
        raise invalid(f"The rank of the tensor should be even and positive, got shape {format_shape(shape)}")
    half = len(shape) // 2
    for i in range(half):
        if shape[i] != shape[i + half]:
            raise invalid(f"Invalid shape {format_shape(shape)}: dimensions {i} and {i + half} do not match.")
    size = math.prod(shape[:half])
    return xp.reshape(xp.diagonal(xp.reshape(input, [size, size])), shape[:half])


@diag_part.gradient
def diag_part_gradient(g, d_diagonal):
    return {"input": g.diag(d_diagonal)}


# -- MatrixDiag, MatrixDiagPart ---------------------------------------------------

matrix_diag = op("MatrixDiag")


@matrix_diag.shape
def matrix_diag_shape(diagonal):
    with_rank_at_least(diagonal, 1)
    return None if diagonal is None else (*diagonal, diagonal[-1])


@matrix_diag.kernel
def matrix_diag_kernel(xp, diagonal):
    if not np.ndim(diagonal):
        raise invalid("diagonal must be at least 1-dim, received shape: []")
    return square(xp, diagonal)


@matrix_diag.gradient
def matrix_diag_gradient(g, d_output):
    return {"diagonal": g.matrix_diag_part(d_output)}


matrix_diag_part = op("MatrixDiagPart")


def shorter(rows, columns):
    return None if rows is None or columns is None else min(rows, columns)


@matrix_diag_part.shape
def matrix_diag_part_shape(input):
    with_rank_at_least(input, 2)
    return None if input is None else (*input[:-2], shorter(*input[-2:]))


@matrix_diag_part.kernel
def matrix_diag_part_kernel(xp, input):
    require_matrix(input)
    return xp.diagonal(input, axis1=-2, axis2=-1)


def require_matrix(input):
    if np.ndim(input) < 2:
        raise invalid(f"input must be at least 2-dim, received shape: {format_shape(np.shape(input))}")


@matrix_diag_part.gradient
def matrix_diag_part_gradient(g, d_diagonal, input):
    matrix = input.get_shape()[-2:]
    if matrix.is_fully_defined() and matrix[0] == matrix[1]:
        return {"input": g.matrix_diag(d_diagonal)}
    return {"input": g.matrix_set_diag(g.zeros_like(input), d_diagonal)}


# -- MatrixSetDiag ----------------------------------------------------------------

matrix_set_diag = op("MatrixSetDiag")


@matrix_set_diag.shape
def matrix_set_diag_shape(input, diagonal):
    with_rank_at_least(input, 2)
    with_rank_at_least(diagonal, 1)
    if input is None or diagonal is None:
        return input
    batch = merge(input[:-2], diagonal[:-1])
    merge_size(shorter(*input[-2:]), diagonal[-1])
    return (*batch, *input[-2:])


@matrix_set_diag.kernel
def matrix_set_diag_kernel(xp, input, diagonal):
    require_matrix(input)
    shape = np.shape(input)
    if np.shape(diagonal) != (*shape[:-2], min(shape[-2:])):
        raise invalid(
            "must have diagonal.shape == input.shape[:-2] + min(input.shape[-2:]), but "
            f"received input shape: {format_shape(shape)} and diagonal shape: "
            f"{format_shape(np.shape(diagonal))}"
        )
    rows, columns = shape[-2:]
    on = np.eye(rows, columns, dtype=bool)
    if rows <= columns:
        return xp.where(on, diagonal[..., :, None], input)
    return xp.where(on, diagonal[..., None, :], input)


@matrix_set_diag.gradient
def matrix_set_diag_gradient(g, d_output, input, diagonal):
    shape = input.get_shape().merge_with(d_output.get_shape())
    batch = shape[:-2].merge_with(diagonal.get_shape()[:-1])
    matrix = shape[-2:]
    if batch.is_fully_defined() and matrix.is_fully_defined():
        diagonal_shape = batch.as_list() + [min(matrix.as_list())]
    else:
        with g.colocate_with(d_output):
            whole, rank = g.shape(d_output), g.rank(d_output)
            batch = g.slice(whole, [0], [rank - 2])
            matrix = g.slice(whole, [rank - 2], [2])
            diagonal_shape = g.concat([batch, [g.reduce_min(matrix)]], 0)
    d_input = g.matrix_set_diag(d_output, g.zeros(diagonal_shape, dtype=d_output.dtype))
    return {"input": d_input, "diagonal": g.matrix_diag_part(d_output)}


# -- MatrixBandPart ---------------------------------------------------------------

matrix_band_part = op("MatrixBandPart", static=["num_lower", "num_upper"])


@matrix_band_part.shape
def matrix_band_part_shape(input):
    return with_rank_at_least(input, 2)


@matrix_band_part.kernel
def matrix_band_part_kernel(xp, input, num_lower, num_upper):
    require_matrix(input)
    lower, upper = scalar(num_lower, "num_lower"), scalar(num_upper, "num_upper")
    rows, columns = np.shape(input)[-2:]
    if lower > rows:
        raise invalid(f"num_lower must be negative or less or equal to number of rows ({rows}) got: {lower}")
    if upper > columns:
        raise invalid(
            f"num_upper must be negative or less or equal to number of columns ({columns}) got: {upper}"
        )
    above = np.arange(columns) - np.arange(rows)[:, None]
    inside = (above >= -lower if lower >= 0 else True) & (above <= upper if upper >= 0 else True)
    return xp.where(inside, input, np.zeros((), input.dtype))


@matrix_band_part.gradient
def matrix_band_part_gradient(g, d_band, num_lower, num_upper):
    return {"input": g.matrix_band_part(d_band, num_lower, num_upper)}
