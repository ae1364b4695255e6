"""Linear algebra: Cholesky, inverses, determinants, solvers, QR, eigenvalues, singular values.

Matrices are the last two axes.  Derivatives follow M. Giles, "An extended collection of matrix
derivative results for forward and reverse mode algorithmic differentiation" (2008); the nodes are those
of TensorFlow's linalg_grad.py.
"""

import numpy as np

from perdure.graph.shapes import format_shape, merge, merge_size, with_rank_at_least
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- shared by the family ---------------------------------------------------------


def wide(xp, *arrays):
    """Halves as float32: neither NumPy nor XLA factorizes halves."""
    return [array.astype(np.float32) if array.dtype == np.float16 else array for array in arrays]


def narrow(xp, result, dtype):
    return xp.asarray(result).astype(dtype.as_numpy_dtype, copy=False)


def square_shape(input):
    """`input`, whose last two sizes must be one."""
    with_rank_at_least(input, 2)
    if input is None:
        return None
    size = merge_size(*input[-2:])
    return (*input[:-2], size, size)


def require_square(matrix):
    shape = np.shape(matrix)
    if len(shape) < 2:
        raise invalid(f"Input tensor 0 must have rank >= 2, got {len(shape)}")
    if shape[-1] != shape[-2]:
        raise invalid(f"Input matrix must be square: {format_shape(shape)}")


def adjoint(xp, matrix):
    return xp.conj(xp.swapaxes(matrix, -1, -2))


def require_invertible(xp, result, words="Input matrix is not invertible."):
    xp.require(xp.all(xp.isfinite(result)), words)


# -- Cholesky ---------------------------------------------------------------------

cholesky = op("Cholesky")


@cholesky.shape
def cholesky_shape(input):
    return square_shape(input)


@cholesky.kernel
def cholesky_kernel(xp, input, *, T):
    require_square(input)
    factor = xp.cholesky(*wide(xp, input))
    xp.require(
        xp.all(xp.isfinite(xp.diagonal(factor, axis1=-2, axis2=-1))),
        "Cholesky decomposition was not successful. The input might not be valid.",
    )
    return narrow(xp, xp.tril(factor), T)


@cholesky.gradient
def cholesky_gradient(g, d_output, output):
    rows = g.shape(output)[-1]
    batch = g.shape(output)[:-2]
    inverse = g.matrix_triangular_solve(output, g.eye(rows, batch_shape=batch, dtype=output.dtype))
    middle = g.matmul(output, d_output, adjoint_a=True)
    middle = g.matrix_set_diag(middle, 0.5 * g.matrix_diag_part(middle))
    middle = g.matrix_band_part(middle, -1, 0)
    d_input = g.matmul(g.matmul(inverse, middle, adjoint_a=True), inverse)
    d_input += g.adjoint(d_input)
    return {"input": d_input * 0.5}


# -- MatrixInverse ----------------------------------------------------------------

matrix_inverse = op("MatrixInverse")


@matrix_inverse.shape
def matrix_inverse_shape(input):
    return square_shape(input)


@matrix_inverse.kernel
def matrix_inverse_kernel(xp, input, *, adjoint, T):
    require_square(input)
    (matrix,) = wide(xp, input)
    result = xp.inverse(xp.conj(xp.swapaxes(matrix, -1, -2)) if adjoint else matrix)
    require_invertible(xp, result, "Input is not invertible.")
    return narrow(xp, result, T)


@matrix_inverse.gradient
def matrix_inverse_gradient(g, d_output, output):
    # d(A^-1) = -A^-1 dA A^-1
    return {"input": -g.matmul(output, g.matmul(d_output, output, adjoint_b=True), adjoint_a=True)}


# -- MatrixDeterminant, LogMatrixDeterminant --------------------------------------

matrix_determinant = op("MatrixDeterminant")


@matrix_determinant.shape
def matrix_determinant_shape(input):
    shape = square_shape(input)
    return None if shape is None else shape[:-2]


@matrix_determinant.kernel
def matrix_determinant_kernel(xp, input, *, T):
    require_square(input)
    return narrow(xp, xp.determinant(*wide(xp, input)), T)


@matrix_determinant.gradient
def matrix_determinant_gradient(g, d_output, output, input):
    inverse = g.matrix_inverse(input, adjoint=True)
    factors = g.reshape(d_output * output, g.concat([g.shape(output), [1, 1]], 0))
    return {"input": factors * inverse}


log_matrix_determinant = op("LogMatrixDeterminant")


@log_matrix_determinant.shape
def log_matrix_determinant_shape(input):
    shape = matrix_determinant_shape(input)
    return [shape, shape]


@log_matrix_determinant.kernel
def log_matrix_determinant_kernel(xp, input, *, T):
    require_square(input)
    sign, log = xp.log_determinant(*wide(xp, input))
    return [narrow(xp, sign, T), narrow(xp, log, T)]


@log_matrix_determinant.gradient
def log_matrix_determinant_gradient(g, d_log_abs_determinant, log_abs_determinant, input):
    inverse = g.matrix_inverse(input, adjoint=True)
    factors = g.reshape(d_log_abs_determinant, g.concat([g.shape(log_abs_determinant), [1, 1]], 0))
    return {"input": factors * inverse}


# -- MatrixSolve, MatrixTriangularSolve -------------------------------------------


def solution_shape(matrix, rhs):
    matrix = square_shape(matrix)
    with_rank_at_least(rhs, 2)
    if matrix is None or rhs is None:
        return None
    batch = merge(matrix[:-2], rhs[:-2])
    return (*batch, merge_size(matrix[-1], rhs[-2]), rhs[-1])


def check_system(matrix, rhs):
    require_square(matrix)
    if np.shape(matrix)[-1] != np.shape(rhs)[-2] or np.shape(matrix)[:-2] != np.shape(rhs)[:-2]:
        raise invalid(
            f"Input matrix and rhs are incompatible: {format_shape(np.shape(matrix))} vs. "
            f"{format_shape(np.shape(rhs))}"
        )


def solution_gradient(g, d_output, output, matrix, adjoint, solve):
    """B's and A's gradients for X = A^-1 B: A^-H dX and -(A^-H dX) X^H."""
    d_rhs = solve(matrix, d_output)
    if adjoint:
        return -g.matmul(output, d_rhs, adjoint_b=True), d_rhs
    return -g.matmul(d_rhs, output, adjoint_b=True), d_rhs


matrix_solve = op("MatrixSolve")


@matrix_solve.shape
def matrix_solve_shape(matrix, rhs):
    return solution_shape(matrix, rhs)


@matrix_solve.kernel
def matrix_solve_kernel(xp, matrix, rhs, *, adjoint, T):
    check_system(matrix, rhs)
    matrix, rhs = wide(xp, matrix, rhs)
    result = xp.solve(xp.conj(xp.swapaxes(matrix, -1, -2)) if adjoint else matrix, rhs)
    require_invertible(xp, result)
    return narrow(xp, result, T)


@matrix_solve.gradient
def matrix_solve_gradient(g, d_output, output, matrix, *, adjoint):
    d_matrix, d_rhs = solution_gradient(
        g, d_output, output, matrix, adjoint, lambda a, b: g.matrix_solve(a, b, adjoint=not adjoint)
    )
    return {"matrix": d_matrix, "rhs": d_rhs}


matrix_triangular_solve = op("MatrixTriangularSolve")


@matrix_triangular_solve.shape
def matrix_triangular_solve_shape(matrix, rhs):
    return solution_shape(matrix, rhs)


@matrix_triangular_solve.kernel
def matrix_triangular_solve_kernel(xp, matrix, rhs, *, lower, adjoint, T):
    check_system(matrix, rhs)
    matrix, rhs = wide(xp, matrix, rhs)
    xp.require(xp.all(xp.diagonal(matrix, axis1=-2, axis2=-1) != 0), "Input matrix is not invertible.")
    if adjoint:
        matrix, lower = xp.conj(xp.swapaxes(matrix, -1, -2)), not lower
    return narrow(xp, xp.solve_triangular(matrix, rhs, lower), T)


@matrix_triangular_solve.gradient
def matrix_triangular_solve_gradient(g, d_output, output, matrix, *, lower, adjoint):
    d_matrix, d_rhs = solution_gradient(
        g,
        d_output,
        output,
        matrix,
        adjoint,
        lambda a, b: g.matrix_triangular_solve(a, b, lower=lower, adjoint=not adjoint),
    )
    band = (-1, 0) if lower else (0, -1)
    return {"matrix": g.matrix_band_part(d_matrix, *band), "rhs": d_rhs}


# -- Qr ---------------------------------------------------------------------------

qr = op("Qr")


@qr.shape
def qr_shape(input, *, full_matrices):
    with_rank_at_least(input, 2)
    if input is None:
        return [None, None]
    *batch, rows, columns = input
    if full_matrices:
        return [(*batch, rows, rows), (*batch, rows, columns)]
    inner = None if rows is None or columns is None else min(rows, columns)
    return [(*batch, rows, inner), (*batch, inner, columns)]


@qr.kernel
def qr_kernel(xp, input, *, full_matrices, T):
    q, r = xp.qr(*wide(xp, input), full_matrices)
    return [narrow(xp, q, T), narrow(xp, r, T)]


@qr.gradient
def qr_gradient(g, d_q, d_r, q, r):
    if q.dtype.is_complex:
        raise NotImplementedError(f"QrGrad not implemented for dtype: {q.dtype}")
    shape = r.shape.as_list() if r.shape.ndims is not None else [None, None]
    if None in shape[-2:]:
        raise NotImplementedError("QrGrad not implemented with dynamic shapes.")
    if shape[-2] != shape[-1]:
        raise NotImplementedError(
            "QrGrad not implemented when ncols > nrows or full_matrices is true and ncols != nrows."
        )
    transposed = g.adjoint

    def over_r(x):
        """x R^-T, by a triangular solve of the transpose."""
        return transposed(g.matrix_triangular_solve(r, transposed(x), lower=False, adjoint=False))

    q_dq = g.matmul(q, d_q, adjoint_a=True)
    q_part = q_dq - transposed(q_dq)
    r_dr = g.matmul(r, d_r, adjoint_b=True)
    r_part = r_dr - transposed(r_dr)
    lower = g.matrix_band_part(q_part + r_part, -1, 0)
    first = g.matmul(q, d_r + over_r(lower))
    second = over_r(d_q - g.matmul(q, q_dq))
    return {"input": first + second}


# -- SelfAdjointEigV2 -------------------------------------------------------------

self_adjoint_eig = op("SelfAdjointEigV2")


@self_adjoint_eig.shape
def self_adjoint_eig_shape(input, *, compute_v):
    shape = square_shape(input)
    if shape is None:
        return [None, None if compute_v else (0,)]
    return [shape[:-1], shape if compute_v else (0,)]


@self_adjoint_eig.kernel
def self_adjoint_eig_kernel(xp, input, *, compute_v, T):
    require_square(input)
    (matrix,) = wide(xp, input)
    if not compute_v:
        # What is not asked for has the shape it has statically; TensorFlow leaves it uninitialized.
        return [narrow(xp, xp.eigvalsh(matrix), T), xp.zeros((0,), T.as_numpy_dtype)]
    values, vectors = xp.eigh(matrix)
    return [narrow(xp, values, T), narrow(xp, vectors, T)]


@self_adjoint_eig.gradient
def self_adjoint_eig_gradient(g, d_e, d_v, e, v, input, *, compute_v):
    # The input is read by its lower triangle, so each off-diagonal entry stands for two.
    with g.control_dependencies([d_e, d_v]):
        if compute_v:
            gaps = g.matrix_set_diag(
                g.reciprocal(g.expand_dims(e, -2) - g.expand_dims(e, -1)), g.zeros_like(e)
            )
            inner = g.matrix_diag(d_e) + gaps * g.matmul(v, d_v, adjoint_a=True)
        else:
            _, v = g.self_adjoint_eig_v2(input, compute_v=True)
            inner = g.matrix_diag(d_e)
        d_input = g.matmul(v, g.matmul(inner, v, adjoint_b=True))
        d_input = g.matrix_band_part(d_input + g.adjoint(d_input), -1, 0)
        return {"input": g.matrix_set_diag(d_input, 0.5 * g.matrix_diag_part(d_input))}


# -- Svd --------------------------------------------------------------------------

svd = op("Svd")


@svd.shape
def svd_shape(input, *, compute_uv, full_matrices):
    with_rank_at_least(input, 2)
    if input is None:
        return [None, None if compute_uv else (0,), None if compute_uv else (0,)]
    *batch, rows, columns = input
    inner = None if rows is None or columns is None else min(rows, columns)
    if not compute_uv:
        return [(*batch, inner), (0,), (0,)]
    if full_matrices:
        return [(*batch, inner), (*batch, rows, rows), (*batch, columns, columns)]
    return [(*batch, inner), (*batch, rows, inner), (*batch, columns, inner)]


@svd.kernel
def svd_kernel(xp, input, *, compute_uv, full_matrices, T):
    (matrix,) = wide(xp, input)
    if not compute_uv:
        nothing = xp.zeros((0,), T.as_numpy_dtype)
        return [narrow(xp, xp.singular_values(matrix), T), nothing, nothing]
    u, s, v = xp.svd(matrix, full_matrices)
    return [narrow(xp, s, T), narrow(xp, u, T), narrow(xp, adjoint(xp, v), T)]


@svd.gradient
def svd_gradient(g, d_s, d_u, d_v, s, u, v, input, *, compute_uv, full_matrices):
    transposed = g.adjoint
    shape = input.get_shape().with_rank_at_least(2)
    d_s_matrix = g.matrix_diag(d_s)
    if not compute_uv:
        _, u, v = g.svd(input, compute_uv=True)
        d_input = g.matmul(u, g.matmul(d_s_matrix, v, adjoint_b=True))
        d_input.set_shape(shape)
        return {"input": d_input}
    if input.dtype.is_complex:
        raise NotImplementedError("SVD gradient is not implemented for complex types and compute_uv=True.")
    shape = shape[:-2].concatenate(
        [shape[-2].merge_with(d_u.get_shape()[-2]), shape[-1].merge_with(d_v.get_shape()[-2])]
    )
    m, n = (size.value for size in shape[-2:])
    if m is None or n is None:
        raise NotImplementedError(
            "SVD gradient has not been implemented for input with unknown inner matrix shape."
        )
    is_tall = m > n
    if is_tall:  # the transpose has U and V exchanged
        m, n, u, v, d_u, d_v = n, m, v, u, d_v, d_u
    with g.control_dependencies([d_s, d_u, d_v]):
        if full_matrices and abs(m - n) > 1:
            raise NotImplementedError(
                "svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True"
            )
        s_matrix = g.matrix_diag(s)
        squares = g.square(s)
        s_shape = g.shape(s)
        eye = g.eye(s_shape[-1], batch_shape=s_shape[:-1], dtype=s.dtype)
        gaps = g.matrix_set_diag(
            g.reciprocal(g.expand_dims(squares, -2) - g.expand_dims(squares, -1) + eye),
            g.zeros_like(s),
        )
        s_inverse = g.matrix_diag(g.reciprocal(s))
        v1, d_v1 = v[..., :, :m], d_v[..., :, :m]
        u_du = g.matmul(u, d_u, adjoint_a=True)
        v_dv = g.matmul(v1, d_v1, adjoint_a=True)
        gap_u, gap_v = gaps * u_du, gaps * v_dv
        inner = (
            d_s_matrix
            + g.matmul(gap_u + transposed(gap_u), s_matrix)
            + g.matmul(s_matrix, gap_v + transposed(gap_v))
        )
        d_input = g.matmul(u, g.matmul(inner, v1, adjoint_b=True))
        if m != n:
            d_v1t = g.matrix_transpose(d_v1)
            outer = d_v1t - g.matmul(g.matmul(d_v1t, v1), v1, adjoint_b=True)
            if full_matrices:
                v2, d_v2 = v[..., :, m:n], d_v[..., :, m:n]
                outer -= g.matmul(g.matmul(v1, d_v2, adjoint_a=True), v2, adjoint_b=True)
            d_input = d_input + g.matmul(g.matmul(u, s_inverse), outer)
        if is_tall:
            d_input = g.matrix_transpose(d_input)
        d_input.set_shape(shape)
        return {"input": d_input}
