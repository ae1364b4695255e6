"""Products of matrices and tensors (nodes: tests/oracle/programs/matmul.py)."""

import numpy as np
import pytest

from perdure import tf

RANDOM = np.random.RandomState(0)
A, B = RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(3, 4))
BATCH, DEEP = RANDOM.normal(size=(5, 2, 3)), RANDOM.normal(size=(6, 1, 3, 4))


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_matmul():
    """Matrices, transposes, adjoints and batches that broadcast."""
    np.testing.assert_allclose(run(tf.matmul(A, B)), A @ B)
    np.testing.assert_allclose(run(tf.constant(A) @ tf.constant(B)), A @ B)
    np.testing.assert_allclose(run(tf.matmul(A, A, transpose_a=True)), A.T @ A)
    z = A + 1j * A[::-1]
    np.testing.assert_allclose(run(tf.matmul(z, z, adjoint_b=True)), z @ z.conj().T)
    np.testing.assert_allclose(run(tf.matmul(BATCH, B)), BATCH @ B)
    np.testing.assert_allclose(run(tf.matmul(BATCH, DEEP)), BATCH @ DEEP)
    np.testing.assert_allclose(run(tf.matmul(BATCH, BATCH, transpose_b=True)), BATCH @ BATCH.swapaxes(1, 2))
    np.testing.assert_allclose(run(tf.linalg.matvec(A, B[:, 0])), A @ B[:, 0])
    np.testing.assert_allclose(run(tf.sparse_matmul(A.astype("f4"), B.astype("f4"))), A @ B, rtol=1e-5)
    np.testing.assert_allclose(run(tf.trace(BATCH)), np.trace(BATCH, axis1=1, axis2=2))


def test_bfloat16():
    """Two types can be multiplied by the sparse op alone; bfloat16 stays bfloat16."""
    a = tf.cast(A, tf.bfloat16)
    assert tf.matmul(a, a, transpose_b=True).dtype == tf.bfloat16
    mixed = tf.matmul(a, tf.constant(B, tf.float32))
    assert mixed.op.type == "SparseMatMul" and mixed.dtype == tf.float32
    sparse = tf.matmul(a, a, transpose_b=True, a_is_sparse=True)
    assert sparse.dtype == tf.bfloat16
    np.testing.assert_allclose(run(mixed), A @ B, rtol=0.1, atol=0.05)


def test_matmul_refuses():
    """Contradicting flags and sizes that do not fit."""
    for side in "ab":
        with pytest.raises(ValueError, match=f"Only one of transpose_{side} and adjoint_{side} can be True"):
            tf.matmul(A, B, **{f"transpose_{side}": True, f"adjoint_{side}": True})
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 2 for 'MatMul"):
        tf.matmul(A, A)
    anything = tf.placeholder(tf.float64)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"In\[0\] mismatch In\[1\] shape: 3 vs. 2"):
        run(tf.matmul(anything, anything), {anything: A})
    shaped = tf.placeholder(tf.float64, [None, None])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Matrix size-incompatible: In\[0\]: \[2,3\]"):
        run(tf.matmul(shaped, shaped), {shaped: A})


@pytest.mark.parametrize(
    ("a", "b", "axes"),
    [
        (A, B, 1),
        (A, B, 0),
        (BATCH, DEEP, [[2], [2]]),
        (A, B, [1, 0]),
        (BATCH, BATCH, [[0, -1], [0, 2]]),
        (BATCH, A, 2),
    ],
)
def test_tensordot(a, b, axes):
    """As numpy.tensordot, for static shapes, unknown sizes, unknown ranks and axes that are tensors."""
    numpy_axes = axes if isinstance(axes, int) else [np.atleast_1d(part).tolist() for part in axes]
    expected = np.tensordot(a, b, numpy_axes)
    np.testing.assert_allclose(run(tf.tensordot(a, b, axes)), expected)
    for shape in ([None] * a.ndim, None):
        fed = tf.placeholder(tf.float64, shape)
        np.testing.assert_allclose(run(tf.tensordot(fed, b, axes), {fed: a}), expected)
    if not isinstance(axes, int):
        np.testing.assert_allclose(run(tf.tensordot(a, b, tf.constant(numpy_axes))), expected)


def test_tensordot_refuses():
    """Axes that are no number or pair, or too many."""
    for axes, words in (
        (-1, "'axes' must be at least 0"),
        (3, "must not be larger than the number of dim"),
        ([1], "must be an integer or have length 2"),
        ([[0, 1], [0]], "Different number of contraction axes 'a' and 'b', 2 != 1"),
    ):
        with pytest.raises(ValueError, match=words):
            tf.tensordot(A, B, axes)


@pytest.mark.parametrize(
    "equation", ["ij,jk->ik", "ij,jk", "ij,jk->ki", "ij,jk->ijk", "ij,jk->", "ij,kl->ijkl", " ij, jk -> k"]
)
def test_einsum_of_two(equation):
    """As numpy.einsum."""
    np.testing.assert_allclose(
        run(tf.einsum(equation, tf.constant(A), tf.constant(B))), np.einsum(equation, A, B)
    )


@pytest.mark.parametrize(
    ("equation", "inputs"),
    [
        ("ij->ji", [A]),
        ("ij->", [A]),
        ("ij->i", [A]),
        ("ii", [A[:, :2]]),
        ("bij,bkj->bik", [BATCH, BATCH]),
        ("bij,bij->b", [BATCH, BATCH]),
        ("...ij,jk->...ik", [BATCH, B]),
        ("ij,...jk->...ik", [A, DEEP]),
        ("...j,...j", [BATCH, BATCH]),
        ("ij,jk,kl->il", [A, B, B.T]),
    ],
)
def test_einsum(equation, inputs):
    """Sums, transposes, batches, ellipses and three inputs, as numpy.einsum; also with unknown sizes."""
    expected = np.einsum(equation, *inputs)
    np.testing.assert_allclose(run(tf.einsum(equation, *map(tf.constant, inputs))), expected)
    fed = [tf.placeholder(tf.float64, [None] * array.ndim) for array in inputs]
    result = tf.einsum(equation, *fed)
    np.testing.assert_allclose(run(result, dict(zip(fed, inputs, strict=True))), expected)


@pytest.mark.parametrize(("equation", "inputs"), [("ij,ij,ij->i", [A, A, A]), ("ij,jk,jl->ikl", [A, B, B])])
def test_einsum_over_all_axes(equation, inputs):
    """A letter summed over more than two inputs needs the product over all axes."""
    result = tf.einsum(equation, *map(tf.constant, inputs))
    np.testing.assert_allclose(run(result), np.einsum(equation, *inputs))


@pytest.mark.parametrize(
    ("equation", "count", "words"),
    [
        ("ij,jk->i k!", 2, "Indices have incorrect format"),
        ("ij,jk->ik", 1, 'Got 1 arguments for equation "ij,jk->ik", expecting 2'),
        ("ii,jk->k", 2, "an axis appears more than once: ii"),
        ("ij,ij->iz", 2, "Invalid equation"),
        ("ijk,jk->i", 2, "of rank 2 does not match einsum reduction of length 3"),
        ("..i,ij->j", 2, 'period "." found outside of ellipsis'),
        ("...i...,ij->j", 2, "Excess number found"),
        ("...ijk,jk->i", 2, "Ellipses lengths do not match"),
    ],
)
def test_einsum_refuses(equation, count, words):
    """Malformed equations are named."""
    with pytest.raises(ValueError, match=words):
        tf.einsum(equation, *[tf.constant(A)] * count)


def test_einsum_refuses_keywords_and_unknown_ranks():
    """Only `name` may be given; an ellipsis needs a known rank."""
    with pytest.raises(TypeError, match="invalid keyword arguments for this function: dtype"):
        tf.einsum("ij->ji", tf.constant(A), dtype=tf.float32)
    with pytest.raises(ValueError, match="Unable to statically infer ellipsis axes"):
        tf.einsum("...i->i", tf.placeholder(tf.float32))
    with pytest.raises(ValueError, match="Dimension mismatch on axis: j"):
        tf.einsum("ij,ij,kj->i", tf.constant(A), tf.constant(A), tf.constant(A[:, :2]))
    with pytest.raises(ValueError, match="has incorrect number of dimensions"):
        tf.einsum("ij,ij,j->i", tf.constant(A), tf.constant(A), tf.constant(A))
