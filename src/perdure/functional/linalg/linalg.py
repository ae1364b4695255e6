"""tf.cholesky, tf.matrix_solve, tf.qr, tf.svd and their like."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import shape
from perdure.functional.array.rearranging import matrix_transpose
from perdure.functional.linalg.matrix import eye, matrix_diag_part
from perdure.functional.math.complex import real
from perdure.functional.math.products import matmul
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.plain import function_of
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

cholesky = function_of(
    "Cholesky",
    "cholesky",
    "input",
    says="The lower triangular factors of positive definite matrices (..., n, n).",
)
matrix_determinant = function_of(
    "MatrixDeterminant", "matrix_determinant", "input", says="Determinants of matrices (..., n, n)."
)
slogdet = function_of(
    "LogMatrixDeterminant",
    "slogdet",
    "input",
    says="Signs, and logarithms of the magnitudes, of the determinants of matrices (..., n, n).",
)


def matrix_inverse(input: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Inverses of matrices.

    Args:
        input: (..., n, n).
        adjoint: whether to invert the adjoints instead.
        name: the name of the node.
    """
    return g.matrix_inverse(input, adjoint=adjoint, name=name)


def matrix_solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """x with matrix @ x = rhs.

    Args:
        matrix: (..., n, n).
        rhs: (..., n, k).
        adjoint: whether to solve with the adjoint of the matrix.
        name: the name of the node.
    """
    return g.matrix_solve(matrix, rhs, adjoint=adjoint, name=name)


def matrix_triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """x with matrix @ x = rhs, for triangular matrices.

    Args:
        matrix: (..., n, n), of which one triangle is read.
        rhs: (..., n, k).
        lower: whether that is the lower one.
        adjoint: whether to solve with the adjoint of the matrix.
        name: the name of the node.
    """
    return g.matrix_triangular_solve(matrix, rhs, lower=lower, adjoint=adjoint, name=name)


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """x with A @ x = rhs, given the Cholesky factor of A.

    Args:
        chol: (..., n, n), lower triangular.
        rhs: (..., n, k).
        name: a scope for the nodes.
    """
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        y = g.matrix_triangular_solve(chol, rhs, adjoint=False, lower=True)
        return g.matrix_triangular_solve(chol, y, adjoint=True, lower=True)


def matrix_solve_ls(
    matrix: Any, rhs: Any, l2_regularizer: Any = 0.0, fast: bool = True, name: str | None = None
) -> Tensor:
    """x that brings matrix @ x closest to rhs, by the normal equations.

    Args:
        matrix: (..., m, n), m and n known.
        rhs: (..., m, k).
        l2_regularizer: how much the squared norm of x counts.
        fast: must be True: the slower, more accurate way is not supported.
        name: a scope for the nodes.

    Raises:
        NotImplementedError: `fast` is False, m or n is not known, or the matrix is complex128 and
            regularized.
    """
    matrix = convert_to_tensor(matrix, name="matrix")
    if not fast:
        raise NotImplementedError("tf.matrix_solve_ls: fast=False is not supported")
    if matrix.dtype == dtypes.complex128 and l2_regularizer != 0:
        raise NotImplementedError(
            "matrix_solve_ls is currently disabled for complex128 and "
            "l2_regularizer != 0 due to poor accuracy."
        )
    sizes = matrix.get_shape()[-2:]
    if not sizes.is_fully_defined():
        raise NotImplementedError(
            "tf.matrix_solve_ls: the last two sizes of matrix must be known, but "
            f"it has shape {matrix.get_shape()}"
        )
    with name_scope(name, "matrix_solve_ls", [matrix, rhs, l2_regularizer]):
        is_tall = sizes[0] >= sizes[1]
        factor = _gramian_cholesky(matrix, l2_regularizer, is_tall)
        if is_tall:
            return cholesky_solve(factor, matmul(matrix, rhs, adjoint_a=True))
        return matmul(matrix, cholesky_solve(factor, rhs), adjoint_a=True)


def _gramian_cholesky(matrix: Tensor, l2_regularizer: Any, of_columns: bool) -> Tensor:
    """The Cholesky factor of matrix^H matrix (or matrix matrix^H), regularized."""
    gramian = matmul(matrix, matrix, adjoint_a=of_columns, adjoint_b=not of_columns)
    if isinstance(l2_regularizer, Tensor) or l2_regularizer != 0:
        sizes = shape(matrix)
        batch = sizes[:-2]
        side = sizes[-1] if of_columns else sizes[-2]
        identity = eye(side, batch_shape=batch, dtype=matrix.dtype)
        known = matrix.shape[-1 if of_columns else -2]
        identity.set_shape(matrix.shape[:-2].concatenate([known, known]))
        gramian += l2_regularizer * identity
    return g.cholesky(gramian)


def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """Matrices transposed and conjugated.

    Args:
        matrix: (..., m, n).
        name: a scope for the nodes.
    """
    with name_scope(name, "adjoint", [matrix]):
        return matrix_transpose(convert_to_tensor(matrix, name="matrix"), conjugate=True)


def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """Logarithms of the determinants of positive definite matrices.

    Args:
        matrix: (..., n, n).
        name: a scope for the nodes.
    """
    with name_scope(name, "logdet", [matrix]):
        factor = g.cholesky(matrix)
        return 2.0 * reduce_sum(g.log(real(matrix_diag_part(factor))), axis=[-1])


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    """Orthogonal and upper triangular factors of matrices.

    Args:
        input: (..., m, n).
        full_matrices: whether q is square.
        name: the name of the node.

    Returns:
        A named tuple (q, r).
    """
    return g.qr(input, full_matrices=full_matrices, name=name)


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Singular value decompositions of matrices: tensor = u @ diag(s) @ adjoint(v).

    Args:
        tensor: (..., m, n).
        full_matrices: whether u and v are square.
        compute_uv: whether u and v are wanted.
        name: the name of the node.

    Returns:
        (s, u, v), s descending; only s without `compute_uv`.
    """
    s, u, v = g.svd(tensor, compute_uv=compute_uv, full_matrices=full_matrices, name=name)
    return (real(s), u, v) if compute_uv else real(s)


def self_adjoint_eig(tensor: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Eigenvalues, ascending, and eigenvectors of self-adjoint matrices.

    Args:
        tensor: (..., n, n), of which the lower triangle is read.
        name: the name of the node.
    """
    values, vectors = g.self_adjoint_eig_v2(tensor, compute_v=True, name=name)
    return values, vectors


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """Eigenvalues, ascending, of self-adjoint matrices.

    Args:
        tensor: (..., n, n), of which the lower triangle is read.
        name: the name of the node.
    """
    values, _ = g.self_adjoint_eig_v2(tensor, compute_v=False, name=name)
    return values
