"""tensorflow.examples.tutorials.mnist.input_data against TensorFlow 1.15.5."""

import json
from pathlib import Path

import numpy as np
import pytest

from perdure import tf
from perdure.contrib.learn.datasets import mnist
from tests.contrib.learn.datasets import mnist_program


@pytest.fixture(scope="module")
def found():
    return mnist_program.all_situations(tf, mnist.read_data_sets)


@pytest.fixture(scope="module")
def golden():
    return json.loads(Path(mnist_program.GOLDEN).read_text())


@pytest.fixture
def directory(tmp_path):
    mnist_program.write_files(str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    "situation",
    ["seed", "validation", "test", "uint8", "graph seed", "both seeds", "in order", "NumPy's seed",
     "fake"],
)  # fmt: skip
def test_batches_are_those_of_tensorflow(found, golden, situation):
    """The same seeds give the same batches, across epochs, with the same types."""
    assert found.keys() == golden.keys()
    assert found[situation] == golden[situation]


def test_names_of_files_are_printed(directory, capsys):
    """As TensorFlow does."""
    mnist.read_data_sets(str(directory), validation_size=0)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"Extracting {directory}/train-images-idx3-ubyte.gz"
    assert len(printed) == 4


def test_missing_files_are_named(directory):
    """Nothing is downloaded; the error says which four files to put where."""
    (directory / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(
        FileNotFoundError,
        match=r"must hold the four files train-images-idx3-ubyte\.gz, .* but has no "
        r"t10k-labels-idx1-ubyte\.gz\. perdure downloads nothing: get them from https",
    ):
        mnist.read_data_sets(directory)


def test_a_wrong_file_is_refused(directory):
    """Labels where images should be, and an empty file."""
    labels = directory / "train-labels-idx1-ubyte.gz"
    labels.replace(directory / "train-images-idx3-ubyte.gz")
    (directory / "train-labels-idx1-ubyte.gz").write_bytes(b"")
    with pytest.raises(ValueError, match="Invalid magic number 2049 in MNIST image file"):
        mnist.read_data_sets(directory)
    with open(directory / "train-labels-idx1-ubyte.gz", "rb") as file:
        with pytest.raises(ValueError, match="Invalid magic number nothing in MNIST label file"):
            mnist.extract_labels(file)


def test_too_many_images_for_validation(directory):
    """There must be as many training images as are set apart."""
    with pytest.raises(ValueError, match="between 0 and 23. Received: 5000"):
        mnist.load_mnist(str(directory))


def test_a_data_set_checks_what_it_is_made_of():
    """Types, numbers of labels, and depth."""
    images, labels = np.zeros((2, 3, 3, 1), np.uint8), np.zeros(2)
    with pytest.raises(TypeError, match="Invalid image dtype .*expected uint8 or float32"):
        mnist.DataSet(images, labels, dtype=tf.int32)
    with pytest.raises(ValueError, match="2 images but 1 labels"):
        mnist.DataSet(images, labels[:1])
    with pytest.raises(ValueError, match="reshape needs images of depth 1"):
        mnist.DataSet(np.zeros((2, 3, 3, 3), np.uint8), labels)


def test_dense_to_one_hot():
    """One row for each label."""
    expected = [[0, 1, 0], [0, 0, 1]]
    np.testing.assert_array_equal(mnist.dense_to_one_hot(np.array([1, 2]), 3), expected)


def test_fake_labels_as_numbers():
    """Fake data is ones with label 0."""
    data = mnist.DataSet([], [], fake_data=True)
    images, labels = data.next_batch(2, fake_data=True)
    assert labels == [0, 0] and np.shape(images) == (2, 784)
