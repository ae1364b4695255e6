"""tf.custom_gradient, straight-through and reversed gradients by overriding those of ops."""

import tensorflow as tf


@tf.custom_gradient
def bounded(x):
    def gradient(d_y):
        return tf.clip_by_value(d_y, -0.1, 0.1)

    return tf.identity(x, name="bounded"), gradient


@tf.custom_gradient
def soft_or(a, b):
    def gradient(d_either, d_both):
        return d_either * b + d_both, d_either * a - d_both

    return (a + b - a * b, a * b), gradient


@tf.RegisterGradient("ReversedForTheProgram")
def reverse(op, d_output):
    return -0.5 * d_output


@tf.RegisterGradient("StraightThroughForTheProgram")
def straight_through(op, d_output):
    x = op.inputs[0]
    return tf.where((x >= -1) & (x <= 1), d_output, tf.zeros_like(d_output))


x = tf.placeholder(tf.float32, [None, 4], name="x")
w = tf.get_variable("w", [4, 3], initializer=tf.random_normal_initializer(seed=1))
graph = tf.get_default_graph()
hidden = bounded(tf.matmul(x, w))
with graph.gradient_override_map({"Identity": "ReversedForTheProgram"}):
    reversed_hidden = tf.identity(hidden, name="reversed")
with tf.name_scope("binary"), graph.gradient_override_map({"Sign": "StraightThroughForTheProgram"}):
    signs = tf.sign(reversed_hidden)
either, both = soft_or(signs, tf.sigmoid(hidden))
loss = tf.reduce_mean(either) + tf.reduce_sum(both**2) + tf.reduce_sum(bounded(2.0))
tf.gradients(loss, [w, x])
tf.train.GradientDescentOptimizer(0.1).minimize(loss)
