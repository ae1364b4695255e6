"""Graphs: building them, holding them, looking for the part that a step needs."""

import numpy as np

from benchmarks.adapter import tf
from benchmarks.cases import dense


def chain(length):
    """A chain of adds of a placeholder: its first and its last tensor."""
    x = y = tf.placeholder(tf.float32, [2])
    for _ in range(length):
        y = tf.add(y, x)
    return x, y


def adds():
    """10,000 adds."""

    def build():
        chain(10000)
        return len(tf.get_default_graph().get_operations())

    return build


def deep_network():
    """50 dense layers, their gradients and Adam's updates."""

    def build():
        x = tf.placeholder(tf.float32, [None, 32])
        hidden = x
        for i in range(50):
            hidden = dense(hidden, 32, "layer%d" % i, tf.nn.relu)
        loss = tf.reduce_mean(tf.square(hidden))
        tf.train.AdamOptimizer(1e-3).minimize(loss)
        return len(tf.global_variables())

    return build


def import_graph():
    """A graph of 20,000 nodes: networks with their gradients and updates, written by the peer itself."""
    with tf.Graph().as_default() as graph:
        number = 0
        while len(graph.get_operations()) < 20000:
            x = tf.placeholder(tf.float32, [None, 32])
            hidden = x
            for _ in range(10):
                hidden = dense(hidden, 32, "layer%d" % number, tf.nn.relu)
                number += 1
            tf.train.AdamOptimizer(1e-3).minimize(tf.reduce_mean(tf.square(hidden)))
        graph_def = graph.as_graph_def()

    def build():
        tf.import_graph_def(graph_def, name="")
        return len(tf.get_default_graph().get_operations()) >= 20000

    return build


def prune():
    """Ten ops of 20,000 are run."""
    x, _ = chain(19999)
    part = tf.get_default_graph().get_tensor_by_name("Add_9:0")
    session = tf.Session()
    return lambda: session.run(part, feed_dict={x: np.ones(2, np.float32)})


def large_graph():
    """100,000 ops in memory."""
    chain(99999)
    return len(tf.get_default_graph().get_operations())


def small_script():
    """A regression of 50 steps, as in every introduction."""
    random = np.random.RandomState(0)
    xs = random.rand(64).astype(np.float32)
    x = tf.placeholder(tf.float32, [None])
    y = tf.placeholder(tf.float32, [None])
    slope, offset = tf.Variable(0.0), tf.Variable(0.0)
    loss = tf.reduce_mean(tf.square(x * slope + offset - y))
    train = tf.train.GradientDescentOptimizer(0.3).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(50):
            _, last = session.run([train, loss], feed_dict={x: xs, y: 3 * xs + 1})
        return [last, session.run(slope)]
