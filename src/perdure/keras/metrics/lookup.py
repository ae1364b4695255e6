"""Metrics by name: `tf.keras.metrics.get` and kin."""

from __future__ import annotations

import functools
from typing import Any

from perdure.keras import losses
from perdure.keras.metrics import confusion, functions, means, metric, reduce
from perdure.keras.utils.objects import deserialize_keras_object, serialize_keras_object

# The losses that are metrics too.
_LOSSES = (
    "binary_crossentropy categorical_crossentropy categorical_hinge cosine cosine_proximity "
    "cosine_similarity hinge kld KLD kullback_leibler_divergence logcosh mae MAE mape MAPE "
    "mean_absolute_error mean_absolute_percentage_error mean_squared_error "
    "mean_squared_logarithmic_error mse MSE msle MSLE poisson sparse_categorical_crossentropy squared_hinge"
).split()


@functools.cache
def _by_name() -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(losses, name) for name in _LOSSES}
    for module in (metric, reduce, means, confusion, functions):
        for name, value in vars(module).items():
            if getattr(value, "__module__", None) == module.__name__ and not name.startswith("_"):
                found[name] = value
    return found


def serialize(metric: Any) -> Any:
    """The description of a metric."""
    return serialize_keras_object(metric)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The metric that a description or name stands for.

    Raises:
        ValueError: unknown.
    """
    return deserialize_keras_object(
        config, _by_name(), custom_objects=custom_objects, printable_module_name="metric function"
    )


def get(identifier: Any) -> Any:
    """A metric, given itself, by its name or by its description.

    Raises:
        ValueError: unknown, or none of these.
    """
    if isinstance(identifier, (dict, str)):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret metric function identifier: {identifier}")
