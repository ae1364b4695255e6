"""CIFAR-10: small color pictures of ten kinds."""

from __future__ import annotations

import os

import numpy as np

from perdure.keras.config import image_data_format
from perdure.keras.datasets.files import Arrays, load_batch
from perdure.keras.utils.files import get_file

_HASH = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data() -> tuple[Arrays, Arrays]:
    """(pictures, kinds) for training and for a test."""
    path = get_file(
        "cifar-10-batches-py",
        origin="https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        untar=True,
        file_hash=_HASH,
    )
    parts = [load_batch(os.path.join(path, f"data_batch_{i}")) for i in range(1, 6)]
    x_train = np.concatenate([x for x, _ in parts]).astype(np.uint8)
    y_train = np.concatenate([np.asarray(y, np.uint8) for _, y in parts])
    x_test, labels = load_batch(os.path.join(path, "test_batch"))
    y_train, y_test = y_train.reshape(-1, 1), np.reshape(np.asarray(labels, np.uint8), (-1, 1))
    if image_data_format() == "channels_last":
        x_train, x_test = x_train.transpose(0, 2, 3, 1), x_test.transpose(0, 2, 3, 1)
    return (x_train, y_train), (x_test.astype(np.uint8), y_test)
