"""Noise while training: GaussianNoise, GaussianDropout, AlphaDropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array.array import shape as shape_op
from perdure.functional.math.binary import greater_equal
from perdure.functional.math.cast import cast
from perdure.keras.backend.arrays import in_train_phase
from perdure.keras.backend.random import random_normal, random_uniform
from perdure.keras.config import floatx
from perdure.keras.engine.layer import Layer


class _Noise(Layer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class GaussianNoise(_Noise):
    """Adds normal random numbers while training.

    Args:
        stddev: their standard deviation.
        **kwargs: see `Layer`.
    """

    def __init__(self, stddev: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stddev = stddev

    def call(self, inputs: Any, training: Any = None) -> Any:
        def noised() -> Any:
            return inputs + random_normal(shape=shape_op(inputs), mean=0.0, stddev=self.stddev)

        return in_train_phase(noised, inputs, training=training)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev}


class GaussianDropout(_Noise):
    """Multiplies by normal random numbers of mean 1 while training.

    Args:
        rate: their variance is rate / (1 - rate).
        **kwargs: see `Layer`.
    """

    def __init__(self, rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs: Any, training: Any = None) -> Any:
        if not 0 < self.rate < 1:
            return inputs

        def noised() -> Any:
            stddev = np.sqrt(self.rate / (1.0 - self.rate))
            return inputs * random_normal(shape=shape_op(inputs), mean=1.0, stddev=stddev)

        return in_train_phase(noised, inputs, training=training)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate}


class AlphaDropout(_Noise):
    """Dropout that keeps mean and variance of self-normalizing networks (Klambauer et al., 2017).

    Args:
        rate: the share of elements that are dropped.
        noise_shape: the shape of the random mask.
        seed: the seed of the mask.
        **kwargs: see `Layer`.
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def call(self, inputs: Any, training: Any = None) -> Any:
        if not 0.0 < self.rate < 1.0:
            return inputs
        noise_shape = self.noise_shape if self.noise_shape else shape_op(inputs)
        rate = self.rate

        def dropped() -> Any:
            dropped_value = -1.6732632423543772 * 1.0507009873554805
            kept = greater_equal(random_uniform(noise_shape, seed=self.seed), rate)
            kept = cast(kept, floatx())
            a = ((1 - rate) * (1 + rate * dropped_value**2)) ** -0.5
            b = -a * dropped_value * rate
            return a * (inputs * kept + dropped_value * (1 - kept)) + b

        return in_train_phase(dropped, inputs, training=training)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate}
