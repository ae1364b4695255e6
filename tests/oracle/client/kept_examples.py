"""tf.train.maybe_batch and its like: which examples are kept, sparse ones among them."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def counter(tf):
    """A tensor that counts the steps that use it, from 1."""
    variable = tf.get_variable("counted", initializer=np.int64(0), trainable=False, use_resource=True)
    return tf.identity(tf.assign_add(variable, np.int64(1)))


def sparse_of(tf, number):
    """An example of one row: `number` at the places 0 and number % 3."""
    indices = tf.stack([[tf.constant(0, tf.int64)], [tf.constant(1, tf.int64) + number % 3]])
    return tf.SparseTensor(indices, tf.stack([number, 10 * number]), np.int64([4]))


def rows_of(tf, number):
    """Three examples of one element each."""
    indices = np.int64([[0, 0], [1, 1], [2, 2]])
    return tf.SparseTensor(indices, tf.stack([number, 10 * number, 100 * number]), np.int64([3, 4]))


def taken(tf, batches, times):
    flat = (
        batches
        if isinstance(batches, (list, tuple)) and not isinstance(batches, tf.SparseTensor)
        else [batches]
    )
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        found = [session.run(list(flat)) for _ in range(times)]
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=10, ignore_live_threads=True)
    return [[list(value) if isinstance(value, tuple) else value for value in values] for values in found]


@program
def every_second(tf):
    number = counter(tf)
    keep = tf.equal(number % 2, 0)
    batches = tf.train.maybe_batch([number, sparse_of(tf, number)], keep, 2)
    return taken(tf, batches, 2)


@program
def only_a_sparse_one(tf):
    number = counter(tf)
    return taken(tf, tf.train.maybe_batch([sparse_of(tf, number)], tf.equal(number % 3, 0), 2), 2)


@program
def rows_all_or_none(tf):
    number = counter(tf)
    keep = tf.equal(number % 2, 0)
    tensors = [tf.stack([number, number, number]), rows_of(tf, number)]
    return taken(tf, tf.train.maybe_batch(tensors, keep, 2, enqueue_many=True), 3)


@program
def rows_each_for_itself(tf):
    number = counter(tf)
    keep = tf.stack([tf.equal(number % 2, 0), tf.constant(True), tf.equal(number % 3, 0)])
    tensors = [tf.stack([number, number, number]), rows_of(tf, number)]
    return taken(tf, tf.train.maybe_batch(tensors, keep, 2, enqueue_many=True), 3)


@program
def dictionaries(tf):
    number = counter(tf)
    keep = tf.equal(number % 2, 1)
    batches = tf.train.maybe_batch({"s": sparse_of(tf, number), "n": number}, keep, 2)
    return [sorted(batches)] + taken(tf, [batches["n"], batches["s"]], 2)


@program
def known_to_be_kept(tf):
    number = counter(tf)
    return taken(tf, tf.train.maybe_batch([sparse_of(tf, number)], True, 2), 2)


@program
def from_several_threads(tf):
    number = counter(tf)
    examples = [[number, sparse_of(tf, number)], [number, sparse_of(tf, number)]]
    batches = tf.train.maybe_batch_join(examples, tf.greater(number, 2), 4)
    found = taken(tf, batches, 1)[0]
    return [sorted(set(found[0] > 2)), found[1][2], len(found[1][1])]


@program
def shuffled(tf):
    number = counter(tf)
    batches = tf.train.maybe_shuffle_batch(
        [number, sparse_of(tf, number)], 2, 8, 2, tf.equal(number % 2, 0), seed=3
    )
    found = taken(tf, batches, 2)
    return [[bool(np.all(n % 2 == 0)), s[2]] for n, s in found]


@program
def shuffled_from_several_threads(tf):
    number = counter(tf)
    examples = [[number, sparse_of(tf, number)], [number, sparse_of(tf, number)]]
    batches = tf.train.maybe_shuffle_batch_join(examples, 2, 8, 2, tf.equal(number % 2, 0), seed=3)
    return [s[2] for _, s in taken(tf, batches, 2)]


@program
def names(tf):
    keep = tf.placeholder(tf.bool, [])
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    batch = tf.train.maybe_batch([tf.constant(1.0), sparse], keep, 2)
    return [t.name for t in (batch[0], batch[1].indices, batch[1].values, batch[1].dense_shape)]


@program
def shapes(tf):
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    many = tf.SparseTensor([[0, 0]], [1.0], [2, 3])
    rows = tf.placeholder(tf.bool, [2])
    one = tf.placeholder(tf.bool, [])
    made = [
        tf.train.maybe_batch([sparse], one, 2),
        tf.train.maybe_batch([many], one, 2, enqueue_many=True),
        tf.train.maybe_batch([many], rows, 2, enqueue_many=True),
        tf.train.maybe_batch([many], True, 2, enqueue_many=True),
    ]
    return [[str(s.indices.shape), str(s.values.shape), str(s.dense_shape.shape)] for s in made]


@program
def refused(tf):
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    tries = [
        lambda: tf.train.maybe_batch([sparse], tf.placeholder(tf.bool), 2),
        lambda: tf.train.maybe_batch([sparse], tf.placeholder(tf.bool, [2]), 2),
        lambda: tf.train.maybe_batch([sparse], tf.placeholder(tf.bool, [2, 2]), 2),
        lambda: tf.train.maybe_batch([sparse], tf.placeholder(tf.bool, [2, 2]), 2, enqueue_many=True),
        lambda: tf.train.maybe_batch([sparse], 1, 2),
        lambda: tf.train.maybe_batch([sparse], "a", 2),
        lambda: tf.train.maybe_batch([sparse], None, 2),
        lambda: tf.train.maybe_batch([], True, 2),
        lambda: tf.train.maybe_batch_join([[sparse], [tf.constant(1.0)]], True, 2),
    ]
    return [attempt(t) for t in tries]
