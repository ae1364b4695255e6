"""`tensorflow.examples.tutorials.mnist.input_data`: the MNIST digits from four local files.

Nothing is downloaded.  Batches come in TensorFlow's order: a data set seeds NumPy's global
random state when it is made and shuffles with it, so a program with a seed sees the same batches.
"""

import gzip
from collections import namedtuple
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from perdure import tf

__all__ = [
    "DataSet", "Datasets", "dense_to_one_hot", "extract_images", "extract_labels", "load_mnist",
    "read_data_sets",
]  # fmt: skip

DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
TRAIN_IMAGES = "train-images-idx3-ubyte.gz"
TRAIN_LABELS = "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"
TEST_LABELS = "t10k-labels-idx1-ubyte.gz"

# An idx file is a big-endian uint32 that gives the kind, one uint32 a dimension, then the bytes.
IMAGES_MAGIC = 2051
LABELS_MAGIC = 2049

Datasets = namedtuple("Datasets", ["train", "validation", "test"])


def _read_idx(f: BinaryIO, magic: int, dimensions: int, kind: str) -> np.ndarray:
    print("Extracting", f.name)
    with gzip.GzipFile(fileobj=f) as stream:
        header = np.frombuffer(stream.read(4 + 4 * dimensions), ">u4")
        if header.size == 0 or header[0] != magic:
            found = header[0] if header.size else "nothing"
            raise ValueError(f"Invalid magic number {found} in MNIST {kind} file: {f.name}")
        shape = tuple(int(size) for size in header[1:])
        return np.frombuffer(stream.read(int(np.prod(shape))), np.uint8).reshape(shape)


def extract_images(f: BinaryIO) -> np.ndarray:
    """Read a gzipped idx file of images: uint8 (image, row, column, 1).

    Raises:
        ValueError: the file is not one of images.
    """
    return _read_idx(f, IMAGES_MAGIC, 3, "image")[..., np.newaxis]


def extract_labels(f: BinaryIO, one_hot: bool = False, num_classes: int = 10) -> np.ndarray:
    """Read a gzipped idx file of labels: uint8 (image,), or float64 (image, class) if `one_hot`.

    Raises:
        ValueError: the file is not one of labels.
    """
    labels = _read_idx(f, LABELS_MAGIC, 1, "label")
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense: np.ndarray, num_classes: int) -> np.ndarray:
    """Class numbers (image,) as float64 rows of zeros with a one, (image, class)."""
    one_hot = np.zeros((labels_dense.shape[0], num_classes))
    one_hot[np.arange(labels_dense.shape[0]), labels_dense.ravel()] = 1
    return one_hot


class DataSet:
    """Images and labels, handed out in shuffled batches, epoch after epoch."""

    def __init__(
        self,
        images: Any,
        labels: Any,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = "float32",
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        """Seed NumPy's global random state, and prepare the images.

        Args:
            images: uint8 (image, row, column, 1).
            labels: one row for each image.
            fake_data: make `next_batch(fake_data=True)` the only use, of 10,000 images.
            one_hot: whether fake labels are one-hot.
            dtype: float32 scales images to [0, 1]; uint8 leaves them as they are.
            reshape: whether to flatten each image.
            seed: as an op's seed; without one the graph's seed counts.

        Raises:
            TypeError: `dtype` is neither float32 nor uint8.
            ValueError: there are not as many labels as images, or `reshape` meets colour images.
        """
        graph_seed, op_seed = tf.get_seed(seed)
        np.random.seed(graph_seed if seed is None else op_seed)
        dtype = tf.as_dtype(dtype).base_dtype
        if dtype not in (tf.uint8, tf.float32):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        self.one_hot = one_hot
        if fake_data:
            self._num_examples = 10000
        else:
            if len(images) != len(labels):
                raise ValueError(f"{len(images)} images but {len(labels)} labels")
            self._num_examples = len(images)
            if reshape:
                if images.shape[3] != 1:
                    raise ValueError(f"reshape needs images of depth 1, not {images.shape}")
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == tf.float32:
                images = np.multiply(images.astype(np.float32), 1.0 / 255.0)
        self._images = images
        self._labels = labels
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self) -> Any:
        """The images in the order of the current epoch."""
        return self._images

    @property
    def labels(self) -> Any:
        """The labels in the order of the current epoch."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many images there are."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """How many times `next_batch` has gone through all images."""
        return self._epochs_completed

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """The next images and labels; a batch may span the end of an epoch.

        Args:
            batch_size: how many.
            fake_data: return all-ones images, whatever the set holds.
            shuffle: whether to shuffle before each epoch.
        """
        if fake_data:
            label = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        end = start + batch_size
        if end <= self._num_examples:
            self._index_in_epoch = end
            return self._images[start:end], self._labels[start:end]
        images, labels = self._images[start:], self._labels[start:]
        self._epochs_completed += 1
        if shuffle:
            self._shuffle()
        self._index_in_epoch = end = batch_size - len(images)
        return (
            np.concatenate((images, self._images[:end])),
            np.concatenate((labels, self._labels[:end])),
        )

    def _shuffle(self) -> None:
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images = self._images[order]
        self._labels = self._labels[order]


def read_data_sets(
    train_dir: str,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = "float32",
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = DEFAULT_SOURCE_URL,
) -> Datasets:
    """Read the four MNIST files of a directory.

    Args:
        train_dir: the directory.
        fake_data: read nothing, and make sets for `next_batch(fake_data=True)`.
        one_hot: whether labels are one-hot rows instead of class numbers.
        dtype: the images' type, float32 in [0, 1] or uint8.
        reshape: whether to flatten each image.
        validation_size: how many of the first training images become the validation set.
        seed: seeds the shuffling.
        source_url: where the files can be found; named in the error if they are missing.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file has the wrong format, or there are too few images to validate with.
    """
    if fake_data:
        options: dict[str, Any] = {"fake_data": True, "one_hot": one_hot}
        return Datasets(*(DataSet([], [], dtype=dtype, seed=seed, **options) for _ in range(3)))
    _require_files(Path(train_dir), source_url or DEFAULT_SOURCE_URL)

    def images(name: str) -> np.ndarray:
        with open(Path(train_dir, name), "rb") as file:
            return extract_images(file)

    def labels(name: str) -> np.ndarray:
        with open(Path(train_dir, name), "rb") as file:
            return extract_labels(file, one_hot=one_hot)

    train_images, train_labels = images(TRAIN_IMAGES), labels(TRAIN_LABELS)
    test = images(TEST_IMAGES), labels(TEST_LABELS)
    if not 0 <= validation_size <= len(train_images):
        raise ValueError(
            f"Validation size should be between 0 and {len(train_images)}. Received: {validation_size}."
        )
    train = train_images[validation_size:], train_labels[validation_size:]
    validation = train_images[:validation_size], train_labels[:validation_size]
    options = {"dtype": dtype, "reshape": reshape, "seed": seed}
    return Datasets(*(DataSet(*part, **options) for part in (train, validation, test)))


def load_mnist(train_dir: str = "MNIST-data") -> Datasets:
    """The same as `read_data_sets(train_dir)`."""
    return read_data_sets(train_dir)


def _require_files(directory: Path, source_url: str) -> None:
    names = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
    missing = [name for name in names if not (directory / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"MNIST: {directory.absolute()} must hold the four files {', '.join(names)}, but has "
            f"no {', '.join(missing)}. perdure downloads nothing: get them from {source_url} "
            "and put them there."
        )
