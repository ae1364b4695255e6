"""tf.train.SyncReplicasOptimizer: accumulators of both kinds, tokens, averages, the nodes of hooks."""

import tensorflow as tf

step = tf.train.get_or_create_global_step()
with tf.device("/job:ps/task:1"):
    dense = tf.get_variable("dense", [3], initializer=tf.ones_initializer())
rows = tf.get_variable("rows", [4, 2], initializer=tf.ones_initializer())
unused = tf.get_variable("unused", [2])
x = tf.placeholder(tf.float32, [], name="x")
loss = tf.reduce_sum(dense * x) + tf.reduce_sum(tf.gather(rows, [1, 1, 2])) * x
averages = tf.train.ExponentialMovingAverage(0.5, step)
optimizer = tf.train.SyncReplicasOptimizer(
    tf.train.MomentumOptimizer(0.1, 0.9),
    2,
    3,
    variable_averages=averages,
    variables_to_average=[dense],
)
train = optimizer.minimize(loss, global_step=step)
optimizer.make_session_run_hook(True).begin()
optimizer.make_session_run_hook(False).begin()
optimizer.get_init_tokens_op(0)
plain = tf.train.SyncReplicasOptimizer(
    tf.train.GradientDescentOptimizer(0.1), 1, name="plain", use_locking=True
)
plain.minimize(loss, global_step=step)
