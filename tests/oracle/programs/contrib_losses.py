"""tf.contrib.losses: each loss with weights of several kinds, and its gradient."""

import tensorflow as tf

losses = tf.contrib.losses
x = tf.placeholder(tf.float32, [4, 3], name="x")
y = tf.placeholder(tf.float32, [4, 3], name="y")
loose = tf.placeholder(tf.float32, [None, 3], name="loose")
labels = tf.placeholder(tf.int64, [4, 1], name="labels")
each = tf.placeholder(tf.float32, [4], name="each")
column = tf.placeholder(tf.float32, [4, 1], name="column")

for weights in (1.0, 0, each, column):
    losses.absolute_difference(x, y, weights)
    losses.mean_squared_error(x, y, weights)
    losses.log_loss(x, y, weights, epsilon=1e-5)
    losses.sigmoid_cross_entropy(x, y, weights)
    losses.softmax_cross_entropy(x, y, weights)
    losses.cosine_distance(x, y, 1, weights)
losses.sparse_softmax_cross_entropy(x, labels)
losses.sparse_softmax_cross_entropy(x, labels, each, scope="sparse")
losses.softmax_cross_entropy(loose, tf.cast(y, tf.int32), label_smoothing=0.1, scope="smooth")
losses.sigmoid_cross_entropy(loose, y, label_smoothing=0.1)
losses.hinge_loss(x, y)
losses.mean_pairwise_squared_error(x, y)
losses.mean_pairwise_squared_error(x, y, each, scope="pairs")
losses.mean_squared_error(x, y, tf.ones([4, 3]))
losses.cosine_distance(x, y, dim=1)
losses.compute_weighted_loss(tf.abs(x), 0.5, scope="weighted")
losses.add_loss(tf.constant(2.0), None)
losses.add_loss(tf.constant(3.0))
tf.contrib.slim.losses.mean_squared_error(x, y)
total = losses.get_total_loss()
tf.gradients(total, [x, loose])
losses.get_total_loss(False, "without")
