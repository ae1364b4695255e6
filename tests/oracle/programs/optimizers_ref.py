"""Every optimizer on variables of the ref kind."""

import tensorflow as tf

OPTIMIZERS = [
    lambda: tf.train.GradientDescentOptimizer(0.1),
    lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True, use_locking=True, name="Ahead"),
    lambda: tf.train.AdagradOptimizer(0.1),
    lambda: tf.train.AdadeltaOptimizer(0.1),
    lambda: tf.train.RMSPropOptimizer(0.1),
    lambda: tf.train.RMSPropOptimizer(0.1, centered=True, momentum=0.5, name="Centered"),
    lambda: tf.train.AdamOptimizer(),
    lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.1),
    lambda: tf.train.FtrlOptimizer(0.1, l2_shrinkage_regularization_strength=0.1, name="Shrink"),
    lambda: tf.train.ProximalGradientDescentOptimizer(0.1, 0.01),
    lambda: tf.train.ProximalAdagradOptimizer(0.1),
]
with tf.device("/cpu:0"):
    w = tf.Variable(tf.zeros([3, 2]), name="w")
with tf.name_scope("layer"):
    b = tf.Variable([0.5, 0.5], name="b", constraint=lambda value: tf.maximum(value, 0.0))
half = tf.Variable(tf.zeros([2], tf.float16), name="half")
x = tf.placeholder(tf.float32, [None, 3], name="x")
y = tf.matmul(x, w) + b + tf.cast(half, tf.float32)
loss = tf.reduce_sum(tf.square(y))
step = tf.train.get_or_create_global_step()
for i, make in enumerate(OPTIMIZERS):
    optimizer = make()
    if i % 3 == 2:
        optimizer.minimize(loss, global_step=step, var_list=[w, b], name="train_%d" % i)
    elif i % 3 == 1:
        with tf.name_scope("scope%d" % i):
            optimizer.minimize(loss, var_list=[w, b])
    else:
        optimizer.minimize(loss, global_step=step, var_list=[w, b])

# Other types than float32, and all at once.
pairs = tf.train.AdamOptimizer(0.01, name="Half").compute_gradients(
    loss, gate_gradients=tf.train.Optimizer.GATE_GRAPH
)
again = tf.train.AdamOptimizer(tf.constant(0.01, name="rate"), name="Half")
again.apply_gradients([(tf.clip_by_value(d, -1.0, 1.0), v) for d, v in pairs])
tf.train.MomentumOptimizer(lambda: 0.1, 0.9).minimize(
    loss, var_list=half, gate_gradients=tf.train.Optimizer.GATE_NONE
)
tf.train.AdagradDAOptimizer(0.1, step).minimize(loss, var_list=[w, half], global_step=step)
tf.global_variables_initializer()
