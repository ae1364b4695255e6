"""tf.concat, tf.stack, tf.split ... (nodes: tests/oracle/programs/array_manipulation.py)."""

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


def test_stack_and_unstack():
    """They undo each other along any axis."""
    x = tf.placeholder(tf.float32, [None, 2])
    parts = tf.unstack(x, axis=1)
    value = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.testing.assert_array_equal(run(tf.stack(parts, axis=-1), {x: value}), value)
    assert tf.stack([1, 2]).op.type == "Const"
    with pytest.raises(ValueError, match=r"axis = 2 not in \[-2, 2\)"):
        tf.stack([x[0], x[1]], axis=2)
    with pytest.raises(ValueError, match=r"axis = 2 not in \[-2, 2\)"):
        tf.unstack(x, axis=2)
    with pytest.raises(ValueError, match="Cannot infer num from shape"):
        tf.unstack(x)


def test_stack_of_unequal_shapes():
    """The shapes are named."""
    with pytest.raises(ValueError, match=r"Shapes are \[2\] and \[3\]"):
        tf.stack([tf.zeros([2]), tf.zeros([3])])


def test_concat():
    """A single tensor is passed through; the axis must be a scalar within the rank."""
    x = tf.zeros([2, 3])
    assert tf.concat([x], 0).op.type == "Identity"
    with pytest.raises(ValueError, match="must be at least rank 3 but is rank 2"):
        tf.concat([x, x], 2)
    with pytest.raises(ValueError, match=r"Shapes are \[3\] and \[4\]"):
        tf.concat([x, tf.zeros([2, 4])], 0)
    with pytest.raises(ValueError, match="Can't concatenate scalars"):
        tf.concat([tf.constant(1), tf.constant(2)], 0)
    axis = tf.placeholder(tf.int32, [])
    assert run(tf.concat([x, x], axis), {axis: 1}).shape == (2, 6)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"in the range \[-2, 2\), but got 3"):
        run(tf.concat([x, x], axis), {axis: 3})


def test_split():
    """Into equal pieces, or by sizes of which one may be the rest."""
    x = tf.constant(np.arange(12).reshape(2, 6))
    assert [part.shape.as_list() for part in tf.split(x, 3, axis=1)] == [[2, 2]] * 3
    assert [part.tolist() for part in run(tf.split(x, [1, -1], 1))][0] == [[0], [6]]
    sizes = tf.placeholder(tf.int32, [None])
    assert [part.shape for part in run(tf.split(x, sizes, 1, num=2), {sizes: [4, 2]})] == [(2, 4), (2, 2)]
    with pytest.raises(ValueError, match="Cannot infer num from shape"):
        tf.split(x, sizes)
    with pytest.raises(ValueError, match="Rank-0 tensors are not supported"):
        tf.split(x, tf.constant(2))
    with pytest.raises(ValueError, match="evenly divisible by 4 but is 6"):
        tf.split(x, 4, 1)
    with pytest.raises(ValueError, match=r"can't split axis of size 6 into pieces of size \[4,4\]"):
        tf.split(x, [4, 4], 1)


def test_meshgrid():
    """NumPy's grids, in both orders."""
    for indexing in ("xy", "ij"):
        found = run(tf.meshgrid([1, 2, 3], [4, 5], indexing=indexing))
        for one, expected in zip(found, np.meshgrid([1, 2, 3], [4, 5], indexing=indexing), strict=True):
            np.testing.assert_array_equal(one, expected)
    with pytest.raises(ValueError, match="must be either 'xy' or 'ij'"):
        tf.meshgrid([1], indexing="yx")
    with pytest.raises(TypeError, match="'sparse' is an invalid keyword argument"):
        tf.meshgrid([1], sparse=True)


def test_parallel_stack():
    """Like stack, of shapes that are known."""
    assert run(tf.parallel_stack([tf.constant([1, 2]), tf.constant([3, 4])])).tolist() == [[1, 2], [3, 4]]
    with pytest.raises(ValueError, match="fully defined"):
        tf.parallel_stack([tf.placeholder(tf.float32, [None])])
