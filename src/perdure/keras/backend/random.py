"""Keras' backend: random tensors, whose seeds NumPy draws where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array import array
from perdure.functional.array.gathering import where
from perdure.functional.random import random
from perdure.graph.tensor import Tensor
from perdure.keras.config import floatx


def _kind_and_seed(dtype: Any, seed: int | None) -> tuple[Any, int]:
    return floatx() if dtype is None else dtype, np.random.randint(10**7) if seed is None else seed


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Normal random numbers."""
    dtype, seed = _kind_and_seed(dtype, seed)
    return random.random_normal(shape, mean=mean, stddev=stddev, dtype=dtype, seed=seed)


def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Uniform random numbers."""
    dtype, seed = _kind_and_seed(dtype, seed)
    return random.random_uniform(shape, minval=minval, maxval=maxval, dtype=dtype, seed=seed)


def random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Tensor:
    """Ones with the probability `p`, and zeros."""
    dtype, seed = _kind_and_seed(dtype, seed)
    drawn = random.random_uniform(shape, dtype=dtype, seed=seed)
    return where(drawn <= p, array.ones(shape, dtype=dtype), array.zeros(shape, dtype=dtype))


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Normal random numbers, none further than two deviations from the mean."""
    dtype, seed = _kind_and_seed(dtype, seed)
    return random.truncated_normal(shape, mean, stddev, dtype=dtype, seed=seed)
