"""tf.gather, tf.where, tf.one_hot ... (nodes: tests/oracle/programs/array_manipulation.py and others)."""

import numpy as np
import pytest

from perdure import tf

TABLE = np.arange(12, dtype=np.float32).reshape(4, 3)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def test_gather():
    """Rows, columns, and each batch entry's own."""
    found = run(
        [
            tf.gather(TABLE, [3, 0]),
            tf.gather(TABLE, [2], axis=1),
            tf.batch_gather(TABLE, [[0], [1], [2], [0]]),
        ]
    )
    np.testing.assert_array_equal(found[0], TABLE[[3, 0]])
    np.testing.assert_array_equal(found[1], TABLE[:, [2]])
    assert found[2].tolist() == [[0], [4], [8], [9]]


def test_gather_out_of_range():
    """The bad index, its place and the range are named."""
    ids = tf.placeholder(tf.int32, None)
    for params in (
        tf.constant(TABLE),
        tf.Variable(TABLE),
        tf.get_variable("r", initializer=TABLE, use_resource=True),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0,1\] = 4 is not in \[0, 4\)"):
            run(tf.gather(params, ids), {ids: [[0, 4]]})
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = \[0, -1\] does not index"):
            run(tf.gather_nd(params, ids), {ids: [[0, 1], [0, -1]]})


def test_gather_nd_of_batches():
    """Places within each batch entry."""
    cube = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    found = run(tf.gather_nd(cube, [[[2, 1]], [[0, 3]]], batch_dims=1))
    assert found.tolist() == [[cube[0, 2, 1]], [cube[1, 0, 3]]]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: tf.batch_gather(TABLE, tf.placeholder(tf.int32)), ValueError, "indices with unknown shape"),
        (lambda: tf.batch_gather(TABLE[0], [[0]]), ValueError, r"must be less than rank\(params\) = 1"),
        (lambda: tf.gather_nd(TABLE, [[0]], batch_dims=-1), ValueError, "does not allow negative batch_dims"),
        (lambda: tf.gather_nd(TABLE, [[0]], batch_dims=2), ValueError, r"less than rank\(indices\) = 2"),
        (lambda: tf.gather_nd(TABLE[0], [[0]], batch_dims=1), ValueError, r"less than rank\(params\) = 1"),
        (lambda: tf.gather_nd(TABLE, [[0, 0, 0]]), ValueError, r"indices.shape\[-1\] must be <= params.rank"),
        (lambda: tf.boolean_mask(TABLE, True), ValueError, "mask cannot be scalar"),
        (lambda: tf.boolean_mask(TABLE, tf.placeholder(tf.bool)), ValueError, "Number of mask dimensions"),
        (lambda: tf.boolean_mask(TABLE, [True]), ValueError, "not compatible|incompatible"),
        (lambda: tf.where([True], [1.0]), ValueError, "must both be non-None or both be None"),
        (lambda: tf.where_v2([True], y=[1.0]), ValueError, "must both be non-None or both be None"),
        (lambda: tf.one_hot([0], 3, 1.0, 0), TypeError, "of on_value does not match dtype .* of off_value"),
        (
            lambda: tf.one_hot([0], 3, 1.0, dtype=tf.int32),
            TypeError,
            "on_value does not match dtype parameter",
        ),
        (lambda: tf.one_hot([0], -1), ValueError, "depth must be non-negative"),
        (lambda: tf.one_hot([0], 2, axis=2), ValueError, "axis to be -1 or between 0 and 1"),
        (lambda: tf.one_hot([0], 2, axis=-2), ValueError, "axis must be >= -1"),
        (lambda: tf.sequence_mask([1], [2]), ValueError, "maxlen must be scalar"),
        (lambda: tf.searchsorted([1], [1], side="up"), ValueError, "side must be either 'right' or 'left'"),
        (lambda: tf.repeat(TABLE, 2, axis=1.0), TypeError, "axis must be an int; got float"),
        (lambda: tf.repeat(TABLE, 2.0, axis=0), TypeError, "repeats must be an integer tensor"),
        (lambda: tf.repeat(TABLE, 2, axis=2), ValueError, "axis=2 out of bounds: expected -2<=axis<2"),
        (lambda: tf.repeat(tf.placeholder(tf.int32), 2, axis=-1), ValueError, "axis may only be negative if"),
        (lambda: tf.scatter_nd([[0]], [1.0, 2.0], [3]), ValueError, "must be equal, but are 1 and 2"),
    ],
)
def test_refusals(make, error, words):
    """Wrong arguments are named while the graph is built."""
    with pytest.raises(error, match=words):
        make()


def test_choosing():
    """Where, boolean_mask and the broadcasting where_v2."""
    x = tf.placeholder(tf.float32, [None, 3])
    found = run(
        [
            tf.where(x > 9),
            tf.boolean_mask(x, x[:, 0] > 5),
            tf.where(x[:, 0] > 5, x, -x),
            tf.where_v2(x > 5, x, 0.0),
        ],
        {x: TABLE},
    )
    assert found[0].tolist() == [[3, 1], [3, 2]]
    np.testing.assert_array_equal(found[1], TABLE[2:])
    np.testing.assert_array_equal(found[2], np.where(TABLE[:, :1] > 5, TABLE, -TABLE))
    np.testing.assert_array_equal(found[3], np.where(TABLE > 5, TABLE, 0))


def test_one_hot_and_sequence_mask():
    """Types follow the values; lengths beyond the mask are cut."""
    found = run(
        [
            tf.one_hot([1, 5], 3),
            tf.one_hot([0], 2, "on", "off"),
            tf.sequence_mask([1, 3]),
            tf.sequence_mask([1, 3], 2, tf.int32),
        ]
    )
    assert found[0].dtype == np.float32 and found[0].tolist() == [[0, 1, 0], [0, 0, 0]]
    assert found[1].tolist() == [[b"on", b"off"]]
    assert found[2].tolist() == [[True, False, False], [True, True, True]]
    assert found[3].tolist() == [[1, 0], [1, 1]]


def test_distinct_values():
    """Named tuples, in order of appearance."""
    found = run([tf.unique_with_counts([5, 2, 5]), tf.setdiff1d([1, 2, 3], [2])])
    assert found[0].y.tolist() == [5, 2] and found[0].idx.tolist() == [0, 1, 0]
    assert found[0].count.tolist() == [2, 1] and found[1].out.tolist() == [1, 3]


def test_partition_and_stitch():
    """Stitching the partitions of the positions gives the whole back, and so does its gradient."""
    x, keys = tf.constant(TABLE), tf.placeholder(tf.int32, [4])
    parts = tf.dynamic_partition(x, keys, 2)
    whole = tf.dynamic_stitch(tf.dynamic_partition(tf.range(4), keys, 2), parts)
    found = run([whole, tf.gradients(whole * whole, x)[0]], {keys: [1, 0, 0, 1]})
    np.testing.assert_array_equal(found[0], TABLE)
    np.testing.assert_array_equal(found[1], 2 * TABLE)


def test_repeat():
    """A number for all, or one for each."""
    x = tf.constant(TABLE)
    found = run([tf.repeat(x, 2, axis=0), tf.repeat(x, [0, 1, 2], axis=1), tf.repeat(x, 2)])
    np.testing.assert_array_equal(found[0], np.repeat(TABLE, 2, axis=0))
    np.testing.assert_array_equal(found[1], np.repeat(TABLE, [0, 1, 2], axis=1))
    np.testing.assert_array_equal(found[2], np.repeat(TABLE, 2))


def test_sparse_gradient_of_a_gather():
    """The gradient of a gather has only the rows; converted, it has all."""
    table = tf.Variable(TABLE)
    gathered = tf.gather(table, [2, 0, 2])
    gradient = tf.gradients(gathered * [[1.0], [10.0], [100.0]], table)[0]
    assert isinstance(gradient, tf.IndexedSlices)
    found = run([gradient.indices, tf.convert_to_tensor(gradient)])
    assert found[0].tolist() == [2, 0, 2] and found[1][:, 0].tolist() == [10, 0, 101, 0]


def test_gradient_of_concatenated_slices():
    """Each concatenated tensor gets its own rows or columns of a sparse gradient."""
    for axis in (0, 1):
        a, b = tf.Variable(TABLE), tf.Variable(TABLE + 1)
        joined = tf.concat([a, b], axis)
        loss = tf.reduce_sum(tf.gather(joined, [3, 1, 3]) ** 2)
        values = [np.zeros_like(TABLE), np.zeros_like(TABLE)]
        for row in (3, 1, 3):
            whole = np.concatenate([TABLE, TABLE + 1], axis)[row] * 2
            if axis == 0:
                values[0][row] += whole
            else:
                values[0][row] += whole[:3]
                values[1][row] += whole[3:]
        found = run([tf.convert_to_tensor(d) for d in tf.gradients(loss, [a, b])])
        np.testing.assert_allclose(found[0], values[0])
        np.testing.assert_allclose(found[1], values[1])
