"""Steps that compute almost nothing: what a run costs by itself."""

from threading import Thread

import numpy as np

from benchmarks.adapter import tf


def constant_sum():
    """Two constants."""
    total = tf.constant(1.0) + tf.constant(2.0)
    session = tf.Session()
    return lambda: session.run(total)


def fed_line():
    """`x * 2 + 1`, the placeholder x, and a value for it."""
    x = tf.placeholder(tf.float32, [None])
    return x * 2 + 1, x, np.arange(16, dtype=np.float32)


def fed_vector():
    """One feed, two ops, one fetch."""
    y, x, value = fed_line()
    session = tf.Session()
    return lambda: session.run(y, feed_dict={x: value})


def assign_add():
    """A counter."""
    counter = tf.Variable(0.0)
    count = tf.assign_add(counter, 1.0)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return lambda: session.run(count)


def chain_of_adds():
    """100 ops, each of which needs the one before."""
    x = y = tf.placeholder(tf.float32, [])
    for _ in range(100):
        y = y + 1.0
    session = tf.Session()
    return lambda: session.run(y, feed_dict={x: 0.5})


def callable_step():
    """The fed vector through `make_callable`."""
    y, x, value = fed_line()
    step = tf.Session().make_callable(y, [x])
    return lambda: step(value)


def nested_fetch():
    """50 tensors in dictionaries, lists and tuples."""
    x = tf.placeholder(tf.float32, [None])
    parts = [x * float(i) for i in range(50)]
    fetches = {"firsts": parts[:10], "pairs": [(parts[i], parts[i + 1]) for i in range(10, 50, 2)]}
    value = np.arange(4, dtype=np.float32)
    session = tf.Session()

    def step():
        result = session.run(fetches, feed_dict={x: value})
        return [result["firsts"], result["pairs"]]

    return step


def twenty_feeds():
    """20 placeholders, added."""
    inputs = [tf.placeholder(tf.float32, [None]) for _ in range(20)]
    total = tf.add_n(inputs)
    feeds = {x: np.full(4, i, np.float32) for i, x in enumerate(inputs)}
    session = tf.Session()
    return lambda: session.run(total, feed_dict=feeds)


def many_variables():
    """The sum of 200 variables."""
    variables = [tf.Variable(np.full(10, i, np.float32)) for i in range(200)]
    total = tf.add_n([tf.reduce_sum(variable) for variable in variables])
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return lambda: session.run(total)


def open_and_close():
    """A session that does nothing."""
    tf.constant(1.0)

    def step():
        with tf.Session():
            pass

    return step


def threads(count=8, runs=50):
    """Many threads run a fed step on one session; the time is that of one run of one of them."""
    x = tf.placeholder(tf.float32, [None])
    y = tf.reduce_sum(x * 2 + 1)
    value = np.arange(16, dtype=np.float32)
    session = tf.Session()
    results = [0.0] * count

    def work(index):
        for _ in range(runs):
            results[index] = session.run(y, feed_dict={x: value})

    def step():
        workers = [Thread(target=work, args=(index,)) for index in range(count)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return results

    return step
