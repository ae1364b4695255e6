"""Loops that train: matrices, embeddings, both kinds of variables, optimizers, rows, custom gradients."""

import tensorflow as tf

w = tf.get_variable("w", [3, 3])
u = tf.get_variable("u", [3], use_resource=True)
e = tf.get_variable("e", [7, 3])
er = tf.get_variable("er", [7, 3], use_resource=True)
ids = tf.placeholder(tf.int32, [2], name="ids")
more = tf.placeholder(tf.int32, [None], name="more")


def cell(i, h):
    return i + 1, tf.tanh(tf.matmul(h, w) + u + tf.gather(e, ids))


_, h = tf.while_loop(lambda i, h: i < 4, cell, [0, tf.zeros([2, 3])], swap_memory=True, parallel_iterations=3)
loss = tf.reduce_sum(h)
tf.train.AdamOptimizer().minimize(loss)
tf.train.GradientDescentOptimizer(0.1).minimize(loss, colocate_gradients_with_ops=True)


def embedded(i, a):
    a += tf.reduce_sum(tf.gather(e, ids + i) * tf.gather(er, ids))
    return i + 1, a + tf.reduce_sum(tf.gather(e, more)) + tf.reduce_sum(tf.gather(er, more))


_, total = tf.while_loop(lambda i, a: i < 3, embedded, [0, 0.0])
slices = tf.gradients(total, [e, er])
tf.train.MomentumOptimizer(0.1, 0.9).apply_gradients(zip(slices, [e, er]))


@tf.RegisterGradient("DoubledInLoops")
def doubled(op, grad):
    return grad * 2.0


def overridden(i, a):
    with tf.get_default_graph().gradient_override_map({"Sin": "DoubledInLoops"}):
        return i + 1, tf.sin(a)


tf.gradients(tf.while_loop(lambda i, a: i < 3, overridden, [0, h])[1], [w])


def step(i):
    with tf.control_dependencies([tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(w * w))]):
        return i + 1


tf.while_loop(lambda i: i < 3, step, [0])
norm = tf.layers.batch_normalization
tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, norm(a, training=True, name="norm")), [0, h])
tf.random_uniform([])
