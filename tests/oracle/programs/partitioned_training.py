"""Training variables in parts: gradients, the slots of optimizers, embeddings, losses."""

import tensorflow as tf

tf.set_random_seed(11)
ids = tf.placeholder(tf.int64, [None], name="ids")
labels = tf.placeholder(tf.int64, [None, 1], name="labels")
sparse_ids = tf.sparse_placeholder(tf.int64, [None, None], name="sparse_ids")
sparse_weights = tf.sparse_placeholder(tf.float32, [None, None], name="sparse_weights")
thirds = tf.fixed_size_partitioner(3)

with tf.variable_scope("model", partitioner=thirds):
    table = tf.get_variable("table", [10, 4])
    weights = tf.get_variable("weights", [12, 4])
    biases = tf.get_variable("biases", [12], initializer=tf.zeros_initializer())
    resource = tf.get_variable("resource", [10, 4], use_resource=True)
    rows = tf.nn.embedding_lookup(table, ids)
    by_blocks = tf.nn.embedding_lookup(table, ids, partition_strategy="div", name="by_blocks")
    of_resource = tf.nn.embedding_lookup(resource, ids, partition_strategy="div", max_norm=1.0)
    of_list = tf.nn.embedding_lookup(list(table), ids)
    combined = tf.nn.embedding_lookup_sparse(table, sparse_ids, sparse_weights, "div", combiner="mean")
    plain = tf.nn.embedding_lookup_sparse(resource, sparse_ids, None, combiner="sqrtn")
    hidden = tf.layers.dense(rows + by_blocks + of_resource, 4, name="hidden")
    losses = [
        tf.nn.nce_loss(weights, biases, labels, hidden, 3, 12, partition_strategy="div", name="nce"),
        tf.nn.sampled_softmax_loss(weights, biases, labels, hidden, 3, 12, name="sampled"),
    ]

loss = tf.add_n([tf.reduce_mean(part) for part in losses])
loss += tf.reduce_sum(combined) + tf.reduce_sum(plain) + tf.nn.l2_loss(weights) + tf.nn.l2_loss(of_list)
tf.gradients(loss, list(table))
tf.gradients(loss, list(weights) + list(resource))

step = tf.train.get_or_create_global_step()
with tf.variable_scope("slots_beside_a_partitioner", partitioner=thirds):
    tf.train.AdamOptimizer(0.01).minimize(loss, global_step=step)
small = tf.nn.l2_loss(weights) + tf.nn.l2_loss(resource)
for optimizer in (
    tf.train.MomentumOptimizer(0.1, 0.9),
    tf.train.AdagradOptimizer(0.1),
    tf.train.RMSPropOptimizer(0.1, centered=True),
    tf.train.FtrlOptimizer(0.1),
    tf.train.AdadeltaOptimizer(0.1),
    tf.train.GradientDescentOptimizer(0.1),
):
    optimizer.minimize(small, var_list=list(weights) + list(resource))
tf.report_uninitialized_variables()
tf.global_variables_initializer()
