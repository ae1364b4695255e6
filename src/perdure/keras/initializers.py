"""tf.keras.initializers: those of `tf`, with other defaults for the random ones."""

from __future__ import annotations

from typing import Any

from perdure.functional.random import initializers
from perdure.graph import dtypes
from perdure.keras.utils.objects import deserialize_keras_object, named, serialize_keras_object

Initializer = initializers.Initializer
Zeros = initializers.Zeros
Ones = initializers.Ones
Constant = initializers.Constant
VarianceScaling = initializers.VarianceScaling
Orthogonal = initializers.Orthogonal
Identity = initializers.Identity
GlorotUniform = initializers.GlorotUniform
GlorotNormal = initializers.GlorotNormal
he_normal = initializers.he_normal
he_uniform = initializers.he_uniform
lecun_normal = initializers.lecun_normal
lecun_uniform = initializers.lecun_uniform


class RandomUniform(initializers.RandomUniform):
    """Numbers uniformly distributed in [minval, maxval); see `tf.random_uniform_initializer`."""

    def __init__(
        self,
        minval: Any = -0.05,
        maxval: Any = 0.05,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        super().__init__(minval=minval, maxval=maxval, seed=seed, dtype=dtype)


class RandomNormal(initializers.RandomNormal):
    """Numbers of a normal distribution; see `tf.random_normal_initializer`."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        super().__init__(mean=mean, stddev=stddev, seed=seed, dtype=dtype)


class TruncatedNormal(initializers.TruncatedNormal):
    """Numbers of a truncated normal distribution; see `tf.truncated_normal_initializer`."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        super().__init__(mean=mean, stddev=stddev, seed=seed, dtype=dtype)


_BY_NAME: dict[str, Any] = {
    "Initializer": Initializer,
    "Zeros": Zeros,
    "zero": Zeros,
    "zeros": Zeros,
    "Ones": Ones,
    "one": Ones,
    "ones": Ones,
    "Constant": Constant,
    "constant": Constant,
    "RandomUniform": RandomUniform,
    "uniform": RandomUniform,
    "random_uniform": RandomUniform,
    "RandomNormal": RandomNormal,
    "normal": RandomNormal,
    "random_normal": RandomNormal,
    "TruncatedNormal": TruncatedNormal,
    "truncated_normal": TruncatedNormal,
    "VarianceScaling": VarianceScaling,
    "Orthogonal": Orthogonal,
    "orthogonal": Orthogonal,
    "Identity": Identity,
    "identity": Identity,
    "GlorotUniform": GlorotUniform,
    "glorot_uniform": GlorotUniform,
    "GlorotNormal": GlorotNormal,
    "glorot_normal": GlorotNormal,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
    "lecun_normal": lecun_normal,
    "lecun_uniform": lecun_uniform,
}
_MADE_BY_FUNCTIONS = ("he_normal", "he_uniform", "lecun_normal", "lecun_uniform")


def serialize(initializer: Any) -> Any:
    """The description of an initializer."""
    return serialize_keras_object(initializer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The initializer that a description or name stands for.

    Raises:
        ValueError: unknown.
    """
    return deserialize_keras_object(
        config, _BY_NAME, custom_objects=custom_objects, printable_module_name="initializer"
    )


def get(identifier: Any) -> Any:
    """An initializer, given itself, by its name or by its description; None stays None.

    Raises:
        ValueError: unknown, or none of these.
    """
    if isinstance(identifier, str) and identifier in _MADE_BY_FUNCTIONS:
        identifier = {"class_name": identifier, "config": {}}
    return named(identifier, "initializer", _BY_NAME, "Could not interpret initializer identifier:")
