"""Datasets of tf.data.experimental, windows, caches, and files."""

import gzip
import os
import tempfile
import zlib

import numpy as np

from tests.oracle.client import attempt
from tests.oracle.client.datasets import described, elements, twice

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def in_folder(function):
    """A program that has a folder of its own, which is its working directory."""

    def inside(tf):
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                return function(tf)
            finally:
                os.chdir(before)

    inside.__name__ = function.__name__
    PROGRAMS.append(inside)
    return function


@program
def windows(tf):
    base = tf.data.Dataset.range(7)
    found = []
    for size, shift, stride, drop in (
        (3, None, 1, False),
        (3, 2, 1, False),
        (3, 1, 2, True),
        (2, 3, 1, True),
    ):
        made = base.window(size, shift, stride, drop)
        found.append(elements(tf, made.flat_map(lambda x: x.batch(3))))
        found.append(elements(tf, made.flat_map(lambda x: x), most=30))
    pairs = tf.data.Dataset.zip((base, base.map(lambda x: tf.strings.as_string(x)))).window(4)
    found.append(elements(tf, pairs.flat_map(lambda x, y: tf.data.Dataset.zip((x.batch(4), y.batch(4))))))
    found.append(repr(pairs.element_spec[0]._element_spec))
    return found


@program
def caches_in_memory(tf):
    base = tf.data.Dataset.range(5).map(lambda x: tf.random.uniform([], seed=3))
    shuffled = tf.data.Dataset.range(5).shuffle(5, seed=2)
    return [
        elements(tf, base.cache().repeat(3)),
        twice(tf, base.cache().repeat(2)),
        elements(tf, base.cache().take(3).repeat(2)),
        elements(tf, shuffled.cache().repeat(3)),
        elements(tf, shuffled.cache().shuffle(3, seed=1).batch(2).repeat(2)),
    ]


@in_folder
def caches_in_files(tf):
    base = tf.data.Dataset.range(5).map(lambda x: (tf.random.uniform([], seed=3), tf.strings.as_string(x)))
    found = [elements(tf, base.cache("kept").repeat(2)), sorted(os.listdir("."))]
    found.append(elements(tf, tf.data.Dataset.range(0).map(lambda x: (0.0, "")).cache("kept")))
    checkpoint = tf.train.load_checkpoint("kept")
    found.append(sorted(checkpoint.get_variable_to_shape_map()))
    found.append(elements(tf, base.cache("other").take(2), initializable=True))
    return found + [sorted(os.listdir("."))]


@program
def scans(tf):
    base = tf.data.Dataset.range(6)
    scan = tf.data.experimental.scan
    found = []
    for made in (
        base.apply(scan(np.int64(10), lambda total, x: (total + x, total * x))),
        base.apply(scan((np.int64(0), [1.0]), lambda s, x: ((s[0] + x, tf.concat([s[1], [2.0]], 0)), s[1]))),
        tf.data.experimental.Counter(3, 2).take(4),
        tf.data.experimental.Counter(np.float32(3), np.float32(-1), tf.float32).take(4),
    ):
        found += [described(tf, made), elements(tf, made)]
    found.append(attempt(lambda: base.apply(scan(np.int64(0), lambda total, x: total))))
    found.append(attempt(lambda: base.apply(scan(0, lambda total, x: (x, x)))))
    return found


@program
def takes_while(tf):
    base = tf.data.Dataset.range(10)
    return [
        elements(tf, base.apply(tf.data.experimental.take_while(lambda x: x < 4)).repeat(2)),
        elements(tf, base.apply(tf.data.experimental.take_while(lambda x: x > 4))),
        attempt(lambda: base.apply(tf.data.experimental.take_while(lambda x: x))),
    ]


@program
def groups_by_window(tf):
    base = tf.data.Dataset.range(20)
    group = tf.data.experimental.group_by_window
    return [
        elements(tf, base.apply(group(lambda x: x % 3, lambda key, xs: xs.batch(4), 4))),
        elements(tf, base.apply(group(lambda x: x % 2, lambda key, xs: xs.map(lambda x: x + 100 * key), 5))),
        elements(
            tf,
            base.apply(
                group(
                    lambda x: tf.cast(x < 15, tf.int64),
                    lambda key, xs: xs.batch(10),
                    window_size_func=lambda key: (key + 1) * 4,
                )
            ),
        ),
        elements(tf, base.repeat().apply(group(lambda x: x % 2, lambda key, xs: xs.batch(3), 3)), most=8),
        attempt(lambda: group(lambda x: x, lambda key, xs: xs)),
        attempt(lambda: base.apply(group(lambda x: x, lambda key, xs: key, 3))),
        elements(tf, base.apply(group(lambda x: x, lambda key, xs: xs, 0)), initializable=True),
    ]


@program
def groups_by_reducer(tf):
    base = tf.data.Dataset.range(10)
    reducer = tf.data.experimental.Reducer(
        lambda key: (key * 100, np.int64(0)),
        lambda s, x: (s[0] + x, s[1] + 1),
        lambda total, count: (total, count),
    )
    made = base.apply(tf.data.experimental.group_by_reducer(lambda x: x % 3, reducer))
    return described(tf, made) + elements(tf, made)


@program
def buckets(tf):
    lengths = [1, 5, 2, 9, 3, 4, 12, 7, 2, 1, 6, 3]
    base = tf.data.Dataset.from_tensor_slices(lengths).map(lambda n: (tf.fill([n], n), n))
    bucket = tf.data.experimental.bucket_by_sequence_length
    length = lambda x, n: n  # noqa: E731
    twos = base.filter(lambda x, n: tf.equal(n, 2))
    padding = dict(padded_shapes=([15], []), padding_values=(-1, 0))
    return [
        elements(tf, base.apply(bucket(length, [3, 6], [3, 2, 2]))),
        elements(tf, base.apply(bucket(length, [3, 6, 13], [3, 2, 2, 2], pad_to_bucket_boundary=True))),
        elements(tf, base.apply(bucket(length, [3, 6], [3, 2, 2], drop_remainder=True))),
        elements(tf, base.apply(bucket(length, [3], [2, 2], **padding))),
        elements(tf, twos.apply(bucket(length, [3], [2, 2], no_padding=True))),
        attempt(lambda: bucket(length, [3], [2])),
    ]


@program
def samples(tf):
    datasets = [tf.data.Dataset.range(10 * i, 10 * i + 7) for i in range(3)]
    sample = tf.data.experimental.sample_from_datasets
    weights = tf.data.Dataset.from_tensor_slices(np.float32([[0.5, 0.5, 0], [0, 0, 1]] * 10))
    found = [
        elements(tf, sample(datasets, seed=3)),
        elements(tf, sample(datasets, [0.2, 0.3, 0.5], seed=3)),
        elements(tf, sample(datasets, weights, seed=3)),
        elements(tf, sample(datasets[:1], seed=3)),
        attempt(lambda: sample(datasets, [0.5, 0.5])),
        attempt(lambda: sample(datasets, [1, 2, 3])),
        attempt(lambda: sample([datasets[0], datasets[1].batch(2).map(lambda x: "a")])),
    ]
    tf.compat.v1.set_random_seed(4)
    return found + [elements(tf, sample(datasets, [0.2, 0.3, 0.5]))]


@program
def choices(tf):
    datasets = [tf.data.Dataset.from_tensors(word).repeat(3) for word in ("a", "b", "c")]
    choose = tf.data.experimental.choose_from_datasets
    choice = tf.data.Dataset.from_tensor_slices(np.int64([0, 2, 2, 1, 0, 2, 2, 1, 1, 1, 0, 0]))
    wrong = tf.data.Dataset.from_tensor_slices(np.int64([0, 3]))
    return [
        elements(tf, choose(datasets, choice)),
        elements(tf, choose(datasets, wrong)),
        attempt(lambda: choose(datasets, datasets[0])),
    ]


@program
def random_datasets(tf):
    random = tf.data.experimental.RandomDataset
    return [elements(tf, random(seed=4).take(5)), twice(tf, random(seed=0).take(3)), described(tf, random())]


@program
def parallel_interleaves(tf):
    base = tf.data.Dataset.from_tensor_slices(np.int64([4, 5, 6, 2, 1, 3]))

    def repeated(x):
        return tf.data.Dataset.from_tensors(x).repeat(x)

    interleave = tf.data.experimental.parallel_interleave
    return [
        elements(tf, base.apply(interleave(repeated, cycle, block)))
        for cycle, block in ((1, 1), (2, 1), (2, 3), (3, 2), (7, 2), (2, 20))
    ] + [
        elements(tf, base.apply(interleave(repeated, 0)), initializable=True),
        elements(tf, base.apply(interleave(repeated, 2, prefetch_input_elements=0))),
    ]


@program
def errors_left_out(tf):
    base = tf.data.Dataset.from_tensor_slices(np.float32([1, 2, 0, 4, 0, 6, 7]))
    checked = base.map(lambda x: tf.debugging.check_numerics(1 / x, "no"))
    ignore = tf.data.experimental.ignore_errors()
    return [
        elements(tf, checked.apply(ignore)),
        elements(tf, checked.batch(2).apply(ignore)),
        elements(tf, checked.apply(ignore).batch(2)),
        elements(tf, checked.map(lambda x: x, num_parallel_calls=3).prefetch(1).apply(ignore)),
    ]


@program
def unique(tf):
    apply = tf.data.experimental.unique()
    return [
        elements(tf, tf.data.Dataset.from_tensor_slices([1, 2, 1, 3, 2]).apply(apply)),
        elements(tf, tf.data.Dataset.from_tensor_slices(["a", "b", "a"]).apply(apply)),
        attempt(lambda: tf.data.Dataset.from_tensor_slices([1.0]).apply(apply)),
    ]


@program
def fused_shuffles(tf):
    base = tf.data.Dataset.range(10)
    apply = tf.data.experimental.shuffle_and_repeat
    return [
        elements(tf, base.apply(apply(5, 2, seed=3))),
        twice(tf, base.apply(apply(5, seed=3)).take(25)),
        elements(tf, base.take(0).apply(apply(5, seed=3))),
        elements(tf, base.apply(apply(30, 2, seed=3))),
    ]


@program
def fused_maps(tf):
    base = tf.data.Dataset.range(10)
    apply = tf.data.experimental.map_and_batch
    found = []
    for made in (
        base.apply(apply(lambda x: (x, x * 2), 4)),
        base.apply(apply(lambda x: x, 4, drop_remainder=True, num_parallel_calls=2)),
        base.apply(apply(lambda x: tf.debugging.check_numerics(1 / tf.cast(x - 5, tf.float32), "no"), 3)),
        base.apply(apply(lambda x: tf.fill([x], x), 3)),
    ):
        found += [described(tf, made), elements(tf, made)]
    found.append(attempt(lambda: apply(lambda x: x, 4, 2, False, 3)))
    return found


@program
def sparse_elements(tf):
    sparse = tf.SparseTensor([[0, 1], [0, 2], [2, 0]], [1.0, 2.0, 3.0], [4, 3])
    slices = tf.data.Dataset.from_tensor_slices(sparse)
    whole = tf.data.Dataset.from_tensors((sparse, 1))
    dense = tf.data.Dataset.range(1, 5).map(lambda x: tf.fill([x], x))
    found = []
    for made in (
        slices,
        slices.batch(3),
        whole.map(lambda x, y: tf.SparseTensor(x.indices, x.values * 2, x.dense_shape)),
        whole.repeat(2).batch(2),
        dense.apply(tf.data.experimental.dense_to_sparse_batch(3, [6])),
        dense.apply(tf.data.experimental.dense_to_sparse_batch(3, [None])),
        dense.apply(tf.data.experimental.dense_to_sparse_batch(3, [2])),
        slices.filter(lambda x: tf.size(x.values) > 0),
        slices.batch(2).unbatch(),
        slices.cache().repeat(2),
        slices.shuffle(3, seed=1),
    ):
        found += [described(tf, made)[0], elements(tf, made, initializable=True)]
    return found


@program
def cardinalities(tf):
    base = tf.data.Dataset.range(10)
    cases = [
        base,
        base.repeat(),
        base.repeat(3),
        base.repeat(0),
        base.filter(lambda x: True),
        base.batch(3),
        base.batch(3, True),
        base.take(20),
        base.skip(4),
        base.shard(3, 1),
        base.map(lambda x: x),
        base.concatenate(base),
        base.zip((base, base.repeat())),
        base.flat_map(lambda x: tf.data.Dataset.from_tensors(x)),
        base.shuffle(3).prefetch(1).cache(),
        base.window(4, drop_remainder=True),
        base.interleave(lambda x: tf.data.Dataset.from_tensors(x), 2),
        base.batch(5, True).unbatch(),
        base.enumerate(),
        tf.data.experimental.Counter(),
        tf.data.experimental.RandomDataset(),
        base.repeat().take(4),
    ]
    with tf.compat.v1.Session() as session:
        return [session.run(tf.data.experimental.cardinality(each)) for each in cases]


@program
def single_elements(tf):
    base = tf.data.Dataset.range(10)
    single = tf.data.experimental.get_single_element
    with tf.compat.v1.Session() as session:
        return [
            session.run(single(base.skip(3).take(1))),
            session.run(single(base.batch(10).map(lambda x: (x, 3)))),
            attempt(lambda: session.run(single(base))),
            attempt(lambda: session.run(single(base.take(0)))),
            attempt(lambda: single(3)),
        ]


def write(name, lines, how=None):
    text = b"".join(lines)
    if how == "GZIP":
        with gzip.open(name, "wb") as file:
            file.write(text)
        return
    with open(name, "wb") as file:
        file.write(zlib.compress(text) if how == "ZLIB" else text)


@in_folder
def text_lines(tf):
    write("one", [b"first\n", b"\n", b"third\r\n", b"last"])
    write("two", [b"second file\n"])
    write("gz", [b"in gzip\n", b"more\n"], "GZIP")
    write("zlib", [b"in zlib\n", b"more\n"], "ZLIB")
    make = tf.data.TextLineDataset
    names = tf.data.Dataset.from_tensor_slices(["two", "one"])
    return [
        elements(tf, make(["one", "two"])),
        elements(tf, make("gz", "GZIP")),
        elements(tf, make("zlib", compression_type="ZLIB", buffer_size=10)),
        elements(tf, make(names)),
        elements(tf, make(["one", "two"], num_parallel_reads=2)),
        elements(tf, make(["one", "two"], num_parallel_reads=-1)),
        elements(tf, make(["missing", "two"])),
        elements(tf, make("gz", "ZLIB"), errors=1),
        elements(tf, make("one", "LZ4"), errors=1),
        described(tf, make("one")),
        attempt(lambda: make(tf.data.Dataset.range(3))),
    ]


@in_folder
def records(tf):
    for name, how in (("one", ""), ("gz", "GZIP"), ("zlib", "ZLIB")):
        options = tf.compat.v1.io.TFRecordOptions(
            getattr(tf.compat.v1.io.TFRecordCompressionType, how or "NONE")
        )
        with tf.io.TFRecordWriter(name, options) as writer:
            for i in range(3):
                writer.write(b"%d of %s" % (i, name.encode()))
    with open("one", "rb") as file:
        whole = file.read()
    write("cut", [whole[:-7]])
    write("damaged", [whole[:40], b"x", whole[41:]])
    make = tf.data.TFRecordDataset
    return [
        elements(tf, make(["one", "one"])),
        elements(tf, make("gz", "GZIP")),
        elements(tf, make("zlib", "ZLIB", 1000)),
        elements(tf, make(["one", "one"], num_parallel_reads=2)),
        elements(tf, make(["cut", "one"])),
        elements(tf, make(["damaged", "one"]).apply(tf.data.experimental.ignore_errors())),
        elements(tf, make("gz"), errors=1),
    ]


@in_folder
def fixed_lengths(tf):
    write("one", [b"HH", b"abc", b"def", b"ghi", b"F"])
    write("zlib", [b"HH", b"abc", b"def", b"ghi", b"F"], "ZLIB")
    make = tf.data.FixedLengthRecordDataset
    return [
        elements(tf, make("one", 3, 2, 1)),
        elements(tf, make("zlib", 3, 2, 1, compression_type="ZLIB")),
        elements(tf, make(["one", "one"], 3, 2, 1, num_parallel_reads=2)),
        elements(tf, make("one", 4), errors=1),
        elements(tf, make("one", 0), errors=1),
    ]


@in_folder
def files_by_pattern(tf):
    for name in ("b.txt", "a.txt", "c.txt", "d.csv"):
        write(name, [name.encode()])
    make = tf.data.Dataset.list_files
    return [
        elements(tf, make("*.txt", shuffle=False), initializable=True),
        elements(tf, make("*.txt", seed=3), initializable=True),
        elements(tf, make(["*.csv", "a*"], shuffle=False), initializable=True),
        attempt(lambda: elements(tf, make("*.png"), initializable=True)),
    ]


@in_folder
def written_records(tf):
    base = tf.data.Dataset.range(4).map(lambda x: tf.strings.as_string(x))
    with tf.compat.v1.Session() as session:
        for name, how in (("plain", None), ("gz", "GZIP")):
            session.run(tf.data.experimental.TFRecordWriter(name, how).write(base))
    return [
        elements(tf, tf.data.TFRecordDataset("plain")),
        elements(tf, tf.data.TFRecordDataset("gz", "GZIP")),
        attempt(lambda: tf.data.experimental.TFRecordWriter("x").write(tf.data.Dataset.range(3))),
    ]
