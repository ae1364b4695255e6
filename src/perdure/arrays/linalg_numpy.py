"""Factorizations with NumPy.  What cannot be factorized or inverted gives NaN, as with JAX.

`linalg_jax` has the same functions for the compiled tier.  Matrices are the last two axes.
"""

import numpy as np


def _or_nan(factorize, *arrays, shape, dtype):
    try:
        return factorize(*arrays)
    except np.linalg.LinAlgError:
        return np.full(shape, np.nan, dtype)


def cholesky(matrix):
    """The lower factor of a positive definite matrix, of which the lower triangle is read."""
    return _or_nan(np.linalg.cholesky, matrix, shape=matrix.shape, dtype=matrix.dtype)


def inverse(matrix):
    """The inverse of a square matrix."""
    return _or_nan(np.linalg.inv, matrix, shape=matrix.shape, dtype=matrix.dtype)


def solve(matrix, rhs):
    """x with matrix @ x = rhs, for a square matrix."""
    return _or_nan(np.linalg.solve, matrix, rhs, shape=rhs.shape, dtype=rhs.dtype)


def solve_triangular(matrix, rhs, lower):
    """x with matrix @ x = rhs, reading one triangle of the matrix."""
    # NumPy has no triangular solver; an LU decomposition of a triangle is exact but slower.
    return solve(np.tril(matrix) if lower else np.triu(matrix), rhs)


def eigh(matrix):
    """Eigenvalues, ascending, and eigenvectors of a matrix of which the lower triangle is read."""
    return np.linalg.eigh(matrix, UPLO="L")


def eigvalsh(matrix):
    """The eigenvalues alone."""
    return np.linalg.eigvalsh(matrix, UPLO="L")


def qr(matrix, full):
    """Q and R; Q square when `full`."""
    return np.linalg.qr(matrix, mode="complete" if full else "reduced")


def svd(matrix, full):
    """U, the singular values and V transposed (conjugated)."""
    return np.linalg.svd(matrix, full_matrices=full)


def singular_values(matrix):
    """The singular values alone, descending."""
    return np.linalg.svd(matrix, compute_uv=False)


def determinant(matrix):
    """The determinant."""
    return np.linalg.det(matrix)


def log_determinant(matrix):
    """The sign of the determinant and the logarithm of its magnitude."""
    return np.linalg.slogdet(matrix)
