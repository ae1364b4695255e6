"""tf.scatter_update and its like (nodes: tests/oracle/programs/embeddings_sparse_gradients.py)."""

import numpy as np
import pytest

from perdure import tf

TABLE = np.arange(6, dtype=np.float32).reshape(3, 2) + 1


@pytest.fixture(params=[False, True], ids=["ref", "resource"])
def variable(request):
    with tf.Graph().as_default():
        yield tf.get_variable("v", initializer=TABLE, use_resource=request.param)


def after(variable, op, *arguments):
    with tf.Session() as session:
        session.run(variable.initializer)
        returned = session.run(op(variable, *arguments))
        np.testing.assert_array_equal(returned, session.run(variable))
        return returned


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (tf.scatter_update, [10, 10]),
        (tf.scatter_add, [13, 14]),
        (tf.scatter_sub, [-7, -6]),
        (tf.scatter_mul, [30, 40]),
        (tf.scatter_div, [0.3, 0.4]),
        (tf.scatter_min, [3, 4]),
        (tf.scatter_max, [10, 10]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_rows(variable, op, expected):
    """One row changes; the result is the variable after that."""
    found = after(variable, op, [1], [[10.0, 10.0]])
    np.testing.assert_allclose(found, [TABLE[0], expected, TABLE[2]], rtol=1e-6)


def test_places(variable):
    """Places named by several indices change."""
    found = after(variable, tf.scatter_nd_update, [[0, 1], [2, 0]], [7.0, 8.0])
    np.testing.assert_array_equal(found, [[1, 7], [3, 4], [8, 6]])


def test_batches(variable):
    """Each row has its own columns."""
    found = after(variable, tf.batch_scatter_update, [[1], [0], [1]], [[7.0], [8.0], [9.0]])
    np.testing.assert_array_equal(found, [[1, 7], [8, 4], [5, 9]])
    with pytest.raises(ValueError, match="indices with unknown shape"):
        tf.batch_scatter_update(variable, tf.placeholder(tf.int32), [1.0])


def test_out_of_range(variable):
    """A bad index is an error that leaves the variable as it was."""
    ids = tf.placeholder(tf.int32, [None])
    update = tf.scatter_add(variable, ids, 1.0)
    with tf.Session() as session:
        session.run(variable.initializer)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 3 is not in \[0, 3\)"):
            session.run(update, {ids: [0, 3]})
        np.testing.assert_array_equal(session.run(variable), TABLE)


def test_wrong_updates(variable):
    """Updates must be one row for each index."""
    with pytest.raises(ValueError, match="must be equal, but are 3 and 2"):
        tf.scatter_update(variable, [0], [[1.0, 2.0, 3.0]])
