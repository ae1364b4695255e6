"""MNIST: pictures of digits."""

from __future__ import annotations

import numpy as np

from perdure.keras.datasets.files import Arrays, fetched

_HASH = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path: str = "mnist.npz") -> tuple[Arrays, Arrays]:
    """(pictures, digits) for training and for a test.

    Args:
        path: the name of the file in ~/.keras/datasets, or its whole path.
    """
    with np.load(fetched(path, "mnist.npz", _HASH)) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])
