"""The small handwritten digits of UCI, 8x8 pixels; their source and licence: data/README.md."""

import os

import numpy as np


def load():
    """Returns ((train_images, train_labels), (test_images, test_labels)).

    Images are float32 from 0 to 1, of shape (n, 64); labels are int64. The last 297 are for tests.
    """
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "digits.npz")
    with np.load(path) as data:
        images = data["images"].reshape(-1, 64).astype(np.float32) / np.float32(16)
        labels = data["labels"].astype(np.int64)
    return (images[:1500], labels[:1500]), (images[1500:], labels[1500:])


def one_hot(labels, classes=10):
    """Labels as rows of zeros with a single one."""
    return np.eye(classes, dtype=np.float32)[labels]
