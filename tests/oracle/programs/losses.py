"""tf.losses with weights of all kinds whose static shapes are known."""

import tensorflow as tf

labels = tf.placeholder(tf.float32, [4, 3], name="labels")
predictions = tf.Variable(tf.zeros([4, 3]), name="predictions")
integers = tf.placeholder(tf.int32, [4, 3], name="integers")
rows = tf.placeholder(tf.float32, [4, 1], name="rows")
each = tf.placeholder(tf.float64, [4, 3], name="each")
batch = tf.placeholder(tf.float32, [None, 3], name="batch")
ids = tf.placeholder(tf.int64, [None], name="ids")
columns = tf.placeholder(tf.int32, [4, 1], name="columns")

tf.losses.absolute_difference(labels, predictions)
tf.losses.absolute_difference(integers, predictions, weights=0.0)
tf.losses.mean_squared_error(labels, predictions, weights=0.5, scope="mse")
tf.losses.mean_squared_error(batch, batch)
tf.losses.mean_squared_error(labels, predictions, rows, loss_collection=None)
for reduction in tf.losses.Reduction.all():
    tf.losses.mean_squared_error(
        labels, predictions, weights=each, reduction=reduction, loss_collection="apart"
    )
    tf.losses.log_loss(labels, predictions, reduction=reduction, loss_collection="apart")
tf.losses.cosine_distance(labels, predictions, axis=1, weights=rows)
tf.losses.cosine_distance(labels, predictions, dim=0)
tf.losses.hinge_loss(labels, predictions)
tf.losses.huber_loss(labels, predictions, delta=0.5)
tf.losses.mean_pairwise_squared_error(labels, predictions)
tf.losses.mean_pairwise_squared_error(labels, predictions, weights=rows)
with tf.name_scope("outer"):
    tf.losses.sigmoid_cross_entropy(integers, predictions, label_smoothing=0.1)
    tf.losses.sigmoid_cross_entropy(labels, tf.cast(predictions, tf.float16), loss_collection=None)
    tf.losses.softmax_cross_entropy(labels, predictions, tf.constant([1.0, 0.0, 1.0, 2.0]))
    tf.losses.softmax_cross_entropy(batch, batch, label_smoothing=0.1)
    tf.losses.sparse_softmax_cross_entropy(ids, batch)
    tf.losses.sparse_softmax_cross_entropy(columns, predictions, rows)
tf.losses.compute_weighted_loss(labels, 2)
tf.losses.get_regularization_loss()
tf.get_variable("w", [2], regularizer=lambda w: tf.reduce_sum(tf.abs(w)))
tf.losses.get_regularization_loss()
loss = tf.losses.get_total_loss()
tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[predictions])
