"""Factorizations with JAX: see `linalg_numpy`."""

import jax.numpy as jnp
from jax import lax


def cholesky(matrix):
    """The lower factor of a positive definite matrix, of which the lower triangle is read."""
    return lax.linalg.cholesky(matrix, symmetrize_input=False)


def inverse(matrix):
    """The inverse of a square matrix."""
    return jnp.linalg.inv(matrix)


def solve(matrix, rhs):
    """x with matrix @ x = rhs, for a square matrix."""
    return jnp.linalg.solve(matrix, rhs)


def solve_triangular(matrix, rhs, lower):
    """x with matrix @ x = rhs, reading one triangle of the matrix."""
    return lax.linalg.triangular_solve(matrix, rhs, left_side=True, lower=lower)


def eigh(matrix):
    """Eigenvalues, ascending, and eigenvectors of a matrix of which the lower triangle is read."""
    return jnp.linalg.eigh(matrix, UPLO="L", symmetrize_input=False)


def eigvalsh(matrix):
    """The eigenvalues alone."""
    return eigh(matrix)[0]


def qr(matrix, full):
    """Q and R; Q square when `full`."""
    return jnp.linalg.qr(matrix, mode="complete" if full else "reduced")


def svd(matrix, full):
    """U, the singular values and V transposed (conjugated)."""
    return jnp.linalg.svd(matrix, full_matrices=full)


def singular_values(matrix):
    """The singular values alone, descending."""
    return jnp.linalg.svd(matrix, compute_uv=False)


def determinant(matrix):
    """The determinant."""
    return jnp.linalg.det(matrix)


def log_determinant(matrix):
    """The sign of the determinant and the logarithm of its magnitude."""
    return jnp.linalg.slogdet(matrix)
