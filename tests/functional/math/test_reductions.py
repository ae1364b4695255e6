"""Reductions, positions, running reductions, norms (nodes: tests/oracle/programs/reductions.py)."""

import numpy as np
import pytest

from perdure import tf

X = np.arange(24, dtype=np.float32).reshape(2, 3, 4) % 7 - 3


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min"])
@pytest.mark.parametrize("axis", [None, 1, [0, -1], [], 2])
def test_reduce(name, axis):
    """As NumPy, with and without keeping the axes."""
    numpy_axis = tuple(axis) if isinstance(axis, list) else axis
    for keepdims in (False, True):
        expected = getattr(np, name)(X, axis=numpy_axis, keepdims=keepdims)
        result = getattr(tf, "reduce_" + name)(X, axis, keepdims=keepdims)
        np.testing.assert_allclose(run(result), expected, rtol=1e-6)
        assert result.shape.as_list() == list(expected.shape)


def test_old_names_of_arguments():
    """`reduction_indices`, `keep_dims` and `dimension` still work, but not beside the new names."""
    assert tf.reduce_sum(X, reduction_indices=[1], keep_dims=True).shape.as_list() == [2, 1, 4]
    assert tf.argmax(X, dimension=1).shape.as_list() == [2, 4]
    assert run(tf.count_nonzero(input=X, reduction_indices=[1])).shape == (2, 4)
    with pytest.raises(ValueError, match="Cannot specify both 'reduction_indices' and 'axis'"):
        tf.reduce_sum(X, axis=0, reduction_indices=[1])
    with pytest.raises(ValueError, match="Cannot specify both 'keep_dims' and 'keepdims'"):
        tf.reduce_max(X, keepdims=True, keep_dims=True)
    with pytest.raises(ValueError, match="Cannot specify both 'dimension' and 'axis'"):
        tf.argmin(X, axis=0, dimension=1)


def test_axes_that_are_fed():
    """An axis can be a tensor; wrong ones are refused when they are known."""
    axes = tf.placeholder(tf.int32, [None])
    total = tf.reduce_sum(X, axes)
    np.testing.assert_allclose(run(total, {axes: [0, 2]}), X.sum((0, 2)))
    np.testing.assert_allclose(run(total, {axes: [1]}), X.sum(1))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Invalid reduction dimension \(3 for input"):
        run(total, {axes: [3]})
    with pytest.raises(ValueError, match="Invalid reduction dimension 3 for input with 3 dimensions"):
        tf.reduce_sum(X, 3)
    with pytest.raises(ValueError, match="Shape must be at most rank 1 but is rank 2"):
        tf.reduce_sum(X, [[0], [1]])


def test_all_axes_of_an_unknown_rank():
    """Everything is reduced, and the result is known to be a scalar."""
    anything = tf.placeholder(tf.float32)
    total = tf.reduce_sum(anything)
    assert total.shape.as_list() == []
    assert run(total, {anything: X}) == X.sum()


def test_truth():
    """reduce_all and reduce_any."""
    flags = np.array([[True, False], [True, True]])
    assert run([tf.reduce_all(flags, 1), tf.reduce_any(flags, 0), tf.reduce_all(flags)])[0].tolist() == [
        False,
        True,
    ]


def test_moments_and_logsumexp():
    """Variance, standard deviation, Euclidean norm; logsumexp does not overflow."""
    np.testing.assert_allclose(run(tf.math.reduce_variance(X, 1)), X.var(1), rtol=1e-5)
    np.testing.assert_allclose(run(tf.math.reduce_std(X)), X.std(), rtol=1e-5)
    np.testing.assert_allclose(run(tf.math.reduce_euclidean_norm(X, 2)), np.linalg.norm(X, axis=2), rtol=1e-6)
    np.testing.assert_allclose(run(tf.reduce_logsumexp([1000.0, 1000.0])), 1000 + np.log(2), rtol=1e-6)
    expected = np.log(np.exp(X).sum(1, keepdims=True))
    np.testing.assert_allclose(run(tf.reduce_logsumexp(X, 1, keepdims=True)), expected, rtol=1e-5)
    assert run(tf.reduce_logsumexp([-np.inf, -np.inf])) == -np.inf


def test_count_nonzero():
    """Numbers, booleans and strings are counted."""
    assert run(tf.count_nonzero(X)) == np.count_nonzero(X)
    assert run(tf.count_nonzero(X, 1, dtype=tf.int32)).dtype == np.int32
    assert run(tf.count_nonzero([True, False])) == 1
    assert run(tf.count_nonzero(["", "a", "b"])) == 2


def test_positions():
    """argmax and argmin of the first axis by default; the first of equal values."""
    assert run(tf.argmax([[1, 5], [3, 5]])).tolist() == [1, 0]
    assert run(tf.argmin(X, -1, output_type=tf.int32)).dtype == np.int32
    assert run(tf.arg_max([1, 3, 2], 0)) == 1 and run(tf.arg_min([1, 3, 0], 0)) == 2
    with pytest.raises(tf.errors.InvalidArgumentError, match="Reduction axis 0 is empty in shape"):
        run(tf.argmax(tf.zeros([0, 3])))
    with pytest.raises(ValueError, match="must be in the range"):
        tf.argmax(X, 3)
    with pytest.raises(ValueError, match="Dimension must be a scalar, not 1-D"):
        tf.argmax(X, [1])


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_running(exclusive, reverse):
    """Running sums, products and logsumexps from either side."""
    x = np.array([1.0, 2.0, 4.0])
    order = x[::-1] if reverse else x
    sums, products = np.cumsum(order), np.cumprod(order)
    if exclusive:
        sums, products = np.append(0, sums[:-1]), np.append(1, products[:-1])
    flip = slice(None, None, -1 if reverse else 1)
    options = {"exclusive": exclusive, "reverse": reverse}
    np.testing.assert_allclose(run(tf.cumsum(x, **options)), sums[flip])
    np.testing.assert_allclose(run(tf.cumprod(x, **options)), products[flip])
    logs = run(tf.math.cumulative_logsumexp(np.log(x), **options))
    with np.errstate(divide="ignore"):
        expected = np.maximum(np.log(sums[flip]), np.finfo(np.float64).min)
    np.testing.assert_allclose(logs, expected, atol=1e-12)


def test_running_axis():
    """The axis is checked when the op runs."""
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"scan axis in the range \[-3, 3\), but got 3"):
        run(tf.cumsum(X, 3))


@pytest.mark.parametrize(
    ("ord", "axis"),
    [
        ("euclidean", None),
        ("euclidean", 1),
        (1, 2),
        (np.inf, 0),
        (3, 1),
        ("fro", (0, 1)),
        (1, (1, 2)),
        (np.inf, (0, 2)),
    ],
)
def test_norm(ord, axis):
    """As numpy.linalg.norm."""
    numpy_ord = None if ord == "euclidean" else ord
    numpy_x = X.reshape(-1) if axis is None else X
    expected = np.linalg.norm(numpy_x, numpy_ord, axis)
    np.testing.assert_allclose(run(tf.norm(X, ord, axis)), expected, rtol=1e-5)
    if axis is not None:
        kept = run(tf.norm(X, ord, axis, keep_dims=True))
        assert kept.shape == np.sum(X, axis=axis, keepdims=True).shape


def test_largest_singular_value():
    """The 2-norm of the matrices on two axes."""
    np.testing.assert_allclose(run(tf.norm(X, 2, (0, 2))), np.linalg.norm(X, 2, (0, 2)), rtol=1e-5)


def test_norm_refuses():
    """Unknown norms and axes are named."""
    with pytest.raises(ValueError, match="'axis' must be None, an integer, or a tuple of 2 unique integers"):
        tf.norm(X, axis=(1, 1))
    with pytest.raises(ValueError, match="'axis' must be None, an integer, or a tuple of 2 unique integers"):
        tf.norm(X, axis=[0, 1, 2])
    with pytest.raises(ValueError, match="'ord' must be a supported matrix norm"):
        tf.norm(X, 3, (0, 1))
    with pytest.raises(ValueError, match="'ord' must be a supported vector norm, got fro"):
        tf.norm(X, "fro", 1)
    with pytest.raises(ValueError, match="'ord' must be a supported vector norm, got -1"):
        tf.norm(X, -1, 1)
    with pytest.raises(ValueError, match="the matrix 2-norm needs a tensor of known rank"):
        tf.norm(tf.placeholder(tf.float32), 2, (0, 1))


def test_gradients_of_ties_and_zeros():
    """Tied maxima share the gradient; the product's gradient is right at zeros."""
    x = tf.constant([2.0, 5.0, 5.0])
    assert run(tf.gradients(tf.reduce_max(x), x))[0].tolist() == [0.0, 0.5, 0.5]
    y = tf.constant([0.0, 3.0, 4.0])
    assert run(tf.gradients(tf.reduce_prod(y), y))[0].tolist() == [12.0, 0.0, 0.0]


def test_sparse_input_for_the_rank():
    """The number of axes of a sparse tensor is found without its values."""
    from perdure.functional.math.reductions import reduction_axes

    sparse = tf.SparseTensor([[0, 1]], [1.0], [2, 3])
    assert run(reduction_axes(sparse, None)).tolist() == [0, 1]
