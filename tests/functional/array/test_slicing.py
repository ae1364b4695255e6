"""tensor[...], tf.slice, tf.strided_slice (nodes: tests/oracle/programs/slicing.py)."""

import sys

import numpy as np
import pytest

from perdure import tf

CUBE = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


@pytest.mark.parametrize(
    "where",
    [
        np.s_[0],
        np.s_[-1, 1:],
        np.s_[..., 0],
        np.s_[:, None, ::2],
        np.s_[::-1, 2:0:-1],
        np.s_[1, 2, 3],
        np.s_[:, 5:],
        np.s_[0 : sys.maxsize],
        np.s_[()],
        np.s_[None, ..., None, 1],
        np.s_[:, -9:9:2, -1:-9:-1],
    ],
    ids=str,
)
def test_as_numpy(where):
    """tensor[...] is array[...], for known and unknown shapes."""
    x = tf.placeholder(tf.float32, None)
    known = tf.constant(CUBE)[where]
    found = run([known, x[where]], {x: CUBE})
    np.testing.assert_array_equal(found[0], CUBE[where])
    np.testing.assert_array_equal(found[1], CUBE[where])
    assert tuple(known.shape.as_list()) == CUBE[where].shape


def test_tensors_as_indices():
    """Scalar integer tensors may stand wherever an integer may."""
    x, i = tf.constant(CUBE), tf.placeholder(tf.int32, [])
    j = tf.placeholder(tf.int64, [])
    found = run([x[i], x[:, i:], x[j, 1], x[..., :: i + 1]], {i: 1, j: 0})
    for one, expected in zip(found, [CUBE[1], CUBE[:, 1:], CUBE[0, 1], CUBE[..., ::2]], strict=True):
        np.testing.assert_array_equal(one, expected)


def test_masks():
    """A boolean mask, as a tensor or an array, selects what is true."""
    x = tf.constant(CUBE)
    np.testing.assert_array_equal(run(x[x > 5]), CUBE[CUBE > 5])
    np.testing.assert_array_equal(run(x[np.array([True, False])]), CUBE[[0]])


def test_refused_indices():
    """Anything else is no index."""
    x = tf.constant(CUBE)
    for index in (1.0, "a", [0, 1.5], tf.constant(1.0), np.array([0, 1])):
        with pytest.raises(TypeError, match="Only integers, slices .* are valid indices"):
            x[index]
    with pytest.raises(ValueError, match="slice index 2 of dimension 0 out of bounds"):
        x[2]
    with pytest.raises(ValueError, match="Index out of range using input dim 3; input has only 3 dims"):
        x[0, 0, 0, 0]
    with pytest.raises(ValueError, match=r"strides\[1\] must be non-zero"):
        x[:, ::0]
    with pytest.raises(ValueError, match="Multiple ellipses in slice spec not allowed"):
        x[..., 0, ...]


def test_out_of_bounds_at_run_time():
    """An index that is known only when it runs is checked then."""
    x = tf.placeholder(tf.float32, None)
    with pytest.raises(tf.errors.InvalidArgumentError, match="slice index 5 of dimension 0 out of bounds"):
        run(x[5], {x: [1.0, 2.0]})


def test_slice():
    """A block by begin and size, -1 being the rest."""
    x = tf.placeholder(tf.float32, [2, 3, 4])
    begin = tf.placeholder(tf.int32, [3])
    block = tf.slice(x, [0, 1, 2], [-1, 2, 1])
    assert block.shape == [2, 2, 1]
    np.testing.assert_array_equal(run(block, {x: CUBE}), CUBE[:, 1:3, 2:3])
    np.testing.assert_array_equal(
        run(tf.slice(x, begin, [1, -1, 2]), {x: CUBE, begin: [1, 1, 1]}), CUBE[1:, 1:, 1:3]
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected size\[1\] in \[0, 1\], but got 2"):
        run(tf.slice(x, begin, [1, 2, 1]), {x: CUBE, begin: [0, 2, 0]})
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected begin\[0\] in \[0, 2\], but got -1"):
        run(tf.slice(x, begin, [1, 2, 1]), {x: CUBE, begin: [-1, 2, 0]})
    with pytest.raises(ValueError, match="Invalid value in tensor used for shape: -2"):
        tf.slice(x, [0, 0, 0], [-2, 1, 1])


def test_assign_to_slices():
    """Both kinds of variables take values at slices; plain tensors do not."""
    for use_resource in (False, True):
        v = tf.get_variable(
            f"v{use_resource}", initializer=np.zeros([3, 2], np.float32), use_resource=use_resource
        )
        write = v[1:, 0].assign([5.0, 6.0])
        with tf.Session() as session:
            session.run(v.initializer)
            session.run(write)
            assert session.run(v).tolist() == [[0, 0], [5, 0], [6, 0]]
    with pytest.raises(ValueError, match="Sliced assignment is only supported for variables"):
        tf.constant(CUBE)[0].assign(1.0)


def test_assign_does_not_broadcast():
    """The value must have the shape of the slice, as in TensorFlow."""
    v = tf.Variable(tf.zeros([3]))
    with (
        tf.Session() as session,
        pytest.raises(
            tf.errors.UnimplementedError, match=r"l-value shape \[2\] does not match r-value shape \[\]"
        ),
    ):
        session.run(v.initializer)
        session.run(v[1:].assign(1.0))
