"""Ops of datasets that only other ways of writing reach: raw constructors, older names."""

import os
import tempfile

import numpy as np

from tests.oracle.client import attempt, internal
from tests.oracle.client.datasets import elements as elements_of

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def elements(tf, dataset, **keywords):
    return elements_of(tf, dataset, initializable=True, **keywords)


def made(tf, op, source, types=None, shapes=None, **given):
    """A dataset by a raw constructor; its elements are those of `source` unless types and shapes say more."""
    v1 = tf.compat.v1.data
    if types is None:
        types, shapes = [v1.get_output_types(source)], [v1.get_output_shapes(source)]
    given.update(output_types=types, output_shapes=shapes)
    variant = getattr(tf.raw_ops, op)(input_dataset=tf.data.experimental.to_variant(source), **given)
    return as_it_is(tf, wrapped(tf, variant, types, shapes))


def as_it_is(tf, dataset):
    """A dataset that is not rewritten: TensorFlow cannot rewrite some ops."""
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.experimental_optimization.autotune = False
    return dataset.with_options(options)


def wrapped(tf, variant, types, shapes):
    specs = tuple(tf.TensorSpec(shape, dtype) for shape, dtype in zip(shapes, types))
    return tf.data.experimental.from_variant(variant, specs[0] if len(specs) == 1 else specs)


def function(tf, source, call, more=None):
    """A function of the graph for the elements of a dataset, and what it captures."""
    wrapper = internal("data.ops.dataset_ops").StructuredFunctionWrapper
    key = tf.TensorSpec([], tf.int64)
    known = {"key": key, "pair": (key, key)}
    given = {"dataset": source} if more is None else {"input_structure": (more, source.element_spec)}
    if isinstance(more, str):
        given = {"input_structure": known[more]}
    return wrapper(call, "Dataset.map()", **given).function


def int64(value):
    return np.int64(value)


@program
def older_names(tf):
    base = tf.data.Dataset.range(6)
    rows = tf.data.Dataset.from_tensor_slices(np.arange(6).reshape(3, 2))
    scalar = [tf.int64], [tf.TensorShape([])]
    plus = function(tf, base, lambda x: x + 10)
    small = function(tf, base, lambda x: x < 4)
    found = [
        elements(
            tf, made(tf, "BatchDataset", base, [tf.int64], [tf.TensorShape([None])], batch_size=int64(4))
        ),
        elements(tf, made(tf, "UnbatchDataset", rows, *scalar)),
        elements(tf, made(tf, "ExperimentalUnbatchDataset", rows, *scalar)),
        elements(tf, made(tf, "MaxIntraOpParallelismDataset", base, max_intra_op_parallelism=int64(1))),
        elements(
            tf, made(tf, "ExperimentalMaxIntraOpParallelismDataset", base, max_intra_op_parallelism=int64(1))
        ),
        elements(tf, made(tf, "PrivateThreadPoolDataset", base, num_threads=int64(1))),
        elements(tf, made(tf, "ExperimentalPrivateThreadPoolDataset", base, num_threads=int64(1))),
    ]
    for name in ("TakeWhileDataset", "ExperimentalTakeWhileDataset"):
        found.append(elements(tf, made(tf, name, base, *scalar, other_arguments=[], predicate=small)))
    for name in ("MapAndBatchDataset", "ExperimentalMapAndBatchDataset"):
        given = dict(batch_size=int64(4), num_parallel_calls=int64(2), drop_remainder=True)
        dataset = made(
            tf, name, base, [tf.int64], [tf.TensorShape([None])], other_arguments=[], f=plus, **given
        )
        found.append(elements(tf, dataset))
    return found


@program
def names_from_experiments(tf):
    base = tf.data.Dataset.range(6)
    twice = base.concatenate(base)
    vector = [tf.int64], [tf.TensorShape([None])]
    pair = [tf.int64, tf.int64], [tf.TensorShape([])] * 2
    key = tf.TensorSpec([], tf.int64)
    window = dict(window_size=int64(3), window_shift=int64(2), window_stride=int64(1))
    found = []
    for name in ("", "Experimental"):
        found.append(elements(tf, made(tf, name + "IgnoreErrorsDataset", base)))
        found.append(elements(tf, made(tf, name + "UniqueDataset", twice)))
        found.append(elements(tf, made(tf, name + "SleepDataset", base, sleep_microseconds=int64(3))))
        found.append(elements(tf, made(tf, name + "SlidingWindowDataset", base, *vector, **window)))
        functions = dict(
            key_func=function(tf, base, lambda x: x % 2),
            init_func=function(tf, base, lambda key: (key, int64(0)), "key"),
            reduce_func=function(tf, base, lambda state, x: (state[0], state[1] + x), (key, key)),
            finalize_func=function(tf, base, lambda key, total: (key, total), "pair"),
        )
        captured = {"%s_other_arguments" % each: [] for each in functions}
        captured.update(functions)
        found.append(elements(tf, made(tf, name + "GroupByReducerDataset", base, *pair, **captured)))
    return found


@program
def groups_and_interleaves(tf):
    base = tf.data.Dataset.range(6)
    vector = [tf.int64], [tf.TensorShape([None])]
    key = tf.TensorSpec([], tf.int64)
    windows = tf.data.experimental.DatasetStructure(key)
    wrapper = internal("data.ops.dataset_ops").StructuredFunctionWrapper
    reduced = wrapper(lambda key, xs: xs.batch(2), "Dataset.map()", input_structure=(key, windows))
    given = dict(
        key_func=function(tf, base, lambda x: x % 2),
        reduce_func=reduced.function,
        window_size_func=function(tf, base, lambda key: int64(2), "key"),
        key_func_other_arguments=[],
        reduce_func_other_arguments=[],
        window_size_func_other_arguments=[],
    )
    found = [elements(tf, made(tf, "ExperimentalGroupByWindowDataset", base, *vector, **given))]
    numbers = dict(
        cycle_length=int64(2),
        block_length=int64(1),
        sloppy=False,
        buffer_output_elements=int64(2),
        prefetch_input_elements=int64(2),
        other_arguments=[],
        f=function(tf, base, lambda x: tf.data.Dataset.range(x)),
    )
    found.append(elements(tf, made(tf, "ExperimentalParallelInterleaveDataset", base, **numbers)))
    given = dict(rate=np.float32(0.5), seed=int64(3), seed2=int64(4))
    found.append(elements(tf, made(tf, "SamplingDataset", tf.data.Dataset.range(30), **given)))
    with tf.compat.v1.Session() as session:
        variant = tf.data.experimental.to_variant(base)
        found.append(session.run(tf.raw_ops.ExperimentalDatasetCardinality(input_dataset=variant)))
    return found


@program
def files_by_older_ops(tf):
    scalar = [tf.string], [tf.TensorShape([])]
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "records")
        words = tf.data.Dataset.from_tensor_slices(["a", "b"])
        with tf.compat.v1.Session() as session:
            session.run(
                tf.raw_ops.ExperimentalDatasetToTFRecord(
                    input_dataset=tf.data.experimental.to_variant(words), filename=name, compression_type=""
                )
            )
        found = [elements(tf, tf.data.TFRecordDataset(name))]
        fixed = tf.raw_ops.FixedLengthRecordDataset(
            filenames=name,
            header_bytes=int64(0),
            record_bytes=int64(17),
            footer_bytes=int64(0),
            buffer_size=int64(0),
        )
        found.append(elements(tf, as_it_is(tf, wrapped(tf, fixed, *scalar))))
        for op in ("MatchingFilesDataset", "ExperimentalMatchingFilesDataset"):
            variant = getattr(tf.raw_ops, op)(patterns=os.path.join(folder, "*"))
            found.append(len(elements(tf, as_it_is(tf, wrapped(tf, variant, *scalar)))))
    return found


@program
def sparse_strings(tf):
    sparse = tf.SparseTensor([[0, 1], [0, 2], [2, 0]], [1.0, 2.0, 3.0], [3, 4])
    parts = dict(sparse_indices=sparse.indices, sparse_values=sparse.values, sparse_shape=sparse.dense_shape)
    rows = tf.raw_ops.SerializeManySparse(out_type=tf.string, **parts)
    one = tf.raw_ops.SerializeSparse(out_type=tf.string, **parts)
    wrong = tf.raw_ops.DeserializeSparse(serialized_sparse=one, dtype=tf.int32)
    damaged = tf.raw_ops.DeserializeSparse(serialized_sparse=["", "", "x"], dtype=tf.int32)
    with tf.compat.v1.Session() as session:
        return [
            session.run(one),
            session.run(tf.raw_ops.DeserializeSparse(serialized_sparse=one, dtype=tf.float32)),
            session.run(tf.raw_ops.DeserializeSparse(serialized_sparse=rows, dtype=tf.float32)),
            session.run(tf.raw_ops.DeserializeManySparse(serialized_sparse=rows, dtype=tf.float32)),
            attempt(lambda: session.run(wrong)),
            attempt(lambda: session.run(damaged)),
        ]


@program
def scans(tf):
    base = tf.data.Dataset.range(6)
    state = tf.TensorSpec([], tf.int64)
    added = function(tf, base, lambda total, x: (total + x, 2 * total), state)
    scalar = [tf.int64], [tf.TensorShape([])]
    return [
        elements(tf, made(tf, name, base, *scalar, initial_state=[int64(100)], other_arguments=[], f=added))
        for name in ("ScanDataset", "ExperimentalScanDataset")
    ]


@program
def random_numbers(tf):
    scalar = [tf.int64], [tf.TensorShape([])]
    found = []
    for name in ("RandomDataset", "ExperimentalRandomDataset"):
        given = dict(seed=int64(3), seed2=int64(4), output_types=scalar[0], output_shapes=scalar[1])
        dataset = wrapped(tf, getattr(tf.raw_ops, name)(**given), *scalar)
        found.append(elements(tf, dataset, most=10))
    base = tf.data.Dataset.range(6)
    given = dict(buffer_size=int64(3), seed=int64(3), seed2=int64(4), count=int64(3))
    found.append(elements(tf, made(tf, "ShuffleAndRepeatDataset", base, **given)))
    return found


@program
def directed_interleaves(tf):
    scalar = [tf.int64], [tf.TensorShape([])]
    to_variant = tf.data.experimental.to_variant
    datasets = [tf.data.Dataset.range(10 * i, 10 * i + 3) for i in range(3)]
    choice = tf.data.Dataset.from_tensor_slices(np.int64([2, 0, 0, 1, 2, 2, 2, 0, 0, 1, 1, 1, 1]))
    found = []
    for name in ("DirectedInterleaveDataset", "ExperimentalDirectedInterleaveDataset"):
        variant = getattr(tf.raw_ops, name)(
            selector_input_dataset=to_variant(choice),
            data_input_datasets=[to_variant(each) for each in datasets],
            output_types=scalar[0],
            output_shapes=scalar[1],
        )
        found.append(elements(tf, wrapped(tf, variant, *scalar)))
    return found


@program
def sparse_batches(tf):
    base = tf.data.Dataset.range(1, 4).map(lambda x: tf.fill([x], x))
    found = []
    for name in ("DenseToSparseBatchDataset", "ExperimentalDenseToSparseBatchDataset"):
        variant = getattr(tf.raw_ops, name)(
            input_dataset=tf.data.experimental.to_variant(base),
            batch_size=int64(2),
            row_shape=np.int64([4]),
            output_types=[tf.variant],
            output_shapes=[tf.TensorShape(None)],
        )
        dataset = tf.data.experimental.from_variant(variant, tf.SparseTensorSpec([None, 4], tf.int64))
        found.append(len(elements(tf, dataset.map(lambda x: 1))))
    return found


@program
def wrapped_datasets(tf):
    base = tf.data.Dataset.range(6)
    variant = tf.raw_ops.WrapDatasetVariant(input_handle=tf.data.experimental.to_variant(base))
    variant = tf.raw_ops.UnwrapDatasetVariant(input_handle=variant)
    return elements(tf, wrapped(tf, variant, [tf.int64], [tf.TensorShape([])]))


@program
def older_iterators(tf):
    flat = dict(output_types=[tf.int64], output_shapes=[tf.TensorShape([])])
    iterator = tf.raw_ops.Iterator(shared_name="it", container="", **flat)
    begin = tf.raw_ops.MakeIterator(
        dataset=tf.data.experimental.to_variant(tf.data.Dataset.range(6)), iterator=iterator
    )
    handle = tf.raw_ops.IteratorToStringHandle(resource_handle=iterator)
    again = tf.raw_ops.IteratorFromStringHandle(string_handle=handle, **flat)
    devices = [
        tf.raw_ops.IteratorGetDevice(resource=iterator),
        tf.raw_ops.ExperimentalIteratorGetDevice(resource=iterator),
    ]
    get = tf.raw_ops.IteratorGetNextSync(iterator=iterator, **flat)
    get_again = tf.raw_ops.IteratorGetNext(iterator=again, **flat)
    with tf.compat.v1.Session() as session:
        session.run(begin)
        return [session.run(get), session.run(get_again), session.run(get), session.run(devices)]


@program
def padded_by_the_older_op(tf):
    base = tf.data.Dataset.range(1, 4).map(lambda x: tf.fill([x], x))
    variant = tf.raw_ops.PaddedBatchDataset(
        input_dataset=tf.data.experimental.to_variant(base),
        batch_size=int64(2),
        padded_shapes=[np.int64([4])],
        padding_values=[int64(-1)],
        output_shapes=[tf.TensorShape([None, 4])],
    )
    return elements(tf, as_it_is(tf, wrapped(tf, variant, [tf.int64], [tf.TensorShape([None, 4])])))


@program
def generators(tf):
    def numbers(most=3):
        for number in range(int(most)):
            yield number, [number] * number

    def texts():
        yield "a", ["b", "c"]
        yield b"d", []

    make = tf.data.Dataset.from_generator
    base = make(numbers, (tf.int64, tf.float32), (tf.TensorShape([]), tf.TensorShape([None])))
    return [
        elements(tf, base),
        elements(tf, base.repeat(2)),
        elements(tf, make(numbers, (tf.int64, tf.float32), args=[2])),
        elements(tf, make(texts, (tf.string, tf.string))),
    ]


@program
def statistics_by_older_ops(tf):
    base = tf.data.Dataset.range(4)
    aggregator = tf.raw_ops.ExperimentalStatsAggregatorHandle()
    dataset = made(tf, "ExperimentalBytesProducedStatsDataset", base, tag="bytes")
    dataset = made(tf, "ExperimentalLatencyStatsDataset", dataset, tag="time")
    given = dict(stats_aggregator=aggregator, tag="all", counter_prefix="")
    dataset = made(tf, "ExperimentalSetStatsAggregatorDataset", dataset, **given)
    summary = tf.raw_ops.ExperimentalStatsAggregatorSummary(iterator=aggregator)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    get_next = iterator.get_next()
    with tf.compat.v1.Session() as session:
        session.run(iterator.initializer)
        session.run(get_next)
        found = tf.compat.v1.Summary.FromString(session.run(summary))
        return sorted((value.tag, value.histo.num) for value in found.value)
