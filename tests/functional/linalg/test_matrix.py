"""tf.eye, tf.matrix_diag ... (nodes: tests/oracle/programs/array_manipulation.py)."""

import numpy as np
import pytest

from perdure import tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_eye():
    """Square or not, batched, of sizes that are known or not."""
    n = tf.placeholder(tf.int32, [])
    found = run([tf.eye(2), tf.eye(2, 3), tf.eye(n, batch_shape=[2]), tf.eye(3, n, dtype=tf.int32)], {n: 2})
    np.testing.assert_array_equal(found[0], np.eye(2))
    np.testing.assert_array_equal(found[1], np.eye(2, 3))
    np.testing.assert_array_equal(found[2], [np.eye(2)] * 2)
    np.testing.assert_array_equal(found[3], np.eye(3, 2))
    with pytest.raises(TypeError, match="must be positive integer values"):
        tf.eye(2.0)


def test_other_diagonals_are_refused():
    """TensorFlow 1.15.5 ignores these arguments silently; perdure says so."""
    x = tf.zeros([2, 2])
    for call in (
        lambda: tf.matrix_diag(x, k=1),
        lambda: tf.matrix_diag_part(x, k=1),
        lambda: tf.matrix_set_diag(x, x[0], k=-1),
        lambda: tf.matrix_diag(x, num_rows=3),
        lambda: tf.matrix_diag_part(x, padding_value=2),
    ):
        with pytest.raises(NotImplementedError, match="TensorFlow 1.15.5 ignores other values"):
            call()


def test_refused_shapes():
    """Ranks and sizes that do not fit are refused while building."""
    with pytest.raises(ValueError, match="at least rank 2 but is rank 1"):
        tf.matrix_diag_part(tf.zeros([3]))
    with pytest.raises(ValueError, match="must have even and non-zero rank"):
        tf.diag_part(tf.zeros([3]))
    with pytest.raises(ValueError, match="must be equal, but are 3 and 2"):
        tf.matrix_set_diag(tf.zeros([3, 3]), [1.0, 2.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="less or equal to number of rows .3. got: 4"):
        run(tf.matrix_band_part(tf.zeros([3, 3]), 4, 0))
