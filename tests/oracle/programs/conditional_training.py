"""What programs put into conditionals while they train: batch normalisation, dropout, optimizers."""

import tensorflow as tf

tf.set_random_seed(5)
training = tf.placeholder(tf.bool, [], name="training")
x = tf.placeholder(tf.float32, [8, 6, 6, 3], name="x")

hidden = tf.layers.batch_normalization(tf.layers.conv2d(x, 4, 3), training=training)
hidden = tf.layers.dropout(tf.nn.relu(hidden), 0.5, training=training)
flat = tf.layers.batch_normalization(tf.layers.flatten(hidden), training=training, renorm=True)
flat = tf.layers.batch_normalization(flat, training=training, fused=False, center=False)
loss = tf.reduce_sum(tf.layers.dense(flat, 1))

again = tf.cond(
    training,
    lambda: tf.layers.batch_normalization(flat, training=True, name="bn"),
    lambda: tf.layers.batch_normalization(flat, training=False, name="bn", reuse=True),
)
loss += tf.reduce_mean(again)
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)

w = tf.Variable([1.0, 2.0], name="w")
tf.cond(training, lambda: tf.train.AdamOptimizer().minimize(tf.reduce_sum(w * w)), tf.no_op)
tf.cond(training, lambda: tf.gradients(tf.reduce_sum(w * w), [w])[0], lambda: w)
average = tf.train.ExponentialMovingAverage(0.9)
tf.cond(training, lambda: average.apply([w]), tf.no_op)
tf.random_uniform([])
