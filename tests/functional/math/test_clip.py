"""Clipping by value and by norms (nodes: tests/oracle/programs/clip_and_embedding.py)."""

import numpy as np
import pytest

from perdure import tf

MATRIX = np.array([[3.0, 4.0], [0.0, 0.0], [0.3, 0.4]], np.float32)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches):
    with tf.Session() as session:
        return session.run(fetches)


def slices_of(values):
    return tf.IndexedSlices(tf.constant(values), tf.constant([4, 0, 2]), tf.constant([7, 2]))


def test_by_norm():
    """A larger norm is scaled to the limit, a smaller one stays; over all or over some axes."""
    norm = np.linalg.norm(MATRIX)
    np.testing.assert_allclose(run(tf.clip_by_norm(MATRIX, 1.0)), MATRIX / norm, rtol=1e-6)
    np.testing.assert_allclose(run(tf.clip_by_norm(MATRIX, 9.0)), MATRIX, rtol=1e-6)
    expected = [[0.6, 0.8], [0.0, 0.0], [0.3, 0.4]]
    np.testing.assert_allclose(run(tf.clip_by_norm(MATRIX, 1.0, axes=[1])), expected, rtol=1e-6)


def test_gradient_at_zero():
    """The norm of zero has a gradient without NaN."""
    zero = tf.constant([0.0, 0.0])
    (gradient,) = tf.gradients(tf.clip_by_norm(zero, 2.0), zero)
    np.testing.assert_allclose(run(gradient), [1.0, 1.0])


def test_slices():
    """IndexedSlices keep their indices and shape."""
    for clipped in (
        tf.clip_by_norm(slices_of(MATRIX), 1.0),
        tf.clip_by_global_norm([slices_of(MATRIX)], 1.0)[0][0],
    ):
        value = run(clipped)
        assert value.indices.tolist() == [4, 0, 2]
        assert value.dense_shape.tolist() == [7, 2]
        expected = MATRIX / np.linalg.norm(MATRIX)
        np.testing.assert_allclose(value.values, expected, rtol=1e-6)


def test_global_norm():
    """The norm of all tensors together; None counts as nothing."""
    norm = run(tf.global_norm([tf.constant([3.0]), None, slices_of(4 * np.eye(3, 2, dtype="f4"))]))
    np.testing.assert_allclose(norm, np.sqrt(9 + 32), rtol=1e-6)


def test_by_global_norm():
    """All tensors are scaled alike, and the norm before clipping is returned."""
    clipped, norm = tf.clip_by_global_norm([tf.constant([3.0]), None, tf.constant([4.0])], 2.5)
    assert clipped[1] is None
    first, last, norm = run([clipped[0], clipped[2], norm])
    np.testing.assert_allclose([first[0], last[0], norm], [1.5, 2.0, 5.0], rtol=1e-6)
    unchanged, _ = tf.clip_by_global_norm([tf.constant([3.0])], 5.0)
    np.testing.assert_allclose(run(unchanged[0]), [3.0])


def test_infinite_norm():
    """With an infinite norm everything becomes NaN, so that the fault is seen."""
    clipped, norm = tf.clip_by_global_norm([tf.constant([np.inf]), tf.constant([1.0])], 1.0)
    values = run([*clipped, norm])
    assert np.isnan(values[:2]).all()
    assert np.isinf(values[2])


def test_given_norm():
    """A norm that is given is used and returned."""
    given = tf.constant(10.0)
    clipped, norm = tf.clip_by_global_norm((tf.constant([3.0]),), 1.0, use_norm=given)
    assert norm is given
    np.testing.assert_allclose(run(clipped[0]), [0.3], rtol=1e-6)


def test_by_average_norm():
    """TensorFlow 1.15's formula: t * limit * min(elements / norm, 1 / limit)."""
    value = np.array([30.0, 40.0], np.float32)
    expected = value * 0.02 * min(2 / 50.0, 1 / 0.02)
    np.testing.assert_allclose(run(tf.clip_by_average_norm(value, 0.02)), expected, rtol=1e-6)
    np.testing.assert_allclose(run(tf.clip_by_average_norm([0.3], 1.0)), [0.3], rtol=1e-6)


def test_by_value():
    """Limits apply to each element, also of IndexedSlices."""
    np.testing.assert_array_equal(run(tf.clip_by_value([1, 5, 9], 2, 6)), [2, 5, 6])
    clipped = run(tf.clip_by_value(slices_of(MATRIX), 0.0, 1.0))
    np.testing.assert_array_equal(clipped.values, np.clip(MATRIX, 0, 1))


@pytest.mark.parametrize("function", [tf.global_norm, lambda t: tf.clip_by_global_norm(t, 1.0)])
def test_not_a_list(function):
    """Anything but a list or tuple is refused."""
    with pytest.raises(TypeError, match="t_list should be a sequence"):
        function(tf.constant([1.0]))
    with pytest.raises(TypeError, match="t_list should be a sequence, but is a str"):
        function("t")


def test_limit_that_broadcasts():
    """A limit that would enlarge the tensor is refused."""
    with pytest.raises(ValueError, match="not compatible|must be"):
        tf.clip_by_norm(tf.constant([1.0, 2.0]), tf.ones([3, 2]))
