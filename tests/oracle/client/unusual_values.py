"""NaN and numbers out of range in ops that choose, combine or draw; and flags that are no flags."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []
NAN = float("nan")


def program(function):
    PROGRAMS.append(function)
    return function


def unknown(tf, value):
    return tf.placeholder_with_default(value, None)


@program
def parts_of_complex_numbers(tf):
    real, imag = tf.constant([1.0, NAN, np.inf, 0.0]), tf.constant([NAN, 1.0, 2.0, -np.inf])
    with tf.Session() as session:
        made = session.run([tf.complex(real, imag), tf.complex(real, 2.0), tf.complex(NAN, imag)])
    return [[z.real, z.imag] for z in made]


@program
def extremes_that_are_scattered(tf):
    found = []
    for scatter in (tf.scatter_max, tf.scatter_min):
        for updates in ([NAN, 5.0, -5.0], NAN, [5.0, NAN, 0.0]):
            v = tf.Variable([1.0, 2.0, NAN])
            op = scatter(v, [0, 1, 2] if isinstance(updates, list) else [1, 2], updates)
            with tf.Session() as session:
                session.run(v.initializer)
                found.append(session.run(op))
    return found


@program
def gammas_of_no_shape(tf):
    tf.set_random_seed(3)
    made = [tf.random_gamma([3], alpha) for alpha in (-1.0, NAN, 0.0, -0.5)]
    with tf.Session() as session:
        return [value.shape for value in session.run(made)]


@program
def flags(tf):
    x = tf.constant([[1.0, 2.0]])
    functions = [tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod]
    functions += [tf.reduce_logsumexp, tf.math.reduce_std]
    found = [
        attempt(lambda f=f, k=k: str(f(x, 1, keepdims=k).shape))
        for f in functions
        for k in (None, True, False, 0, 1, "yes", [], tf.constant(True))
    ]
    return found + [attempt(lambda: tf.reduce_any([[True]], 1, keepdims=1))]


@program
def scalars_that_are_none(tf):
    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    vector = unknown(tf, np.int32([2, 2]))
    tries = [
        lambda: tf.unsorted_segment_sum(x, [0, 1], vector),
        lambda: tf.unsorted_segment_max(x, [0, 1], vector),
        lambda: tf.sparse_segment_sum(x, [0, 1], [0, 1], num_segments=vector),
        lambda: tf.sparse_segment_mean(x, [0, 1], [0, 1], num_segments=[2]),
        lambda: tf.split(x, 3, axis=[1]),
        lambda: tf.split(x, [1, 2], axis=[1]),
        lambda: tf.scatter_nd(1, [1.0], [4]),
        lambda: tf.tensor_scatter_add([1.0, 2.0], 1, 1.0),
        lambda: tf.tensor_scatter_add(1.0, [[0]], [1.0]),
        lambda: tf.tensor_scatter_nd_update([1.0, 2.0], [[0]], 1.0),
        lambda: tf.unravel_index([0, 0], []),
        lambda: tf.where(np.array(["a", "b"]), [1.0, 2.0], [3.0, 4.0]),
        lambda: tf.reduce_all(np.array(["a"])),
        lambda: tf.placeholder(tf.float32, tf.constant([1])),
        lambda: tf.one_hot([1], 3, on_value=vector),
    ]

    def run(make):
        with tf.Session() as session:
            return session.run(make())

    return [attempt(lambda t=t: run(t)) for t in tries]
