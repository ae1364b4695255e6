"""Fashion-MNIST: pictures of clothes."""

from __future__ import annotations

import gzip
import os

import numpy as np

from perdure.keras.datasets.files import Arrays
from perdure.keras.utils.files import get_file

_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def _part(name: str) -> Arrays:
    """The pictures and labels of a part."""
    folder = os.path.join("datasets", "fashion-mnist")
    files = (f"{name}-labels-idx1-ubyte.gz", f"{name}-images-idx3-ubyte.gz")
    labels, pictures = (get_file(file, origin=_ORIGIN + file, cache_subdir=folder) for file in files)
    with gzip.open(labels, "rb") as file:
        y = np.frombuffer(file.read(), np.uint8, offset=8)
    with gzip.open(pictures, "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(len(y), 28, 28), y


def load_data() -> tuple[Arrays, Arrays]:
    """(pictures, kinds) for training and for a test."""
    return _part("train"), _part("t10k")
