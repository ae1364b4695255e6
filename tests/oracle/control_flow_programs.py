"""Programs with conditionals and loops, whose graphs TensorFlow writes and perdure runs.

Each returns what is fetched and the feeds of its steps.  They run on TensorFlow alone.
"""

import numpy as np
import tensorflow as tf


def _fed(shape, dtype=tf.float32):
    return tf.placeholder(dtype, shape)


def conditionals():
    """One in the other, with first and second gradients."""
    p, q, x = _fed([], tf.bool), _fed([], tf.bool), _fed([3])
    y = tf.cond(p, lambda: tf.cond(q, lambda: tf.sin(x), lambda: x), lambda: x + 1)
    first = tf.gradients(y, x)[0]
    second = tf.gradients(first, x)[0]
    feeds = [{p: a, q: b, x: [1, 2, 3]} for a in (True, False) for b in (True, False)]
    return [y, first, second], feeds


def updates_in_branches():
    """Of variables of both kinds, and of what is collected in a branch and used outside."""
    v, p = tf.Variable(1.0), _fed([], tf.bool)
    w = tf.get_variable("w", [], initializer=tf.constant_initializer(2.0), use_resource=True)
    kept = []

    def branch():
        kept.extend([tf.assign_add(v, 2.0), w.assign_add(5.0)])
        return tf.constant(1.0)

    y = tf.cond(p, branch, lambda: tf.constant(0.0))
    with tf.control_dependencies([y]):
        z = tf.identity(v) + w
    return [y, z], [{p: value} for value in (True, False, True)]


def cases_and_checks():
    """tf.case, and an assertion that fails."""
    i, x = _fed([], tf.int32), _fed([])
    branches = [(tf.equal(i, k), lambda k=k: tf.constant(10 * k)) for k in range(2)]
    y = tf.case(branches, default=lambda: tf.constant(30))
    with tf.control_dependencies([tf.Assert(x > 0, [x, "is not positive"])]):
        z = tf.sqrt(x)
    return [y, z], [{i: 0, x: 4.0}, {i: 1, x: 1.0}, {i: 2, x: 9.0}, {i: 0, x: -1.0}]


def loops():
    """A loop in a conditional in a loop, and its gradient; no iteration at all."""
    n, x = _fed([], tf.int32), _fed([])

    def inner(y):
        return tf.while_loop(lambda j, z: j < 3, lambda j, z: (j + 1, tf.sin(z) * x), [0, y])[1]

    def body(i, y):
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: inner(y), lambda: y + x)

    i, y = tf.while_loop(lambda i, y: i < n, body, [0, x])
    return [i, y, tf.gradients(y, x)[0]], [{n: 5, x: 2.0}, {n: 0, x: 2.0}, {n: 1, x: 3.0}]


def variables_in_loops():
    """Changed in each iteration."""
    v, n = tf.Variable(1.0), _fed([], tf.int32)
    w = tf.get_variable("w", [], initializer=tf.constant_initializer(2.0), use_resource=True)

    def body(i):
        with tf.control_dependencies([tf.assign_add(v, 2.0), w.assign_add(1.0)]):
            return i + 1

    i = tf.while_loop(lambda i: i < n, body, [0])
    with tf.control_dependencies([i]):
        after = [tf.identity(v.read_value()), w.read_value()]
    return [i] + after, [{n: 3}, {n: 0}]


def maps():
    """map_fn with the gradients of what it takes and captures."""
    x, w = _fed([None, 3]), tf.Variable([1.0, 2.0, 3.0])
    y = tf.map_fn(lambda row: tf.reduce_sum(row * w) * row, x)
    feeds = [{x: np.arange(6.0).reshape(2, 3)}, {x: np.arange(12.0).reshape(4, 3)}]
    return [y] + tf.gradients(y, [x, w]), feeds


def recurrent_training():
    """dynamic_rnn over sequences of several lengths, trained with Adam."""
    tf.set_random_seed(1)
    x, lengths = _fed([2, None, 3]), _fed([2], tf.int32)
    outputs, state = tf.nn.dynamic_rnn(
        tf.nn.rnn_cell.LSTMCell(4), x, sequence_length=lengths, dtype=tf.float32
    )
    loss = tf.reduce_sum(outputs * outputs) + tf.reduce_sum(state.c)
    train = tf.train.AdamOptimizer(0.1).minimize(loss)
    data = np.random.RandomState(0).randn(2, 5, 3)
    feeds = [{x: data, lengths: [5, 3]}, {x: data, lengths: [2, 4]}, {x: data[:, :3], lengths: [3, 3]}]
    return [loss, outputs, train], feeds


def random_loops():
    """Random numbers in each iteration, with seeds."""
    tf.set_random_seed(1)
    n = _fed([], tf.int32)
    loop = tf.while_loop(
        lambda i, y: i < n, lambda i, y: (i + 1, y + tf.random_uniform([3], seed=3)), [0, tf.zeros([3])]
    )
    return list(loop), [{n: 3}, {n: 2}, {n: 0}]


def growing_loops():
    """A loop variable that changes its shape, and a limit to the iterations."""
    n, x = _fed([], tf.int32), _fed([])
    shapes = [tf.TensorShape([]), tf.TensorShape([None])]
    _, grown = tf.while_loop(
        lambda i, y: i < n,
        lambda i, y: (i + 1, tf.concat([y, y * 2], 0)),
        [0, tf.ones([1])],
        shape_invariants=shapes,
    )
    _, limited = tf.while_loop(
        lambda i, y: y < 100.0, lambda i, y: [i + 1, y * x], [0, 1.0], maximum_iterations=5
    )
    return [grown, limited, tf.gradients(limited, x)[0]], [{n: 3, x: 2.0}, {n: 0, x: 200.0}]


PROGRAMS = [
    conditionals,
    updates_in_branches,
    cases_and_checks,
    loops,
    variables_in_loops,
    maps,
    recurrent_training,
    random_loops,
    growing_loops,
]
