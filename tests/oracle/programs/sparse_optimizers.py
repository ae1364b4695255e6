"""Every optimizer on rows of variables of both kinds."""

import tensorflow as tf

OPTIMIZERS = [
    lambda: tf.train.GradientDescentOptimizer(0.1),
    lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    lambda: tf.train.AdagradOptimizer(0.1),
    lambda: tf.train.AdadeltaOptimizer(0.1),
    lambda: tf.train.RMSPropOptimizer(0.1),
    lambda: tf.train.RMSPropOptimizer(0.1, centered=True, momentum=0.5, name="Centered"),
    lambda: tf.train.AdamOptimizer(),
    lambda: tf.train.FtrlOptimizer(0.1),
    lambda: tf.train.FtrlOptimizer(0.1, l2_shrinkage_regularization_strength=0.1, name="Shrink"),
    lambda: tf.train.ProximalGradientDescentOptimizer(0.1, 0.01),
    lambda: tf.train.ProximalAdagradOptimizer(0.1),
]
ids = tf.placeholder(tf.int64, [None], name="ids")
for use_resource in (False, True):
    table = tf.Variable(tf.zeros([5, 2]), name="table", use_resource=use_resource)
    rows = tf.gather(table, ids)
    loss = tf.reduce_sum(tf.square(rows))
    for make in OPTIMIZERS:
        make().minimize(loss, var_list=[table])
