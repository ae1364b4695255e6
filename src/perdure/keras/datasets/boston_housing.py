"""Prices of houses in Boston."""

from __future__ import annotations

import numpy as np

from perdure.keras.datasets.files import Arrays, fetched, shuffled

_HASH = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(
    path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113
) -> tuple[Arrays, Arrays]:
    """(features, prices) for training and for a test.

    Args:
        path: the name of the file in ~/.keras/datasets, or its whole path.
        test_split: the share of the test.
        seed: the seed of the order.
    """
    assert 0 <= test_split < 1
    with np.load(fetched(path, "boston_housing.npz", _HASH)) as file:
        x, y = file["x"], file["y"]
    np.random.seed(seed)
    x, y = shuffled(x, y)
    count = int(len(x) * (1 - test_split))
    return (np.array(x[:count]), np.array(y[:count])), (np.array(x[count:]), np.array(y[count:]))
