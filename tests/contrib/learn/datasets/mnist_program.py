"""Which batches `read_data_sets` gives: runs under TensorFlow 1.15.5 and under perdure.

oracle-python tests/contrib/learn/datasets/mnist_program.py     # writes tests/golden/mnist_batches.json
"""

import gzip
import json
import os
import struct
import sys
import tempfile

import numpy as np

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 4))
GOLDEN = os.path.join(ROOT, "tests/golden/mnist_batches.json")


def write_files(directory, train=23, test=7):
    """Write the four files with images of 4 by 3 pixels; image i has the pixels i, i + 1, ..."""
    for name, count in (("train", train), ("t10k", test)):
        images = (np.arange(count)[:, None] + np.arange(12)).astype(np.uint8)
        labels = (np.arange(count) * 7 % 10).astype(np.uint8)
        with gzip.open(os.path.join(directory, name + "-images-idx3-ubyte.gz"), "wb") as file:
            file.write(struct.pack(">4I", 2051, count, 4, 3) + images.tobytes())
        with gzip.open(os.path.join(directory, name + "-labels-idx1-ubyte.gz"), "wb") as file:
            file.write(struct.pack(">2I", 2049, count) + labels.tobytes())


def describe(batch):
    images, labels = batch
    return {
        "first pixels": np.asarray(images).reshape(len(images), -1)[:, 0].tolist(),
        "shape": list(np.shape(images)),
        "dtypes": [np.asarray(images).dtype.name, np.asarray(labels).dtype.name],
        "labels": np.asarray(labels).tolist(),
    }


def situations(tf, read_data_sets, directory):
    """The batches of several uses, by name."""

    def batches(data, sizes, **options):
        found = [describe(data.next_batch(size, **options)) for size in sizes]
        return found + [[data.epochs_completed, data.num_examples]]

    sizes = [4, 6, 9, 9, 3, 20]
    small = {"validation_size": 5}
    with tf.Graph().as_default():
        data = read_data_sets(directory, one_hot=True, seed=3, **small)
        yield "seed", batches(data.train, sizes)
        yield "validation", batches(data.validation, [2, 2, 2])
        yield "test", batches(data.test, [5, 5])
    with tf.Graph().as_default():
        data = read_data_sets(directory, dtype=tf.uint8, reshape=False, seed=0, **small)
        yield "uint8", batches(data.train, sizes)
    with tf.Graph().as_default():
        tf.set_random_seed(11)
        tf.constant(1)
        data = read_data_sets(directory, validation_size=0)
        yield "graph seed", batches(data.train, sizes)
    with tf.Graph().as_default():
        tf.set_random_seed(11)
        yield "both seeds", batches(read_data_sets(directory, seed=5, **small).train, sizes)
    with tf.Graph().as_default():
        data = read_data_sets(directory, seed=5, **small)
        yield "in order", batches(data.train, sizes, shuffle=False)
        np.random.seed(4)
        yield "NumPy's seed", batches(data.train, sizes)
    fake = read_data_sets(directory, fake_data=True, one_hot=True)
    yield "fake", batches(fake.train, [2], fake_data=True)


def all_situations(tf, read_data_sets):
    with tempfile.TemporaryDirectory() as directory:
        write_files(directory)
        return dict(situations(tf, read_data_sets, directory))


if __name__ == "__main__":
    import tensorflow
    from tensorflow.examples.tutorials.mnist import input_data

    with open(GOLDEN, "w") as golden:
        json.dump(all_situations(tensorflow, input_data.read_data_sets), golden, sort_keys=True)
    sys.exit(0)
