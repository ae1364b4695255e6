"""Datasets with what only tf.contrib.data has."""

import numpy as np

from tests.oracle.client import attempt
from tests.oracle.client.datasets import described, elements

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def batches(tf):
    data = tf.contrib.data
    base = tf.data.Dataset.range(7)
    grown = base.map(lambda x: tf.fill([x], x))
    found = []
    for made in (
        base.apply(data.batch_and_drop_remainder(3)),
        grown.apply(data.padded_batch_and_drop_remainder(3, [None])),
        base.apply(data.sliding_window_batch(3)),
        base.apply(data.sliding_window_batch(3, window_shift=2)),
        base.apply(data.sliding_window_batch(2, stride=3)),
        base.apply(data.sliding_window_batch(2, window_stride=2)),
    ):
        found += [described(tf, made)[0], elements(tf, made)]
    return found + [attempt(lambda: data.sliding_window_batch(2, 3, 4))]


@program
def shapes(tf):
    data = tf.contrib.data
    base = tf.data.Dataset.range(3).map(lambda x: (tf.fill([x], x), tf.fill([2, 3], 1.0)))
    made = base.apply(data.assert_element_shape((tf.TensorShape([None]), tf.TensorShape([2, 3]))))
    wrong = base.apply(data.assert_element_shape((tf.TensorShape([2]), tf.TensorShape([None, 3]))))
    return [described(tf, made)[0], elements(tf, made), elements(tf, wrong)]


@program
def others(tf):
    data = tf.contrib.data
    base = tf.data.Dataset.range(6)
    reducer = data.Reducer(lambda _: np.int64(3), lambda total, x: total + x, lambda total: total)
    length = lambda x: tf.size(x)  # noqa: E731
    grown = base.map(lambda x: tf.fill([x], x))
    with tf.compat.v1.Session() as session:
        found = [session.run(data.reduce_dataset(base, reducer))]
    repeat = lambda x: tf.data.Dataset.from_tensors(x).repeat(2)  # noqa: E731
    return found + [
        attempt(lambda: data.reduce_dataset(3, reducer)),
        elements(tf, grown.apply(data.bucket_by_sequence_length(length, [3], [2, 2]))),
        elements(tf, base.apply(data.parallel_interleave(repeat, 2))),
        elements(tf, base.apply(data.enumerate_dataset(2)).take(2)),
        elements(tf, data.Counter(2).take(3)),
    ]
