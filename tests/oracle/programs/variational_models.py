"""Variational autoencoder, flow, relaxed categories, mixture density: sampling and log probabilities."""

import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 12], name="x")
keep = tf.placeholder_with_default(0.8, [], name="keep")


def xavier(fan_in, fan_out):
    limit = 1.0 / tf.sqrt(fan_in / 2.0)
    return tf.random_uniform((fan_in, fan_out), -limit, limit)


with tf.name_scope("encoder"):
    noisy = tf.nn.dropout(x, keep) + 0.1 * tf.random_normal(tf.shape(x))
    weights = {
        "hidden": tf.Variable(xavier(12, 8)),
        "mean": tf.Variable(xavier(8, 2)),
        "log": tf.Variable(xavier(8, 2)),
    }
    hidden = tf.nn.elu(tf.nn.xw_plus_b(noisy, weights["hidden"], tf.Variable(tf.zeros([8]))))
    mean, log_variance = tf.matmul(hidden, weights["mean"]), tf.matmul(hidden, weights["log"])
    z = mean + tf.exp(log_variance / 2) * tf.random_normal(tf.shape(mean), 0, 1, dtype=tf.float32)
with tf.variable_scope("flow"):
    log_det = 0.0
    for step in range(2):
        u = tf.get_variable("u%d" % step, [2], initializer=tf.random_normal_initializer(stddev=0.1))
        w = tf.get_variable("w%d" % step, [2])
        bent = tf.tanh(tf.tensordot(z, w, 1))
        z = z + u * tf.expand_dims(bent, 1)
        slope = tf.expand_dims(1 - tf.square(bent), 1) * w
        log_det += tf.log(tf.abs(1 + tf.reduce_sum(slope * u, 1)) + 1e-7)
with tf.name_scope("decoder"):
    decoded = tf.sigmoid(tf.matmul(z, tf.Variable(xavier(2, 8))) @ tf.transpose(weights["hidden"]))
likelihood = tf.reduce_sum(x * tf.log(1e-10 + decoded) + (1 - x) * tf.log(1e-10 + 1 - decoded), 1)
divergence = -0.5 * tf.reduce_sum(1 + log_variance - mean**2 - tf.exp(log_variance), axis=1)
bound = tf.reduce_mean(divergence - likelihood - log_det)
rate = tf.train.polynomial_decay(0.1, tf.train.create_global_step(), 10, 0.01, power=2.0)
tf.train.RMSPropOptimizer(rate, centered=True).minimize(bound, tf.train.get_global_step())

with tf.name_scope("relaxed"):
    logits = tf.Variable(tf.ones([5, 4]), name="logits")
    uniform = tf.random_uniform(tf.shape(logits), minval=0, maxval=1)
    soft = tf.nn.softmax((logits - tf.log(-tf.log(uniform + 1e-20) + 1e-20)) / 0.5)
    hard = tf.cast(tf.equal(soft, tf.reduce_max(soft, 1, keepdims=True)), soft.dtype)
    straight = tf.stop_gradient(hard - soft) + soft
    cost = tf.reduce_sum(straight * np.arange(4.0, dtype=np.float32))
tf.train.AdagradOptimizer(0.5).minimize(cost, var_list=[logits])

with tf.name_scope("mixture"):
    y = tf.placeholder(tf.float32, [None, 1])
    shares, scales, centers = tf.split(tf.layers.dense(hidden, 9), 3, 1)
    shares = shares - tf.reduce_logsumexp(shares, 1, keepdims=True)
    density = -0.5 * (tf.square((y - centers) * tf.exp(-scales)) + np.log(2 * np.pi)) - scales
    mixture = -tf.reduce_mean(tf.reduce_logsumexp(shares + density, axis=1))
tf.gradients(mixture, tf.trainable_variables())
