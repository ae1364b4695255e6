"""tf.transpose, tf.pad, tf.space_to_batch ... (nodes: tests/oracle/programs/array_manipulation.py)."""

import numpy as np
import pytest

from perdure import tf

MATRIX = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_transposes():
    """Known and unknown ranks, and conjugates."""
    x = tf.placeholder(tf.complex64, None)
    value = (MATRIX + 1j).astype(np.complex64)
    found = run([tf.transpose(x), tf.matrix_transpose(x), tf.transpose(x, conjugate=True)], {x: value})
    for one in found[:2]:
        np.testing.assert_array_equal(one, value.T)
    np.testing.assert_array_equal(found[2], value.T.conj())
    with pytest.raises(ValueError, match="should be a .batch. matrix, with rank >= 2"):
        tf.matrix_transpose(tf.zeros([3]))
    with pytest.raises(ValueError, match="perm dim 2 is out of range of input rank 2"):
        tf.transpose(MATRIX, [0, 2])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"1 is missing from \{0,0\}"):
        run(tf.transpose(MATRIX, [0, 0]))


def test_paddings():
    """The three modes, in any case of letters."""
    x = tf.constant(MATRIX)
    widths = [[1, 0], [1, 2]]
    found = run(
        [
            tf.pad(x, widths, constant_values=7),
            tf.pad(x, widths, "Reflect"),
            tf.pad(x, widths, mode="SYMMETRIC"),
        ]
    )
    np.testing.assert_array_equal(found[0], np.pad(MATRIX, widths, constant_values=7))
    np.testing.assert_array_equal(found[1], np.pad(MATRIX, widths, "reflect"))
    np.testing.assert_array_equal(found[2], np.pad(MATRIX, widths, "symmetric"))
    with pytest.raises(ValueError, match="Unknown padding mode: EDGE"):
        tf.pad(x, widths, "edge")
    with pytest.raises(ValueError, match="Paddings must be non-negative"):
        tf.pad(x, [[0, -1], [0, 0]])


def test_static_shape_of_a_padding():
    """Partly known paddings give a partly known shape."""
    n = tf.placeholder(tf.int32, [])
    padded = tf.pad(tf.placeholder(tf.float32, [None, 3]), tf.stack([[1, 1], [n, 1]]))
    assert padded.shape.ndims == 2


def test_broadcast_shapes():
    """The static and the dynamic shape that two shapes go to."""
    assert tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3])) == [2, 3]
    assert run(tf.broadcast_dynamic_shape([2, 1], [3])).tolist() == [2, 3]
    with pytest.raises(ValueError, match="Incompatible shapes for broadcasting: .*2.* and .*3"):
        tf.broadcast_static_shape(tf.TensorShape([2]), tf.TensorShape([3]))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Incompatible shapes: \[2\] vs. \[3\]"):
        x = tf.placeholder(tf.int32, [1])
        run(tf.broadcast_dynamic_shape(x, [3]), {x: [2]})


def test_reversals():
    """Along axes, and of the beginning of each sequence."""
    found = run([tf.reverse(MATRIX, [1]), tf.reverse_sequence(MATRIX, [2, 3], seq_axis=1, batch_axis=0)])
    assert found[0].tolist() == [[2, 1, 0], [5, 4, 3]] and found[1].tolist() == [[1, 0, 2], [5, 4, 3]]
    with pytest.raises(ValueError, match="Cannot specify both 'seq_dim' and 'seq_axis'"):
        tf.reverse_sequence(MATRIX, [1, 1], seq_axis=1, seq_dim=1)
    with pytest.raises(ValueError, match="seq_dim must be < input rank: 2 vs. 2"):
        tf.reverse_sequence(MATRIX, [1, 1], seq_axis=2)
    with pytest.raises(ValueError, match="axis 0 specified more than once"):
        tf.reverse(MATRIX, [0, -2])


def test_space_to_batch_and_back():
    """Blocks go into the batch and come back; the paddings that are needed are computed."""
    image = tf.constant(np.arange(15, dtype=np.float32).reshape(1, 3, 5, 1))
    paddings, crops = tf.required_space_to_batch_paddings([3, 5], [2, 2])
    assert run(paddings).tolist() == [[0, 1], [0, 1]] and run(crops).tolist() == [[0, 1], [0, 1]]
    there = tf.space_to_batch(image, paddings, 2)
    assert there.shape == [4, 2, 3, 1]
    back = tf.batch_to_space(there, crops, block_size=2)
    np.testing.assert_array_equal(*run([back, image]))
    with pytest.raises(ValueError, match="Cannot specify both 'block_size' and 'block_shape'"):
        tf.space_to_batch(image, paddings, 2, block_shape=2)
    with pytest.raises(ValueError, match="evenly divisible by 2 but is 3"):
        tf.space_to_depth(image, 2)


def test_depth_to_space_in_both_formats():
    """NCHW is NHWC transposed."""
    value = np.arange(48, dtype=np.float32).reshape(2, 2, 3, 4)
    last, first = run(
        [tf.depth_to_space(value, 2), tf.depth_to_space(value.transpose(0, 3, 1, 2), 2, data_format="NCHW")]
    )
    np.testing.assert_array_equal(last, first.transpose(0, 2, 3, 1))
    np.testing.assert_array_equal(run(tf.space_to_depth(last, 2)), value)


def test_patches():
    """The older name of the sizes is taken, but not both."""
    image = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    ones = [1, 1, 1, 1]
    patches = tf.extract_image_patches(
        image, ksizes=[1, 2, 2, 1], strides=[1, 2, 2, 1], rates=ones, padding="VALID"
    )
    assert run(patches)[0, 0, 1].tolist() == [2, 3, 6, 7]
    with pytest.raises(ValueError, match="Cannot specify both 'ksizes' and 'sizes'"):
        tf.extract_image_patches(image, ones, ones, ones, "VALID", sizes=ones)
