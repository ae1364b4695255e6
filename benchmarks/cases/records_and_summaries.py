"""Record files and event files: what is written beside training, and what is read for it."""

import os
import tempfile

import numpy as np

from benchmarks.adapter import tf

SIZE, COUNT = 1 << 10, 2000


def _file(name):
    return os.path.join(tempfile.mkdtemp(), name)


def _records(varied):
    draw = np.random.RandomState(0)
    return [draw.bytes(SIZE + (i % 7 if varied else 0)) for i in range(COUNT)]


def _write(name, records, options=None):
    with tf.io.TFRecordWriter(name, options) as writer:
        for record in records:
            writer.write(record)


def _read(name):
    count = size = 0
    for record in tf.io.tf_record_iterator(name):
        count += 1
        size += len(record)
    return [count, size]


def write_records():
    """Records of a kilobyte, of a few lengths."""
    name, records = _file("records"), _records(True)

    def step():
        _write(name, records)
        return os.path.getsize(name)

    return step


def read_records():
    """The same."""
    name = _file("records")
    _write(name, _records(True))
    return lambda: _read(name)


def read_equal_records():
    """Records of one length, as those of pictures of one size."""
    name = _file("records")
    _write(name, _records(False))
    return lambda: _read(name)


def scalar_summary():
    """What a training loop does: run a summary and add it."""
    loss = tf.placeholder(tf.float32, [])
    summary = tf.summary.scalar("loss", loss)
    session, writer, steps = tf.Session(), tf.summary.FileWriter(_file("logs")), iter(range(1 << 60))

    def step():
        made = session.run(summary, {loss: 0.5})
        writer.add_summary(made, next(steps))
        return len(made)

    return step


def merged_summaries():
    """20 numbers in one summary."""
    loss = tf.placeholder(tf.float32, [])
    for i in range(20):
        tf.summary.scalar("loss_%d" % i, loss + i)
    summary = tf.summary.merge_all()
    session, writer, steps = tf.Session(), tf.summary.FileWriter(_file("logs")), iter(range(1 << 60))

    def step():
        made = session.run(summary, {loss: 0.5})
        writer.add_summary(made, next(steps))
        return len(made)

    return step


def histogram_summary():
    """The distribution of 100,000 numbers."""
    values = tf.Variable(np.random.RandomState(0).normal(size=100000).astype("f"))
    summary = tf.summary.histogram("weights", values)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return lambda: len(session.run(summary))
