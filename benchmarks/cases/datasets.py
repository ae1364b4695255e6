"""Datasets: elements by way of shuffles, batches, functions and files; a network that is fed by them."""

import os
import tempfile

import numpy as np

from benchmarks.adapter import tf

ROWS, WIDTH, BATCH = 10000, 100, 32
PICTURES = 2000


def _rows():
    draw = np.random.RandomState(0)
    return draw.rand(ROWS, WIDTH).astype(np.float32), np.arange(ROWS)


def _elements(dataset):
    """A function that gives the next element."""
    iterator = tf.data.make_initializable_iterator(dataset)
    get_next = iterator.get_next()
    session = tf.Session()
    session.run(iterator.initializer)
    return lambda: session.run(get_next)


def _first(step):
    def first():
        found = step()
        return np.ravel(found[0] if isinstance(found, tuple) else found)[:3]

    return first


def shuffled_batches():
    """Rows of arrays in random order, put together."""
    dataset = tf.data.Dataset.from_tensor_slices(_rows()).shuffle(1000, seed=1).repeat().batch(BATCH)
    return _first(_elements(dataset))


def shuffled_elements():
    """The same, one by one."""
    return _first(_elements(tf.data.Dataset.from_tensor_slices(_rows()).shuffle(1000, seed=1).repeat()))


def mapped_batches():
    """What a function makes of each row."""
    dataset = tf.data.Dataset.from_tensor_slices(_rows()).repeat()
    return _first(_elements(dataset.map(lambda x, y: (x * 2 + 1, y)).batch(BATCH)))


def filtered_numbers():
    """Half of some numbers, put together."""
    dataset = tf.data.Dataset.range(10**6).filter(lambda x: x % 2 > 0).repeat().batch(100)
    return _first(_elements(dataset))


def generated_elements():
    """What a generator of Python's yields."""

    def numbers():
        number = 0
        while True:
            yield number
            number += 1

    return _first(_elements(tf.data.Dataset.from_generator(numbers, tf.int64, [])))


def _csv_file():
    name = os.path.join(tempfile.mkdtemp(), "rows.csv")
    with open(name, "w") as file:
        file.writelines("%d,%f,word%d\n" % (i, i / 7.0, i % 13) for i in range(20000))
    return name


def csv_rows():
    """Records of a file with three columns, put together."""
    dataset = tf.data.experimental.CsvDataset(_csv_file(), [tf.int32, tf.float32, tf.string])
    return _first(_elements(dataset.repeat().batch(100)))


def text_lines():
    """Lines of a file, put together."""
    step = _elements(tf.data.TextLineDataset(_csv_file()).repeat().batch(100))
    return lambda: len(step())


def _picture_file():
    name = os.path.join(tempfile.mkdtemp(), "pictures")
    draw = np.random.RandomState(0)
    with tf.io.TFRecordWriter(name) as writer:
        for i in range(PICTURES):
            picture = tf.train.Feature(bytes_list=tf.train.BytesList(value=[draw.bytes(784)]))
            label = tf.train.Feature(int64_list=tf.train.Int64List(value=[i % 10]))
            features = tf.train.Features(feature={"picture": picture, "label": label})
            writer.write(tf.train.Example(features=features).SerializeToString())
    return name


def _parsed(serialized):
    features = {
        "picture": tf.io.FixedLenFeature([], tf.string),
        "label": tf.io.FixedLenFeature([], tf.int64),
    }
    found = tf.io.parse_example(serialized, features)
    pictures = tf.reshape(tf.io.decode_raw(found["picture"], tf.uint8), [-1, 28, 28, 1])
    return tf.cast(pictures, tf.float32) / 255.0, found["label"]


def record_examples():
    """Examples of a record file, parsed in batches."""
    dataset = tf.data.TFRecordDataset(_picture_file()).repeat().batch(64).map(_parsed)
    return _first(_elements(dataset))


def _lenet(pictures, labels):
    x = tf.layers.conv2d(pictures, 16, 5, activation=tf.nn.relu)
    x = tf.layers.max_pooling2d(x, 2, 2)
    x = tf.layers.conv2d(x, 32, 5, activation=tf.nn.relu)
    x = tf.layers.max_pooling2d(x, 2, 2)
    x = tf.layers.dense(tf.layers.flatten(x), 120, activation=tf.nn.relu)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, tf.layers.dense(x, 10))
    return tf.train.GradientDescentOptimizer(0.01).minimize(loss), loss


def network_fed_by_records():
    """A step of LeNet whose batch comes out of a record file, made ahead."""
    dataset = tf.data.TFRecordDataset(_picture_file()).repeat().shuffle(500, seed=1).batch(64)
    iterator = tf.data.make_initializable_iterator(dataset.map(_parsed).prefetch(2))
    train, loss = _lenet(*iterator.get_next())
    session = tf.Session()
    session.run([tf.global_variables_initializer(), iterator.initializer])
    return lambda: float(np.isfinite(session.run([train, loss])[1]))


def network_fed_from_memory():
    """The same step with a batch that is there."""
    draw = np.random.RandomState(0)
    pictures = draw.rand(64, 28, 28, 1).astype(np.float32)
    labels = np.arange(64) % 10
    fed = tf.placeholder(tf.float32, [None, 28, 28, 1]), tf.placeholder(tf.int64, [None])
    train, loss = _lenet(*fed)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return lambda: float(np.isfinite(session.run([train, loss], dict(zip(fed, (pictures, labels))))[1]))
