"""Checkpoints: saving, restoring, listing."""

import atexit
import os
import shutil
import tempfile

import numpy as np

from benchmarks.adapter import tf

MEGABYTE = 1 << 20


def _prefix():
    """The name of a checkpoint in a folder that is gone with the process."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, True)
    return os.path.join(folder, "model")


def _session(count, size):
    """A session with variables of float32 of that many bytes each."""
    for i in range(count):
        value = np.full([size // 4], i, np.float32)
        tf.get_variable("variable_%d" % i, initializer=tf.zeros_initializer(), shape=value.shape)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


def _saving(count, size):
    session, prefix, steps = _session(count, size), _prefix(), iter(range(1 << 60))
    saver = tf.train.Saver(max_to_keep=2)

    def step():
        saver.save(session, prefix, global_step=next(steps))
        return len(saver.last_checkpoints) > 0

    return step


def _restoring(count, size):
    session, saver = _session(count, size), tf.train.Saver()
    name = saver.save(session, _prefix())
    first = tf.trainable_variables()[0]

    def step():
        saver.restore(session, name)
        return float(session.run(first)[0])

    return step


def save_large():
    """200 MB of variables, as a training loop saves them."""
    return _saving(40, 5 * MEGABYTE)


def restore_large():
    """The same."""
    return _restoring(40, 5 * MEGABYTE)


def save_many():
    """2,000 small variables, with their graph."""
    return _saving(2000, 32)


def restore_many():
    """The same."""
    return _restoring(2000, 32)


def list_large():
    """The names and shapes of a checkpoint of a gigabyte."""
    prefix, count = _prefix(), 250
    names = ["layer_%d/weights" % i for i in range(count)]
    value = tf.zeros([MEGABYTE])
    with tf.Session() as session:
        session.run(
            tf.raw_ops.SaveV2(
                prefix=prefix, tensor_names=names, shape_and_slices=[""] * count, tensors=[value] * count
            )
        )
    assert os.path.getsize(prefix + ".data-00000-of-00001") >= 1000 * MEGABYTE

    def step():
        shapes = tf.train.NewCheckpointReader(prefix).get_variable_to_shape_map()
        return [len(shapes), sum(shape[0] for shape in shapes.values())]

    return step
