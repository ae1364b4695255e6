"""CIFAR-100: small color pictures of a hundred kinds."""

from __future__ import annotations

import os

import numpy as np

from perdure.keras.config import image_data_format
from perdure.keras.datasets.files import Arrays, load_batch
from perdure.keras.utils.files import get_file

_HASH = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


def load_data(label_mode: str = "fine") -> tuple[Arrays, Arrays]:
    """(pictures, kinds) for training and for a test.

    Args:
        label_mode: "fine" for a hundred kinds, "coarse" for twenty.

    Raises:
        ValueError: another mode.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError('`label_mode` must be one of `"fine"`, `"coarse"`.')
    path = get_file(
        "cifar-100-python",
        origin="https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        untar=True,
        file_hash=_HASH,
    )
    parts = []
    for name in ("train", "test"):
        x, y = load_batch(os.path.join(path, name), label_key=f"{label_mode}_labels")
        if image_data_format() == "channels_last":
            x = x.transpose(0, 2, 3, 1)
        parts.append((x, np.reshape(y, (len(y), 1))))
    return parts[0], parts[1]
