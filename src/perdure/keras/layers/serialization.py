"""Layers by name: `tf.keras.layers.deserialize` and `serialize`."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import Any

from perdure.keras.utils.objects import deserialize_keras_object

# Where layers are defined.
_MODULES = (
    "engine.input_layer",
    "engine.model",
    "engine.network",
    "engine.op_layers",
    "engine.sequential",
    "layers.advanced_activations",
    "layers.attention",
    "layers.cells",
    "layers.convolutional",
    "layers.convolutional_recurrent",
    "layers.core",
    "layers.cudnn",
    "layers.embeddings",
    "layers.lambdas",
    "layers.local",
    "layers.merge",
    "layers.noise",
    "layers.normalization",
    "layers.pooling",
    "layers.recurrent",
    "layers.resampling",
    "layers.rnn",
    "layers.separable",
    "layers.transposed",
    "layers.wrappers",
)
# Other names that files have.
_OLD_NAMES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Functional": "Model",
}


@functools.cache
def classes() -> dict[str, Any]:
    """The classes of layers by name."""
    from perdure.keras.engine.layer import Layer

    found: dict[str, Any] = {"Layer": Layer}
    for name in _MODULES:
        module = import_module(f"perdure.keras.{name}")
        for key, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == module.__name__:
                found[key] = value
    found |= {old: found[new] for old, new in _OLD_NAMES.items() if new in found}
    return found


def serialize(layer: Any) -> dict[str, Any]:
    """The description of a layer."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The layer that a description stands for.

    Args:
        config: the description.
        custom_objects: the program's own classes by name.

    Raises:
        ValueError: unknown.
    """
    return deserialize_keras_object(
        config, classes(), custom_objects=custom_objects, printable_module_name="layer"
    )
