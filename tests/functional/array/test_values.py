"""tf.is_tensor and tf.make_ndarray."""

import numpy as np

from perdure import tf


def test_is_tensor():
    """As TensorFlow 1.15.5 answers."""
    with tf.Graph().as_default():
        slices = tf.IndexedSlices(tf.constant([1]), tf.constant([0]))
        sparse = tf.SparseTensor([[0]], [1], [1])
        for value in (tf.constant(1), tf.Variable(1), sparse, slices):
            assert tf.is_tensor(value)
    assert not tf.is_tensor(3)


def test_make_ndarray():
    """A proto and back."""
    array = np.arange(6, dtype=np.int16).reshape(2, 3)
    found = tf.make_ndarray(tf.make_tensor_proto(array))
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype
