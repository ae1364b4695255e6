"""Embeddings of sparse ids that may be invalid or missing, and the sparse functions they are made of."""

import tensorflow as tf

tf.set_random_seed(2)
ids = tf.sparse_placeholder(tf.int64, [None, None], name="ids")
known = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([1, -1, 3], tf.int64), [4, 3])
deep = tf.sparse_placeholder(tf.int64, [2, 3, 4], name="deep")
unknown = tf.sparse_placeholder(tf.int64, name="unknown")
weights = tf.sparse_placeholder(tf.float32, [None, None], name="weights")
table = tf.get_variable("table", [10, 4], partitioner=tf.fixed_size_partitioner(2))
resource = tf.get_variable("resource", [10, 4], use_resource=True)

results = [
    tf.nn.safe_embedding_lookup_sparse(table, ids),
    tf.nn.safe_embedding_lookup_sparse(table, ids, weights, name="weighted"),
    tf.nn.safe_embedding_lookup_sparse(list(table), ids, weights, "sum", default_id=3, max_norm=1.0),
    tf.nn.safe_embedding_lookup_sparse(resource, ids, weights, "sqrtn", default_id=0, name="of_resource"),
    tf.nn.safe_embedding_lookup_sparse([resource], known, None, "sum", partition_strategy="mod"),
    tf.nn.safe_embedding_lookup_sparse(table, deep),
    tf.nn.safe_embedding_lookup_sparse(table, unknown),
]
tf.gradients(tf.add_n([tf.reduce_sum(result) for result in results]), list(table) + [resource])

tf.sparse_reshape(known, [2, -1])
tf.sparse_reshape(known, tf.placeholder(tf.int32, [2]), name="reshaped")
tf.sparse.reshape(deep, [-1, 2, 2])
tf.sparse_reshape(unknown, [-1])
tf.sparse_retain(known, [True, False, True])
tf.sparse.retain(ids, tf.placeholder(tf.bool))
filled, empty = tf.sparse_fill_empty_rows(known, 7)
tf.sparse.fill_empty_rows(weights, 0.5, name="filled")
