"""How often Python functions are called: those that keep no state once for the same constants."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def calls(tf, make, fetch_sets=1, times=3, **session):
    """How often the function is called in runs of what `make(py_func)` gives, and what comes out last."""
    counted = []

    def function(*values):
        counted.append(1)
        return values[0] * 2 if values else np.float32(3)

    def py_func(*inputs, **options):
        return tf.py_func(function, list(inputs), options.pop("Tout", tf.float32), **options)

    made = make(py_func)
    with tf.Session() as running:
        running.run(tf.global_variables_initializer())
        for _ in range(times):
            result = running.run(made)
    return [len(counted), result]


@program
def of_constants(tf):
    x = np.float32([1, 2])
    return [
        calls(tf, lambda f: f(x, stateful=False)),
        calls(tf, lambda f: f(x, stateful=False) + 1.0),
        calls(tf, lambda f: tf.identity(f(x, stateful=False))),
        calls(tf, lambda f: f(stateful=False) + 1.0),
        calls(tf, lambda f: [f(x, stateful=False), f(x, stateful=False) + 1.0]),
        calls(tf, lambda f: f(tf.shape(tf.zeros([2, 3])), Tout=tf.int32, stateful=False) + 1),
        calls(tf, lambda f: f(x, stateful=False).op),
        calls(tf, lambda f: f(x)),
        calls(tf, lambda f: f(x) + 1.0),
    ]


@program
def of_variables_and_feeds(tf):
    v = tf.Variable([1.0, 2.0])
    results = [calls(tf, lambda f: f(v, stateful=False) + 1.0)]
    counted = []
    fed = tf.placeholder(tf.float32, [2])
    made = tf.py_func(lambda x: counted.append(1) or x, [fed], tf.float32, stateful=False)
    with tf.Session() as session:
        for _ in range(3):
            session.run(made, {fed: [1.0, 2.0]})
    return results + [len(counted)]


@program
def in_other_steps(tf):
    counted = []
    made = tf.py_func(lambda x: counted.append(1) or x, [np.float32(1)], tf.float32, stateful=False)
    fetches = [made, made + 1.0, [made, made * 2.0], made]
    found = []
    with tf.Session() as session:
        for fetch in fetches:
            session.run(fetch)
            session.run(fetch)
            found.append(len(counted))
    with tf.Session() as session:
        session.run(made)
    return found + [len(counted)]


@program
def results_are_the_users(tf):
    """What a program does to a result is not seen in the next."""
    made = tf.py_func(lambda x: x * 2, [np.float32([1, 2])], tf.float32, stateful=False)
    with tf.Session() as session:
        session.run(made)[:] = 9.0
        return session.run([made, made + 1.0])


@program
def fed_constants(tf):
    counted = []
    constant = tf.constant([1.0, 2.0])
    made = tf.py_func(lambda x: counted.append(1) or x * 2, [constant], tf.float32, stateful=False)
    with tf.Session() as session:
        return [session.run(made, {constant: [n, n]}) for n in (1.0, 2.0, 3.0)] + [session.run(made)]


@program
def failing(tf):
    def fail(x):
        raise ValueError("no")

    made = tf.py_func(fail, [np.float32(1)], tf.float32, stateful=False)
    with tf.Session() as session:
        return [type(attempt(lambda: session.run(made))).__name__ for _ in range(3)]
