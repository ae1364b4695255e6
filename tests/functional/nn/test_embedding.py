"""Lookups in embedding tables (nodes: tests/oracle/programs/clip_and_embedding.py)."""

import numpy as np
import pytest

from perdure import tf
from perdure.functional.nn.embedding import lookup_and_transform

TABLE = np.arange(26, dtype=np.float32).reshape(13, 2) / 10
IDS = np.array([[0, 12, 5], [7, 7, 3]], np.int32)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_one_table():
    """Rows by number, for ids of any shape."""
    for ids in (IDS, IDS[0], np.int32(4)):
        rows = tf.nn.embedding_lookup(TABLE, ids)
        assert rows.shape.as_list() == [*ids.shape, 2]
        np.testing.assert_array_equal(run(rows), TABLE[ids])


PARTS = {
    "mod": [TABLE[i::5] for i in range(5)],
    "div": np.split(TABLE, [3, 6, 9, 11]),
}


@pytest.mark.parametrize("strategy", PARTS)
def test_parts(strategy):
    """A table of 13 rows in five parts, the first three of which have one row more."""
    rows = tf.nn.embedding_lookup([tf.constant(part) for part in PARTS[strategy]], IDS, strategy)
    assert rows.shape.as_list() == [2, 3, 2]
    np.testing.assert_array_equal(run(rows), TABLE[IDS])


def test_parts_of_unknown_size():
    """Sizes that are known only when the step runs."""
    parts = [tf.placeholder(tf.float32) for _ in range(5)]
    for part in parts:
        part.set_shape([None, None])
    rows = tf.nn.embedding_lookup(parts, IDS, "div")
    value = run(rows, dict(zip(parts, PARTS["div"], strict=True)))
    np.testing.assert_array_equal(value, TABLE[IDS])


def test_largest_norm():
    """Rows are scaled down to the largest norm allowed, in one table and in several."""
    norms = np.linalg.norm(TABLE, axis=1, keepdims=True)
    limited = (TABLE * np.minimum(1, 1.5 / np.maximum(norms, 1e-9)))[IDS]
    for params in (TABLE, [tf.constant(part) for part in PARTS["mod"]]):
        rows = tf.nn.embedding_lookup(params, IDS, max_norm=1.5)
        np.testing.assert_allclose(run(rows), limited, rtol=1e-6)


def test_transform():
    """A function of the rows is applied part by part, after limiting their norms."""

    def total(rows):
        return tf.reduce_sum(rows, axis=1, keepdims=True)

    for params in (TABLE, [tf.constant(part) for part in PARTS["mod"]]):
        rows = lookup_and_transform(params, IDS[0], transform_fn=total)
        expected = TABLE[IDS[0]].sum(1, keepdims=True)
        np.testing.assert_allclose(run(rows), expected, rtol=1e-6)


INDICES = [[0, 0], [0, 1], [1, 0], [2, 3]]
SPARSE_IDS = [1, 3, 0, 1]
WEIGHTS = np.array([2.0, 0.5, 1.0, 3.0], np.float32)


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("combiner", ["sum", "mean", "sqrtn", None])
def test_sparse(combiner, weighted):
    """Embeddings of each row's ids, summed and divided as the combiner says."""
    ids = tf.SparseTensor(INDICES, tf.constant(SPARSE_IDS, tf.int64), [3, 4])
    weights = tf.SparseTensor(INDICES, WEIGHTS, [3, 4]) if weighted else None
    result = tf.nn.embedding_lookup_sparse(TABLE, ids, weights, combiner=combiner)
    used = WEIGHTS if weighted else np.ones(4, np.float32)
    expected = np.zeros((3, 2))
    for row in range(3):
        of_row = [i for i, (at, _) in enumerate(INDICES) if at == row]
        total = sum(used[i] * TABLE[SPARSE_IDS[i]] for i in of_row)
        divisor = {"sum": 1, "sqrtn": np.sqrt(sum(used[i] ** 2 for i in of_row))}.get(
            combiner, sum(used[i] for i in of_row)
        )
        expected[row] = total / divisor
    np.testing.assert_allclose(run(result), expected, rtol=1e-6)


def test_refused():
    """No table, an unknown strategy, ids or weights that are not sparse, an unknown combiner."""
    ids = tf.SparseTensor([[0, 0]], tf.constant([1], tf.int64), [1, 1])
    with pytest.raises(ValueError, match="params must be specified"):
        tf.nn.embedding_lookup(None, IDS)
    with pytest.raises(ValueError, match="Need at least one param"):
        tf.nn.embedding_lookup([], IDS)
    with pytest.raises(ValueError, match="Unrecognized partition strategy: 'any'"):
        tf.nn.embedding_lookup([TABLE, TABLE], IDS, "any")
    with pytest.raises(TypeError, match="sp_ids must be SparseTensor, but is a ndarray"):
        tf.nn.embedding_lookup_sparse(TABLE, IDS, None, combiner="sum")
    with pytest.raises(TypeError, match="sp_weights must be either None or SparseTensor"):
        tf.nn.embedding_lookup_sparse(TABLE, ids, [1.0], combiner="sum")
    with pytest.raises(ValueError, match="combiner must be one of"):
        tf.nn.embedding_lookup_sparse(TABLE, ids, None, combiner="max")


def test_out_of_range():
    """An id that the table does not have is refused when it is run."""
    with pytest.raises(tf.errors.InvalidArgumentError, match="= 13 is not in"):
        run(tf.nn.embedding_lookup(TABLE, [13]))
