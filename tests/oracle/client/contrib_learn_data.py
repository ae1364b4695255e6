"""tf.contrib.learn's data sets and preprocessing, and the projector's configuration."""

import os
import tempfile

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []
DOCUMENTS = [
    "This is a cute kitten, followed by a cute puppy",
    "This is a cute puppy too",
    "short",
    "ABCdef XMLParser it's a-b 12",
]


def program(function):
    PROGRAMS.append(function)
    return function


@program
def projector_configuration(tf):
    from tensorflow.contrib.tensorboard.plugins import projector

    config = projector.ProjectorConfig()
    embedding = config.embeddings.add()
    embedding.tensor_name = "emb\xe9:0"
    embedding.metadata_path = "m.tsv"
    embedding.sprite.image_path = "s.png"
    embedding.sprite.single_image_dim.extend([28, 28])
    embedding.tensor_shape.extend([2, 3])

    class Nowhere:
        def get_logdir(self):
            return None

    with tempfile.TemporaryDirectory() as folder:
        with tf.summary.FileWriter(folder) as writer:
            projector.visualize_embeddings(writer, config)
        with open(os.path.join(folder, "projector_config.pbtxt")) as file:
            text = file.read()
    return [text, attempt(lambda: projector.visualize_embeddings(Nowhere(), config))]


@program
def tables(tf):
    datasets = tf.contrib.learn.datasets
    found = []
    for name in ("iris", "boston"):
        data, target = datasets.load_dataset(name)
        found += [data[::29], target, str(data.dtype), str(target.dtype)]
    return [*found, attempt(lambda: datasets.load_dataset("x"))]


@program
def points(tf):
    datasets = tf.contrib.learn.datasets
    made = [
        datasets.make_dataset("circles"),
        datasets.make_dataset("circles", n_samples=31, noise=0.1),
        datasets.make_dataset("circles", n_classes=3, factor=0.7),
        datasets.make_dataset("spirals", 31, 0.1, 3),
        datasets.make_dataset("spirals", mode="bernoulli"),
        datasets.make_dataset("spirals", mode="fermat", n_samples=21, n_loops=1),
    ]
    return [
        # The C library computes sines.
        *(np.round(part, 10) for pair in made for part in pair),
        attempt(lambda: datasets.make_dataset("x")),
        attempt(lambda: datasets.make_dataset("spirals", mode="x")),
    ]


@program
def files(tf):
    base = tf.contrib.learn.datasets.base
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.csv")
        with open(path, "w") as file:
            file.write("2,3,a,b,c\n1,2,3,0\n4,5,6,1\n")
        with_header = base.load_csv_with_header(path, target_dtype=np.int64, features_dtype=np.float32)
        with open(path, "w") as file:
            file.write("0,1,2\n1,3,4\n0,5,6\n")
        without = base.load_csv_without_header(path, np.int32, np.float64, target_column=0)
        base.shrink_csv(path, 2)
        with open(os.path.join(folder, "a_small.csv")) as file:
            small = file.read()
        kept = os.path.relpath(base.maybe_download("a.csv", folder, "http://nowhere.invalid"), folder)
    tries = []

    @base.retry(0.001, 0.005, is_retriable=lambda error: isinstance(error, KeyError))
    def third():
        tries.append(1)
        if len(tries) < 3:
            raise KeyError
        return len(tries)

    return [
        *with_header,
        *without,
        small,
        kept,
        third(),
        attempt(lambda: base.retry(1, 1, factor=0.5)),
        attempt(lambda: base.retry(1, 1, jitter=2.0)),
    ]


@program
def words(tf):
    preprocessing = tf.contrib.learn.preprocessing
    every = preprocessing.VocabularyProcessor(6)
    rows = np.array(list(every.fit_transform(DOCUMENTS)))
    frequent = preprocessing.VocabularyProcessor(6, min_frequency=1)
    frequent_rows = np.array(list(frequent.fit_transform(DOCUMENTS)))
    with tempfile.TemporaryDirectory() as folder:
        frequent.save(os.path.join(folder, "v"))
        restored = preprocessing.VocabularyProcessor.restore(os.path.join(folder, "v"))
    frequent.vocabulary_.freeze(False)
    return [
        rows,
        len(every.vocabulary_),
        list(every.reverse(every.transform(["a cute thing"]))),
        frequent_rows,
        np.array(list(restored.transform(DOCUMENTS))),
        np.array(list(frequent.transform(["new words"]))),
        list(preprocessing.tokenizer(["a b", "HTTPServer fooBar"])),
    ]


@program
def bytes_and_categories(tf):
    preprocessing = tf.contrib.learn.preprocessing
    processor = preprocessing.ByteProcessor(5)
    rows = list(processor.transform(["abc", "h\xe9llo w", b"\xff\xfe"]))
    categories = preprocessing.CategoricalProcessor(min_frequency=1)
    table = np.array([["a", "x"], ["b", "x"], ["a", "y"], ["a", "x"]], dtype=object)
    numbers = np.array(list(categories.fit_transform(table)))
    unknown = np.array(list(categories.transform(np.array([["a", float("nan")], ["q", "x"]], object))))
    vocabulary = preprocessing.CategoricalVocabulary("U", support_reverse=False)
    for word, count in (("a", 1), ("b", 4), ("c", 4), ("d", 2)):
        vocabulary.add(word, count)
    refused = attempt(lambda: vocabulary.reverse(1))
    vocabulary.trim(1, 4)
    return [
        np.array(rows),
        list(processor.reverse(rows)),
        numbers,
        unknown,
        refused,
        [vocabulary.get(word) for word in ("a", "b", "c", "d")],
    ]
