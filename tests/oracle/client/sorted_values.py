"""What `tf.sort` and `tf.argsort` give and refuse."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def values_and_places(tf):
    numbers = np.float32([[[3, 1, 2], [0, 5, 5]], [[-1, 7, 0], [2, 2, 2]]])
    x = tf.placeholder(tf.float32, name="x")
    results = []
    with tf.Session() as session:
        for values, feed in ((tf.constant(numbers), {}), (x, {x: numbers})):
            for axis in (0, 1, 2, -1, -2, -3):
                for direction in ("ASCENDING", "DESCENDING"):
                    fetches = [tf.sort(values, axis, direction), tf.argsort(values, axis, direction)]
                    results.append(session.run(fetches, feed))
    return results


@program
def refused(tf):
    axis = tf.placeholder(tf.int32, [], name="axis")
    return [
        attempt(lambda: tf.sort([1, 2], direction="UP")),
        attempt(lambda: tf.argsort([1, 2], axis=axis)),
        attempt(lambda: tf.sort([1, 2], axis=[0])),
        attempt(lambda: tf.sort(3)),
        attempt(lambda: tf.sort([1, 2], axis=3)),
    ]
