"""tf.matrix_solve, tf.qr, tf.svd ... (nodes: tests/oracle/programs/linear_algebra.py)."""

import numpy as np
import pytest

from perdure import tf

RANDOM = np.random.RandomState(0)
MATRIX = RANDOM.randn(4, 3).astype(np.float32)
DEFINITE = (MATRIX.T @ MATRIX + np.eye(3)).astype(np.float32)
RHS = RANDOM.randn(3, 2).astype(np.float32)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_factors_multiply_back():
    """Each factorization gives the matrix back."""
    x = tf.constant(MATRIX)
    s, u, v = tf.svd(x)
    values, vectors = tf.self_adjoint_eig(DEFINITE)
    factor, (q, r) = tf.cholesky(DEFINITE), tf.qr(x)
    back = run(
        [
            u @ tf.diag(s) @ tf.linalg.adjoint(v),
            q @ r,
            vectors @ tf.diag(values) @ tf.transpose(vectors),
            factor @ tf.transpose(factor),
        ]
    )
    for one, expected in zip(back, [MATRIX, MATRIX, DEFINITE, DEFINITE], strict=True):
        np.testing.assert_allclose(one, expected, rtol=1e-4, atol=1e-5)


def test_values_alone():
    """Singular values and eigenvalues without vectors, and their gradients."""
    x, y = tf.constant(MATRIX), tf.constant(DEFINITE)
    values = [tf.svd(x, compute_uv=False), tf.self_adjoint_eigvals(y)]
    found = run(values + tf.gradients(values, [x, y]))
    np.testing.assert_allclose(found[0], np.linalg.svd(MATRIX, compute_uv=False), rtol=1e-4)
    np.testing.assert_allclose(found[1], np.linalg.eigvalsh(DEFINITE), rtol=1e-4)
    # The sum of the eigenvalues is the trace, whose gradient is the identity.
    np.testing.assert_allclose(found[3], np.eye(3), atol=1e-4)
    # The sum of the singular values has the gradient u @ v^H.
    u, _, v = np.linalg.svd(MATRIX, full_matrices=False)
    np.testing.assert_allclose(found[2], u @ v, rtol=1e-3, atol=1e-4)


def test_solutions():
    """The solvers agree with NumPy's."""
    expected = np.linalg.solve(DEFINITE, RHS)
    for x in run(
        [
            tf.matrix_solve(DEFINITE, RHS),
            tf.matmul(tf.matrix_inverse(DEFINITE), RHS),
            tf.cholesky_solve(tf.cholesky(DEFINITE), RHS),
        ]
    ):
        np.testing.assert_allclose(x, expected, rtol=1e-3, atol=1e-4)
    x = run(tf.matrix_solve_ls(MATRIX, np.ones([4, 1], np.float32)))
    np.testing.assert_allclose(x, np.linalg.lstsq(MATRIX, np.ones([4, 1]))[0], rtol=1e-3, atol=1e-4)


def test_determinants():
    """The determinant, its logarithm and its sign."""
    found = run([tf.matrix_determinant(DEFINITE), tf.linalg.logdet(DEFINITE), *tf.linalg.slogdet(-DEFINITE)])
    expected = np.linalg.det(DEFINITE)
    np.testing.assert_allclose(found, [expected, np.log(expected), -1, np.log(expected)], rtol=1e-4)


def test_refusals():
    """Matrices that cannot be factorized, or do not fit."""
    ones = np.ones([2, 2], np.float32)
    for make, words in (
        (lambda: tf.cholesky(-ones), "Cholesky decomposition was not successful"),
        (lambda: tf.matrix_inverse(ones), "Input is not invertible"),
        (lambda: tf.matrix_solve(ones, ones), "Input matrix is not invertible"),
        (lambda: tf.matrix_triangular_solve(ones * 0, ones), "matrix is not invertible"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            run(make())
    with pytest.raises(ValueError, match="must be equal, but are 4 and 3"):
        tf.cholesky(MATRIX)
    loose = tf.placeholder(tf.float32, None)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"must be square: \[4,3\]"):
        run(tf.matrix_inverse(loose), {loose: MATRIX})
    with pytest.raises(tf.errors.InvalidArgumentError, match="must have rank >= 2, got 1"):
        run(tf.matrix_inverse(loose), {loose: MATRIX[0]})
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"incompatible: \[3,3\] vs. \[4,3\]"):
        run(tf.matrix_solve(loose, MATRIX), {loose: DEFINITE})


def test_refused_least_squares():
    """What tf.matrix_solve_ls does not support is named."""
    with pytest.raises(NotImplementedError, match="fast=False is not supported"):
        tf.matrix_solve_ls(MATRIX, MATRIX, fast=False)
    with pytest.raises(NotImplementedError, match="last two sizes of matrix must be known"):
        tf.matrix_solve_ls(tf.placeholder(tf.float32), MATRIX)
    with pytest.raises(NotImplementedError, match="disabled for complex128"):
        tf.matrix_solve_ls(MATRIX.astype(np.complex128), MATRIX, 1.0)


def test_refused_gradients():
    """Gradients that TensorFlow does not have either."""
    loose = tf.placeholder(tf.float32, None)
    with pytest.raises(NotImplementedError, match="QrGrad not implemented with dynamic shapes"):
        tf.gradients(tf.qr(loose)[0], loose)
    with pytest.raises(NotImplementedError, match="QrGrad not implemented when ncols > nrows"):
        x = tf.constant(MATRIX.T)
        tf.gradients(tf.qr(x)[0], x)
    with pytest.raises(NotImplementedError, match="QrGrad not implemented for dtype"):
        x = tf.constant(MATRIX.astype(np.complex64))
        q = tf.qr(x)[0]
        tf.gradients(q, x, grad_ys=q)
    with pytest.raises(NotImplementedError, match="complex types and compute_uv=True"):
        u = tf.svd(x)[1]
        tf.gradients(u, x, grad_ys=u)
    with pytest.raises(NotImplementedError, match="unknown inner matrix shape"):
        x = tf.placeholder(tf.float32, [None, None])
        tf.gradients(tf.svd(x)[1], x)
    with pytest.raises(NotImplementedError, match=r"abs\(m - n\) > 1 when full_matrices"):
        x = tf.zeros([2, 4])
        tf.gradients(tf.svd(x, full_matrices=True)[1], x)
