"""Models made of matrix products."""

import numpy as np

from benchmarks.adapter import tf
from benchmarks.cases import classes, dense, initialised_session


def linear_regression():
    """Gradient descent on 128 rows of 8 columns."""
    random = np.random.RandomState(0)
    xs = random.rand(128, 8).astype(np.float32)
    x = tf.placeholder(tf.float32, [None, 8])
    y = tf.placeholder(tf.float32, [None, 1])
    loss = tf.reduce_mean(tf.square(dense(x, 1, "line") - y))
    train = tf.train.GradientDescentOptimizer(0.05).minimize(loss)
    session = initialised_session()
    feeds = {x: xs, y: xs.sum(1, keepdims=True)}
    return lambda: session.run([train, loss], feed_dict=feeds)[1]


def policy():
    """Probabilities of actions for one observation at a time."""
    observation = tf.placeholder(tf.float32, [None, 4])
    hidden = dense(observation, 64, "first", tf.nn.tanh)
    hidden = dense(hidden, 64, "second", tf.nn.tanh)
    actions = tf.nn.softmax(dense(hidden, 2, "actions"))
    session = initialised_session()
    value = np.array([[0.1, -0.2, 0.3, 0.05]], np.float32)
    return lambda: session.run(actions, feed_dict={observation: value})


def mlp(batch=128):
    """784-256-256-10, Adam."""
    x = tf.placeholder(tf.float32, [None, 784])
    y = tf.placeholder(tf.int32, [None])
    hidden = dense(x, 256, "first", tf.nn.relu)
    hidden = dense(hidden, 256, "second", tf.nn.relu)
    logits = dense(hidden, 10, "logits")
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)
    session = initialised_session()
    random = np.random.RandomState(0)
    feeds = {x: random.rand(batch, 784).astype(np.float32), y: classes(random, batch, 10)}
    return lambda: session.run([train, loss], feed_dict=feeds)[1]


def mlp_first_step():
    """The same from an empty graph to the end of the first step."""
    return lambda: mlp()()


def vae():
    """784-500-500-20 and back, Adam, batches of 128; the noise is drawn in the graph."""
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 784])
    hidden = dense(x, 500, "encoder1", tf.nn.softplus)
    hidden = dense(hidden, 500, "encoder2", tf.nn.softplus)
    mean, log_variance = dense(hidden, 20, "mean"), dense(hidden, 20, "log_variance")
    noise = tf.random_normal(tf.shape(mean), seed=3)
    code = mean + tf.exp(0.5 * log_variance) * noise
    hidden = dense(code, 500, "decoder1", tf.nn.softplus)
    hidden = dense(hidden, 500, "decoder2", tf.nn.softplus)
    logits = dense(hidden, 784, "image")
    reconstruction = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits), 1)
    divergence = -0.5 * tf.reduce_sum(1 + log_variance - tf.square(mean) - tf.exp(log_variance), 1)
    loss = tf.reduce_mean(reconstruction + divergence)
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)
    session = initialised_session()
    images = np.random.RandomState(0).rand(128, 784).astype(np.float32)
    return lambda: session.run([train, loss], feed_dict={x: images})[1]


def initialise():
    """25 variables of a million normal numbers each."""
    tf.set_random_seed(1)
    for i in range(25):
        tf.get_variable(
            "v%d" % i, [1000, 1000], initializer=tf.truncated_normal_initializer(stddev=0.1, seed=i)
        )
    init = tf.global_variables_initializer()
    corner = [variable[:2, :2] for variable in tf.global_variables()]
    session = tf.Session()

    def call():
        session.run(init)
        return session.run(corner)

    return call
