"""Embeddings of ids that may be invalid or missing, and sparse tensors in other shapes."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def two_rows(tf):
    """Rows of the ids 0 1 -1, nothing, -1, 2, 1, and weights, one of which is not positive."""
    indices = [[0, 0], [0, 1], [0, 2], [1, 0], [3, 0], [3, 1]]
    ids = tf.SparseTensor(indices, tf.constant([0, 1, -1, -1, 2, 0], tf.int64), [5, 4])
    weights = tf.SparseTensor(indices, [1.0, 2.0, 1.0, 1.0, 3.0, 0.0], [5, 4])
    return ids, weights


def rows_of_matrices(tf):
    indices = [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 1, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]
    ids = tf.SparseTensor(indices, tf.constant([0, 1, -1, -1, 2, 0, 1], tf.int64), [2, 3, 4])
    weights = tf.SparseTensor(indices, [1.0, 2.0, 1.0, 1.0, 3.0, 0.0, 1.0], [2, 3, 4])
    return ids, weights


@program
def looked_up(tf):
    table = np.arange(16, dtype=np.float32).reshape(4, 4) / 4
    results = []
    for shards in (1, 3):
        parts = tf.get_variable(
            "table%d" % shards, initializer=tf.constant(table), partitioner=tf.fixed_size_partitioner(shards)
        )
        for ids, weights in (two_rows(tf), rows_of_matrices(tf)):
            tensors = [
                tf.nn.safe_embedding_lookup_sparse(parts, ids, weights, combiner="sum"),
                tf.nn.safe_embedding_lookup_sparse(parts, ids, combiner="sum", default_id=3),
                tf.nn.safe_embedding_lookup_sparse(parts, ids, weights, combiner="sum", default_id=3),
                tf.nn.safe_embedding_lookup_sparse(list(parts), ids, None, combiner="sum"),
            ]
            gradients = tf.gradients(tf.add_n([tf.reduce_sum(t) for t in tensors]), list(parts))
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                results += session.run(tensors)
                results += session.run([tf.convert_to_tensor(gradient) for gradient in gradients])
            results.append([str(t.shape) for t in tensors])
    return results


@program
def means(tf):
    table = tf.constant(np.arange(16, dtype=np.float64).reshape(4, 4))
    ids, _ = two_rows(tf)
    weights = tf.SparseTensor(ids.indices, tf.constant([1.0, 3.0, 1.0, 1.0, 2.0, 0.0], tf.float64), [5, 4])
    with tf.Session() as session:
        return session.run(
            [
                tf.nn.safe_embedding_lookup_sparse(table, ids, weights),
                tf.nn.safe_embedding_lookup_sparse(table, ids, weights, default_id=2),
                tf.nn.safe_embedding_lookup_sparse(table, ids),
            ]
        )


@program
def refused(tf):
    ids, weights = two_rows(tf)
    table = [tf.ones([3, 2]), tf.ones([3, 2])]
    return [
        attempt(lambda: tf.nn.safe_embedding_lookup_sparse(None, ids)),
        attempt(lambda: tf.nn.safe_embedding_lookup_sparse([], ids)),
        attempt(lambda: tf.nn.safe_embedding_lookup_sparse(table, ids, weights, combiner="other")),
        attempt(lambda: tf.nn.safe_embedding_lookup_sparse(tf.constant([[1]]), ids, weights)),
        attempt(lambda: tf.sparse_reshape(tf.ones([2]), [2])),
        attempt(lambda: tf.sparse_reshape(ids, [3, 7])),
        attempt(lambda: tf.sparse_reshape(ids, [-1, -1])),
        attempt(lambda: tf.sparse_reshape(ids, [-1, 7])),
        attempt(lambda: tf.sparse_retain(1, [True])),
        attempt(lambda: tf.sparse_retain(ids, [True])),
        attempt(lambda: tf.sparse_retain(ids, True)),
        attempt(lambda: tf.sparse_fill_empty_rows([1], 1)),
        attempt(lambda: tf.sparse_fill_empty_rows(ids, 1.5)),
    ]


@program
def other_shapes(tf):
    ids, _ = two_rows(tf)
    value = tf.SparseTensorValue(
        np.array([[0, 0], [0, 2], [2, 1]], np.int64), np.array([1.0, 2.0, 3.0]), np.array([3, 4], np.int64)
    )
    made = [
        tf.sparse_reshape(ids, [4, 5]),
        tf.sparse_reshape(ids, [-1]),
        tf.sparse_reshape(ids, tf.constant([2, -1, 5])),
        tf.sparse_reshape(value, [6, -1]),
        tf.sparse_retain(ids, [True, False, True, False, True, False]),
        tf.sparse_retain(value, np.array([False, False, False])),
        tf.sparse_fill_empty_rows(value, -1.0)[0],
    ]
    with tf.Session() as session:
        return [
            [item.shape.as_list() for item in made],
            session.run(made),
            session.run(tf.sparse_fill_empty_rows(value, -1.0)[1]),
        ]
