"""tf.contrib.learn.datasets: small data sets by name."""

from __future__ import annotations

from typing import Any

from perdure.contrib.learn.datasets import base, mnist, synthetic, text_datasets
from perdure.contrib.learn.datasets.base import load_boston, load_iris

__all__ = [
    "DATASETS", "SYNTHETIC", "base", "load_boston", "load_dataset", "load_iris", "make_dataset", "mnist",
    "synthetic", "text_datasets",
]  # fmt: skip

DATASETS: dict[str, Any] = {
    "iris": load_iris,
    "boston": load_boston,
    "mnist": mnist.load_mnist,
    "dbpedia": text_datasets.load_dbpedia,
}
SYNTHETIC: dict[str, Any] = {"circles": synthetic.circles, "spirals": synthetic.spirals}


def load_dataset(name: str, size: str = "small", test_with_fake_data: bool = False) -> Any:
    """A data set by name.

    Args:
        name: "iris", "boston", "mnist" or "dbpedia".
        size, test_with_fake_data: see `text_datasets.load_dbpedia`; of no meaning for the others.

    Raises:
        ValueError: there is no such data set.
    """
    if name not in DATASETS:
        raise ValueError(f"Name of dataset is not found: {name}")
    if name == "dbpedia":
        return DATASETS[name](size, test_with_fake_data)
    return DATASETS[name]()


def make_dataset(
    name: str, n_samples: int = 100, noise: float | None = None, seed: int = 42, *args: Any, **kwargs: Any
) -> base.Dataset:
    """Points in the plane in two classes.

    Args:
        name: "circles" or "spirals".
        n_samples, noise, seed, *args, **kwargs: see `synthetic`.

    Raises:
        ValueError: there is no such data set.
        TypeError: further arguments by position, which TensorFlow refuses, too.
    """
    if name not in SYNTHETIC:
        raise ValueError(f"Synthetic dataset not found or not implemeted: {name}")
    return SYNTHETIC[name](*args, n_samples=n_samples, noise=noise, seed=seed, **kwargs)
