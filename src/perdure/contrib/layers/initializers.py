"""Initializers that keep the scale of values alike in all layers: `xavier_initializer` and its kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from perdure.functional.random.random import random_uniform, truncated_normal
from perdure.graph import dtypes
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor

_MODES = ["FAN_IN", "FAN_OUT", "FAN_AVG"]
# The variance that cutting a normal distribution at two deviations takes from it, as TensorFlow rounds it.
_TRUNCATED = 1.3


def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: DType = dtypes.float32
) -> Callable[..., Tensor]:
    """The initializer of Glorot and Bengio (2010): a variance of 2 / (inputs + outputs).

    Args:
        uniform: whether the distribution is uniform, or else a truncated normal one.
        seed: the seed of the operation.
        dtype: the type of the values, of floating point.

    Raises:
        TypeError: another type.
    """
    return variance_scaling_initializer(factor=1.0, mode="FAN_AVG", uniform=uniform, seed=seed, dtype=dtype)


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: DType = dtypes.float32,
) -> Callable[..., Tensor]:
    """An initializer with a variance of factor / n; the defaults are those of He et al. (2015).

    Args:
        factor: the factor.
        mode: what n counts: "FAN_IN" (inputs of a unit), "FAN_OUT" (outputs), "FAN_AVG" (their mean).
        uniform: whether the distribution is uniform, or else a truncated normal one.
        seed: the seed of the operation.
        dtype: the type of the values, of floating point.

    Raises:
        TypeError: another type or mode.
    """
    _check_floating(dtype)
    if mode not in _MODES:
        raise TypeError("Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]", mode)

    def initializer(shape: Any, dtype: DType = dtype, partition_info: Any = None) -> Tensor:
        _check_floating(dtype)
        inputs, outputs = _fans(shape)
        n = {"FAN_IN": inputs, "FAN_OUT": outputs, "FAN_AVG": (inputs + outputs) / 2.0}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return random_uniform(shape, -limit, limit, dtype, seed=seed)
        return truncated_normal(shape, 0.0, math.sqrt(_TRUNCATED * factor / n), dtype, seed=seed)

    return initializer


def _check_floating(dtype: DType) -> None:
    if not dtype.is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")


def _fans(shape: Any) -> tuple[float, float]:
    """How many inputs and outputs a unit has with weights of that shape: [..., inputs, outputs]."""
    if not shape:
        return 1.0, 1.0
    sizes = [float(size) for size in shape]
    window = math.prod(sizes[:-2])
    return (sizes[-2] if len(sizes) > 1 else sizes[-1]) * window, sizes[-1] * window
