"""Factors for losses in half precision: a dynamic one, a fixed one, and the optimizers that apply them."""

import tensorflow as tf

experimental = tf.train.experimental
x = tf.placeholder(tf.float32, [])
v = tf.get_variable("v", initializer=2.0)
rows = tf.get_variable("rows", initializer=[[1.0], [2.0]])
loss = v * x + tf.reduce_sum(tf.gather(rows, [1]))
optimizer = experimental.enable_mixed_precision_graph_rewrite(
    tf.train.MomentumOptimizer(0.1, 0.9), loss_scale=experimental.DynamicLossScale(8.0, 2, 2.0)
)
optimizer.minimize(loss, global_step=tf.train.get_or_create_global_step())
experimental.MixedPrecisionLossScaleOptimizer(tf.train.GradientDescentOptimizer(0.1), 4).minimize(loss)
