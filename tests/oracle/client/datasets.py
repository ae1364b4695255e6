"""Datasets: their sources, what selects from them, batches, shuffles, and iterators over them."""

import collections

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def elements(tf, dataset, most=80, initializable=False, before=(), errors=3):
    """What an iterator gives until it ends, with the errors on the way."""
    if initializable:
        iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    else:
        iterator = tf.compat.v1.data.make_one_shot_iterator(dataset)
    get_next = iterator.get_next()
    found = []
    with tf.compat.v1.Session() as session:
        for each in before:
            session.run(each)
        if initializable:
            session.run(iterator.initializer)
        while len(found) < most and errors:
            try:
                found.append(session.run(get_next))
            except tf.errors.OutOfRangeError as error:
                found.append(("end", error.message.split("\n")[0]))
                break
            except tf.errors.OpError as error:
                found.append(type(error).__name__)
                errors -= 1
    return found


def twice(tf, dataset, most=80):
    """What an iterator gives that is initialized again at its end."""
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    get_next = iterator.get_next()
    epochs = []
    with tf.compat.v1.Session() as session:
        for _ in range(2):
            session.run(iterator.initializer)
            found = []
            while len(found) < most:
                try:
                    found.append(session.run(get_next))
                except tf.errors.OutOfRangeError:
                    break
            epochs.append(found)
    return epochs


def described(tf, dataset):
    v1 = tf.compat.v1.data
    return [
        repr(dataset),
        str(v1.get_output_types(dataset)),
        str(v1.get_output_shapes(dataset)),
        str(v1.get_output_classes(dataset)).replace(
            "tensorflow.python.framework.ops", "perdure.graph.tensor"
        ),
    ]


@program
def from_tensors(tf):
    dataset = tf.data.Dataset.from_tensors((np.arange(3), {"a": 1.5, "b": [b"x", b"y"]}))
    return described(tf, dataset) + elements(tf, dataset)


@program
def from_tensor_slices(tf):
    Pair = collections.namedtuple("Pair", "one other")
    dataset = tf.data.Dataset.from_tensor_slices(Pair(np.arange(6).reshape(3, 2), ["a", "b", "c"]))
    return described(tf, dataset) + elements(tf, dataset)


@program
def slices_of_other_lengths(tf):
    make = tf.data.Dataset.from_tensor_slices
    return [
        attempt(lambda: make((np.arange(3), np.arange(4)))),
        attempt(lambda: make(3)),
        attempt(lambda: make((np.arange(3), np.float32(1)))),
    ]


@program
def sparse_slices(tf):
    sparse = tf.SparseTensor([[0, 1], [0, 2], [2, 0]], [1.0, 2.0, 3.0], [4, 3])
    dataset = tf.data.Dataset.from_sparse_tensor_slices(sparse)
    return described(tf, dataset) + elements(tf, dataset)


@program
def ranges(tf):
    make = tf.data.Dataset.range
    return [
        elements(tf, make(3)),
        elements(tf, make(2, 7, 2)),
        elements(tf, make(7, 2, -2)),
        elements(tf, make(7, 2)),
        attempt(make),
    ]


@program
def selections(tf):
    base = tf.data.Dataset.range(7)
    return [
        elements(tf, made)
        for made in (
            base.take(3),
            base.take(-1),
            base.take(0),
            base.take(20),
            base.skip(3),
            base.skip(-1),
            base.skip(0),
            base.skip(20),
            base.shard(3, 1),
            base.shard(10, 8),
            base.repeat(0),
            base.repeat(2),
            base.take(0).repeat(),
            base.take(2).repeat(-1).take(5),
            base.skip(5).repeat(2).enumerate(4),
            base.take(2).concatenate(base.skip(5)),
            base.take(3).repeat(2).skip(1).take(4).repeat(2),
        )
    ]


@program
def wrong_shards(tf):
    base = tf.data.Dataset.range(7)
    return [
        attempt(lambda: elements(tf, base.shard(0, 0), initializable=True)),
        attempt(lambda: elements(tf, base.shard(3, 3), initializable=True)),
        attempt(lambda: elements(tf, base.batch(0), initializable=True)),
        attempt(lambda: elements(tf, base.shuffle(0), initializable=True)),
    ]


@program
def concatenations_that_do_not_fit(tf):
    base = tf.data.Dataset.range(7)
    return [
        attempt(lambda: base.concatenate(tf.data.Dataset.from_tensors(1.0))),
        attempt(lambda: base.concatenate(base.zip((base, base)))),
        described(tf, tf.data.Dataset.from_tensors([1, 2]).concatenate(tf.data.Dataset.from_tensors([1]))),
    ]


@program
def zips(tf):
    base = tf.data.Dataset.range(4)
    made = tf.data.Dataset.zip((base, {"b": base.repeat(), "a": base.skip(1)}))
    return described(tf, made) + elements(tf, made) + [attempt(lambda: tf.data.Dataset.zip([base, base]))]


@program
def batches(tf):
    base = tf.data.Dataset.from_tensor_slices((np.arange(14).reshape(7, 2), list("abcdefg")))
    found = []
    for made in (base.batch(3), base.batch(3, drop_remainder=True), base.batch(10), base.batch(2).batch(2)):
        found += [described(tf, made), elements(tf, made)]
    return found


@program
def padded_batches(tf):
    base = tf.data.Dataset.range(5).map(lambda x: (tf.fill([x], x), tf.fill([2, x], 1.0)))
    found = []
    for made in (
        base.padded_batch(2, ([None], [None, None])),
        base.padded_batch(2, ([6], [3, 6]), (np.int64(-1), 2.0)),
        base.padded_batch(2, (tf.constant([-1], tf.int64), [-1, 7]), drop_remainder=True),
    ):
        found += [described(tf, made), elements(tf, made)]
    found.append(elements(tf, base.padded_batch(2, ([2], [2, 2]))))
    found.append(attempt(lambda: base.padded_batch(2, ([None], [None, None]), (0, 0.0))))
    found.append(attempt(lambda: base.padded_batch(2, ([None, None], [None, None]))))
    found.append(attempt(lambda: base.padded_batch(2, ([None],))))
    return found


@program
def batches_of_other_shapes(tf):
    base = tf.data.Dataset.range(5).map(lambda x: tf.fill([x], x))
    return elements(tf, base.batch(2), initializable=True)


@program
def shuffles(tf):
    base = tf.data.Dataset.from_tensor_slices(np.arange(12))
    found = []
    for made in (
        base.shuffle(5, seed=1),
        base.shuffle(100, seed=1),
        base.shuffle(1, seed=1),
        base.shuffle(5, seed=1).repeat(3),
        base.repeat(3).shuffle(5, seed=1),
        base.shuffle(5, seed=1, reshuffle_each_iteration=False).repeat(2),
        base.shuffle(5, seed=1).batch(5).repeat(2),
        base.shuffle(5, seed=7).shuffle(4, seed=8),
        base.shuffle(5, seed=1).take(4).repeat(3),
        base.map(lambda x: x * 2).shuffle(4, seed=3).repeat(2),
    ):
        found += [elements(tf, made), twice(tf, made)]
    return found


@program
def shuffles_with_a_graphs_seed(tf):
    tf.compat.v1.set_random_seed(87)
    base = tf.data.Dataset.range(10)
    return [
        elements(tf, base.shuffle(4).repeat(2)),
        elements(tf, base.shuffle(4, seed=0)),
        twice(tf, base.shuffle(7).batch(4)),
        elements(tf, base.shuffle(4, seed=0).map(lambda x: tf.random.uniform([]) + tf.cast(x, tf.float32))),
    ]


@program
def maps(tf):
    constant = tf.constant(5, tf.int64)
    base = tf.data.Dataset.range(5)
    found = []
    for made in (
        base.map(lambda x: x * constant),
        base.map(lambda x: (x, {"twice": 2 * x})).map(lambda x, y: x + y["twice"]),
        base.map(lambda x: [x, x + 1]),
        base.map(lambda x: 7),
        base.map(lambda x: tf.strings.as_string(x), num_parallel_calls=2),
        base.map(lambda x: x + 1, num_parallel_calls=tf.data.experimental.AUTOTUNE).batch(2),
    ):
        found += [described(tf, made), elements(tf, made)]
    found.append(attempt(lambda: base.map(lambda x: object())))
    return found


@program
def maps_with_variables(tf):
    variable = tf.compat.v1.get_variable("v", initializer=np.int64(3))
    resource = tf.compat.v1.get_variable("r", initializer=np.int64(4), use_resource=True)
    base = tf.data.Dataset.range(4)
    init = [tf.compat.v1.global_variables_initializer()]
    return [
        elements(tf, base.map(lambda x: x * variable), initializable=True, before=init),
        elements(tf, base.map(lambda x: x * resource), initializable=True, before=init),
        attempt(lambda: tf.compat.v1.data.make_one_shot_iterator(base.map(lambda x: x * variable))),
        attempt(lambda: tf.compat.v1.data.make_one_shot_iterator(base.map(lambda x: x * resource))),
    ]


@program
def maps_with_random_numbers(tf):
    base = tf.data.Dataset.range(4)
    made = base.map(lambda x: tf.random.uniform([], seed=3)).repeat(2)
    found = [elements(tf, made), twice(tf, made)]
    tf.compat.v1.set_random_seed(9)
    made = base.map(lambda x: tf.random.uniform([]) + tf.random.normal([], seed=5)).repeat(2)
    return found + [elements(tf, made), twice(tf, made)]


@program
def errors_on_the_way(tf):
    base = tf.data.Dataset.from_tensor_slices(np.float32([1, 2, 0, 4, 5, 6, 7]))
    checked = base.map(lambda x: tf.debugging.check_numerics(1 / x, "no"))
    return [
        elements(tf, checked),
        elements(tf, checked.batch(2)),
        elements(tf, checked.batch(2), initializable=True),
        elements(tf, checked.map(lambda x: x + 1, num_parallel_calls=2).batch(3)),
        elements(tf, checked.repeat(2).shuffle(3, seed=1)),
        elements(tf, checked.prefetch(2)),
        elements(tf, checked.filter(lambda x: x < 0.4)),
        elements(tf, tf.data.Dataset.zip((checked, tf.data.Dataset.range(9)))),
    ]


@program
def filters(tf):
    base = tf.data.Dataset.range(20)
    return [
        elements(tf, base.filter(lambda x: tf.equal(x % 7, 3))),
        elements(tf, base.filter(lambda x: False)),
        attempt(lambda: base.filter(lambda x: x)),
    ]


@program
def flat_maps(tf):
    base = tf.data.Dataset.range(4)
    return [
        elements(tf, base.flat_map(lambda x: tf.data.Dataset.from_tensors(x).repeat(x))),
        elements(tf, base.flat_map(lambda x: tf.data.Dataset.range(x).map(lambda y: x * y))),
        elements(tf, base.flat_map(lambda x: tf.data.Dataset.range(6).shuffle(6, seed=2)).repeat(2)),
        attempt(lambda: base.flat_map(lambda x: x)),
    ]


@program
def interleaves(tf):
    base = tf.data.Dataset.range(1, 6)

    def repeated(x):
        return tf.data.Dataset.from_tensors(x).repeat(x)

    return [
        elements(tf, base.interleave(repeated, cycle_length=cycle, block_length=block, **more))
        for cycle, block in ((1, 1), (2, 1), (2, 3), (3, 2), (7, 2))  # the first one refuses two calls
        for more in ({}, {"num_parallel_calls": 2})
    ]


@program
def reductions(tf):
    base = tf.data.Dataset.range(6)
    pairs = base.reduce((np.int64(0), [1.5]), lambda state, x: (state[0] + x, state[1]))
    total = base.reduce(np.int64(0), lambda state, x: state + x)
    growing = base.reduce(tf.zeros([0], tf.int64), lambda state, x: tf.concat([state, [x]], 0))
    with tf.compat.v1.Session() as session:
        return [
            session.run(pairs),
            session.run(total),
            session.run(growing),
            str(growing.shape),
            attempt(lambda: base.reduce(np.int64(0), lambda state, x: (state, x))),
        ]


@program
def iterators_with_structure(tf):
    one, other = tf.data.Dataset.range(3), tf.data.Dataset.range(10, 12)
    iterator = tf.compat.v1.data.Iterator.from_structure(tf.int64, [])
    first, second = iterator.make_initializer(one), iterator.make_initializer(other)
    get_next = iterator.get_next()
    found = [str(iterator.output_types), str(iterator.output_shapes), iterator.output_classes.__name__]
    with tf.compat.v1.Session() as session:
        found.append(attempt(lambda: session.run(get_next)))
        for initializer in (first, second, first):
            session.run(initializer)
            found.append([attempt(lambda: session.run(get_next)) for _ in range(4)])
    found.append(attempt(lambda: iterator.initializer))
    found.append(attempt(lambda: iterator.make_initializer(one.batch(2))))
    found.append(attempt(lambda: iterator.make_initializer(one.map(lambda x: tf.cast(x, tf.int32)))))
    return found


@program
def feedable_iterators(tf):
    one, other = tf.data.Dataset.range(3), tf.data.Dataset.range(10, 14)
    handle = tf.compat.v1.placeholder(tf.string, [])
    iterators = [tf.compat.v1.data.make_initializable_iterator(each) for each in (one, other)]
    iterators.append(tf.compat.v1.data.make_one_shot_iterator(one))
    feedable = tf.compat.v1.data.Iterator.from_string_handle(
        handle, tf.compat.v1.data.get_output_types(one), tf.compat.v1.data.get_output_shapes(one)
    )
    get_next = feedable.get_next()
    found = []
    with tf.compat.v1.Session() as session:
        handles = session.run([each.string_handle() for each in iterators])
        found.append(attempt(lambda: session.run(get_next, {handle: handles[0]})))
        session.run([each.initializer for each in iterators[:2]])
        for i in (0, 1, 0, 2, 1, 2, 2, 0, 0, 2):
            found.append(attempt(lambda: session.run(get_next, {handle: handles[i]})))
        found.append(type(attempt(lambda: session.run(get_next, {handle: b"what"}))).__name__)
    return found


@program
def two_gets_of_one_iterator(tf):
    iterator = tf.compat.v1.data.make_one_shot_iterator(tf.data.Dataset.range(6))
    one, other = iterator.get_next(), iterator.get_next(name="other")
    with tf.compat.v1.Session() as session:
        return [sorted(session.run([one, other])) for _ in range(3)] + [other.name]


@program
def options(tf):
    options = tf.data.Options()
    options.experimental_deterministic = False
    options.experimental_optimization.shuffle_and_repeat_fusion = False
    dataset = tf.data.Dataset.range(8).shuffle(4, seed=2).with_options(options).repeat(2)
    other = tf.data.Options()
    other.experimental_deterministic = True
    return [
        elements(tf, dataset),
        dataset.options().experimental_deterministic,
        attempt(lambda: dataset.with_options(other)),
        attempt(lambda: setattr(options, "experimental_deterministic", 3)),
        attempt(lambda: setattr(options, "what", 3)),
        options == tf.data.Options(),
        options == tf.data.Options().merge(options),
    ]
