"""Clipping by norms, and lookups in embedding tables."""

import tensorflow as tf

vector = tf.constant([3.0, 4.0], name="vector")
known = tf.placeholder(tf.float32, [3, 4], name="known")
unknown = tf.placeholder(tf.float32, name="unknown")
slices = tf.IndexedSlices(known, tf.constant([0, 2, 1]), tf.constant([7, 4]))

tf.clip_by_value(known, -1.0, 1.0)
tf.clip_by_value(slices, 0, unknown, name="values")
tf.clip_by_norm(known, 1.0)
tf.clip_by_norm(unknown, unknown, axes=[1], name="rows")
tf.clip_by_norm(slices, 2)
tf.clip_by_average_norm(unknown, 1.0)
tf.clip_by_average_norm(known, 2)
tf.global_norm([vector, None, slices])
tf.global_norm((unknown,), name="norm")
tf.clip_by_global_norm([vector, None, slices], 5.0)
tf.clip_by_global_norm([known], unknown, use_norm=tf.norm(known), name="clip")

ids = tf.placeholder(tf.int64, [None], name="ids")
more_ids = tf.placeholder(tf.int32, [2, None], name="more_ids")
any_ids = tf.placeholder(tf.int32, name="any_ids")
tf.nn.embedding_lookup(known, ids)
tf.nn.embedding_lookup([known], [[0, 1]], max_norm=1.0, name="limited")
tf.nn.embedding_lookup(known, any_ids, max_norm=1.0)
tf.nn.embedding_lookup([known, tf.zeros([2, 4])], more_ids)
tf.nn.embedding_lookup([known, tf.zeros([2, 4])], more_ids, "div", max_norm=2.0)
tf.nn.embedding_lookup([known, unknown[:2, :]], ids, partition_strategy="div", name="parts")
table = tf.get_variable("table", [10, 4], initializer=tf.zeros_initializer())
tf.nn.embedding_lookup(table, ids)
tf.nn.embedding_lookup([table, table], ids)
resource = tf.get_variable("resource", [10, 4], initializer=tf.zeros_initializer(), use_resource=True)
tf.nn.embedding_lookup(resource, more_ids)

sparse_ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], tf.constant([1, 2, 1], tf.int64), [2, 2])
weights = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [0.5, 1.0, 2.0], [2, 2])
for combiner in ("sum", "mean", "sqrtn"):
    tf.nn.embedding_lookup_sparse(known, sparse_ids, None, combiner=combiner)
    tf.nn.embedding_lookup_sparse(known, sparse_ids, weights, combiner=combiner, name=combiner)
tf.nn.embedding_lookup_sparse([known, known], sparse_ids, weights, "div", combiner="sum")
tf.nn.embedding_lookup_sparse(tf.cast(known, tf.float16), sparse_ids, weights, combiner="mean", max_norm=1.0)
