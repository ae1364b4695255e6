"""Parsing: a batch of Examples, and lines of comma-separated values."""

import numpy as np

from benchmarks.adapter import tf

EXAMPLES, LINES = 10000, 100000


def _feature(values):
    train = tf.train
    if isinstance(values[0], bytes):
        return train.Feature(bytes_list=train.BytesList(value=values))
    if isinstance(values[0], float):
        return train.Feature(float_list=train.FloatList(value=values))
    return train.Feature(int64_list=train.Int64List(value=values))


def _example(draw, i):
    features = {"float_%d" % k: [draw.rand()] for k in range(4)}
    features.update({"int_%d" % k: [int(draw.randint(0, 10 ** (k + 2)))] for k in range(3)})
    features["vector"] = draw.rand(16).tolist()
    features["name"] = [b"name%d" % i]
    features["any"] = [int(number) for number in draw.randint(0, 1000, 1 + draw.randint(0, 5))]
    made = {key: _feature(values) for key, values in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


def examples():
    """10,000 Examples with ten features, fed, to arrays."""
    draw = np.random.RandomState(0)
    batch = np.array([_example(draw, i) for i in range(EXAMPLES)], object)
    wanted = {"float_%d" % k: tf.io.FixedLenFeature([], tf.float32) for k in range(4)}
    wanted.update({"int_%d" % k: tf.io.FixedLenFeature([], tf.int64) for k in range(3)})
    wanted["vector"] = tf.io.FixedLenFeature([16], tf.float32)
    wanted["name"] = tf.io.FixedLenFeature([], tf.string)
    wanted["any"] = tf.io.VarLenFeature(tf.int64)
    serialized = tf.placeholder(tf.string, [None])
    parsed = tf.io.parse_example(serialized, wanted)
    session = tf.Session()

    def step():
        return float(session.run(parsed, {serialized: batch})["vector"].sum())

    return step


def lines():
    """100,000 lines of five fields, fed, to arrays."""
    draw = np.random.RandomState(0)
    fields = zip(
        draw.randint(0, 1000, LINES), draw.rand(LINES), draw.randn(LINES), draw.randint(0, 50, LINES)
    )
    batch = np.array([b"%d,%.3f,%.2f,w%d,%d" % (*row, row[0] * 997) for row in fields], object)
    records = tf.placeholder(tf.string, [None])
    columns = tf.io.decode_csv(records, [[0], [0.0], [0.0], [""], [0]])
    session = tf.Session()

    def step():
        return float(session.run(columns, {records: batch})[1].sum())

    return step
