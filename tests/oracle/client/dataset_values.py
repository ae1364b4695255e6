"""What comes beside elements: values that may not be there, resampling, devices, statistics, states."""

import collections
import os
import tempfile

import numpy as np

from tests.oracle.client import attempt
from tests.oracle.client.datasets import described, elements

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def optionals(tf):
    make = tf.data.experimental.Optional
    there = make.from_value((tf.constant(3), {"a": [1.0, 2.0]}))
    lacking = make.none_from_structure(there.value_structure)
    iterator = tf.compat.v1.data.make_one_shot_iterator(tf.data.Dataset.range(2))
    following = tf.data.experimental.get_next_as_optional(iterator)
    has, value = following.has_value(), following.get_value()
    with tf.compat.v1.Session() as session:
        return [
            str(there.value_structure),
            session.run([there.has_value(), there.get_value()]),
            session.run(lacking.has_value()),
            attempt(lambda: session.run(lacking.get_value())),
            session.run([has, value]),
            session.run([has, value]),
            session.run(has),
            attempt(lambda: session.run(value)),
        ]


@program
def datasets_of_optionals(tf):
    make = tf.data.experimental.Optional
    base = tf.data.Dataset.range(4).map(lambda x: make.from_value(x * 2))
    return [
        elements(tf, base.map(lambda x: x.get_value())),
        elements(tf, base.filter(lambda x: x.has_value()).map(lambda x: x.get_value())),
        tf.compat.v1.data.get_output_types(base).__class__.__name__,
    ]


@program
def resamples(tf):
    classes = np.int64([0, 0, 0, 1, 0, 2, 0, 1, 0, 0] * 20)
    base = tf.data.Dataset.from_tensor_slices(classes)
    resample = tf.data.experimental.rejection_resample
    target = [0.3, 0.3, 0.4]
    found = []
    for initial in ([0.7, 0.2, 0.1], None):
        made = base.apply(resample(lambda x: x, target, initial, seed=3))
        values = elements(tf, made, most=200)
        found.append([each[0] if isinstance(each, tuple) else each for each in values])
    same = base.apply(resample(lambda x: x, [0.7, 0.2, 0.1], [0.7, 0.2, 0.1], seed=3))
    return found + [len(elements(tf, same, most=300)), described(tf, same)]


@program
def devices(tf):
    base = tf.data.Dataset.range(4)
    return [
        elements(tf, base.apply(tf.data.experimental.copy_to_device("/cpu:0")), initializable=True),
        elements(tf, base.apply(tf.data.experimental.prefetch_to_device("/cpu:0")), initializable=True),
    ]


@program
def statistics(tf):
    aggregator = tf.data.experimental.StatsAggregator()
    options = tf.data.Options()
    options.experimental_stats.aggregator = aggregator
    options.experimental_stats.prefix = "p"
    dataset = tf.data.Dataset.range(5).apply(tf.data.experimental.bytes_produced_stats("bytes"))
    dataset = dataset.apply(tf.data.experimental.latency_stats("time")).with_options(options)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    get_next, summary = iterator.get_next(), aggregator.get_summary()
    with tf.compat.v1.Session() as session:
        session.run(iterator.initializer)
        for _ in range(3):
            session.run(get_next)
        found = tf.compat.v1.Summary.FromString(session.run(summary))
        return sorted((value.tag, value.histo.num) for value in found.value)


@program
def structures_by_older_names(tf):
    make = tf.data.experimental
    return [
        repr(make.TensorStructure(tf.int32, [2])),
        str(make.SparseTensorStructure(tf.int32, [2])),
        str(make.get_structure(tf.data.Dataset.range(3))),
        attempt(lambda: make.get_structure(3)),
        issubclass(make.DatasetStructure, make.Structure),
        repr(make.DatasetStructure(tf.TensorSpec([], tf.int32))),
    ]


@program
def structures_of_elements(tf):
    Pair = collections.namedtuple("Pair", "one other")
    base = tf.data.Dataset.range(3)
    pairs = base.map(lambda x: Pair(x, {"b": x, "a": (x, x)}))
    ordered = base.map(lambda x: collections.OrderedDict([("z", x), ("a", x + 1)]))
    return [
        elements(tf, pairs),
        elements(tf, ordered),
        elements(tf, pairs.map(lambda pair: pair.other["a"])),
        attempt(lambda: base.map(lambda x: None)),
    ]


def saved_and_restored(tf, dataset, taken):
    """What an iterator gives from where it was saved on, and another one that was restored there."""
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    get_next = iterator.get_next()
    saver = tf.compat.v1.train.Saver([tf.data.experimental.make_saveable_from_iterator(iterator)])
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for restores in (False, True):
            with tf.compat.v1.Session() as session:
                session.run(iterator.initializer)
                if restores:
                    saver.restore(session, os.path.join(folder, "it"))
                else:
                    for _ in range(taken):
                        session.run(get_next)
                    saver.save(session, os.path.join(folder, "it"))
                values = []
                while len(values) < 40:
                    try:
                        values.append(session.run(get_next))
                    except tf.errors.OutOfRangeError:
                        break
                found.append(values)
    return found


@program
def states(tf):
    base = tf.data.Dataset.range(30)
    each = tf.data.experimental
    datasets = [
        base.shuffle(7, seed=1).repeat(2).batch(4),
        base.map(lambda x: x * 2).filter(lambda x: x % 3 > 0).skip(2).take(15),
        base.flat_map(lambda x: tf.data.Dataset.range(x).shuffle(3, seed=2)),
        base.interleave(lambda x: tf.data.Dataset.range(x), cycle_length=3, block_length=2),
        base.apply(each.parallel_interleave(lambda x: tf.data.Dataset.range(x), 3)),
        base.map(lambda x: tf.strings.as_string(x), num_parallel_calls=3).prefetch(4),
        base.take(8).cache().repeat(3),
        base.apply(each.scan(np.int64(0), lambda s, x: (s + x, s))),
        tf.data.Dataset.zip((base.shuffle(4, seed=3), base.repeat())).concatenate(base.zip((base, base))),
        each.sample_from_datasets([base, tf.data.Dataset.range(100, 130)], seed=2),
        base.map(lambda x: x % 11).apply(each.unique()),
        base.apply(each.shuffle_and_repeat(5, 3, seed=2)),
        base.map(lambda x: tf.fill([x % 4], x)).padded_batch(3, [None]),
        base.shard(3, 1).repeat(3),
        tf.data.experimental.RandomDataset(seed=3).take(20),
    ]
    found = [saved_and_restored(tf, dataset, taken) for dataset in datasets for taken in (0, 5)]
    found.append(saved_and_restored(tf, datasets[6], 10))
    found.append(attempt(lambda: saved_and_restored(tf, base.map(lambda x: tf.random.uniform([])), 3)))
    stateful = base.map(lambda x: tf.compat.v1.py_func(lambda y: y, [x], tf.int64))
    return found + [attempt(lambda: saved_and_restored(tf, stateful, 3))]


@program
def strings_through_functions(tf):
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(["a", "b"], np.int64([1, 2])), default_value=-1
    )
    looked_up = tf.data.Dataset.from_tensor_slices(["a", "b", "c"]).map(table.lookup)
    following = tf.compat.v1.data.make_initializable_iterator(looked_up)
    value = following.get_next()
    generated = tf.data.Dataset.from_generator(
        lambda: ({"a": n, "b": str(n), "c": [b"x", "y"]} for n in range(3)),
        {"a": tf.int32, "b": tf.string, "c": tf.string},
        {"a": [], "b": [], "c": [2]},
    )
    with tf.compat.v1.Session() as session:
        session.run([tf.compat.v1.tables_initializer(), following.initializer])
        return [
            [session.run(value) for _ in range(3)],
            elements(tf, generated),
            elements(tf, generated.batch(2)),
        ]


@program
def seeds_as_tensors(tf):
    seed = tf.constant(3, tf.int64)
    found = [elements(tf, tf.data.Dataset.range(9).shuffle(9, seed=seed))]
    tf.compat.v1.set_random_seed(4)
    found.append(elements(tf, tf.data.Dataset.range(9).shuffle(9, seed=seed)))
    found.append(elements(tf, tf.data.Dataset.range(9).shuffle(9, seed=seed - 3)))
    return found


@program
def turns_after_errors(tf):
    def checked(x):
        inner = tf.data.Dataset.from_tensor_slices([1.0, 0.0, 2.0, 4.0]).map(
            lambda y: tf.debugging.check_numerics((1.0 + tf.cast(x, tf.float32)) / y, "no")
        )
        return inner

    found = []
    for block, calls in [(1, None), (2, None), (1, 2), (2, 2), (3, 1)]:
        base = tf.data.Dataset.range(3)
        base = base.interleave(checked, cycle_length=2, block_length=block, num_parallel_calls=calls)
        following = tf.compat.v1.data.make_one_shot_iterator(base).get_next()
        with tf.compat.v1.Session() as session:
            steps = []
            for _ in range(13):
                try:
                    steps.append(session.run(following))
                except tf.errors.OpError as error:
                    steps.append(type(error).__name__)
        found.append(steps)
    return found
