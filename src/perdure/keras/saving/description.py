"""Models from their descriptions, and what they were compiled with as a description."""

from __future__ import annotations

import json
from typing import Any

from perdure.graph.nest import map_structure
from perdure.keras import losses
from perdure.keras.backend.state import backend
from perdure.keras.layers.serialization import deserialize
from perdure.keras.optimizers import wrapped
from perdure.keras.saving.hdf5 import KERAS_VERSION
from perdure.keras.utils.optional import yaml_module
from perdure.platform import logging


def model_from_config(config: Any, custom_objects: Any = None) -> Any:
    """A model from its description.

    Args:
        config: what names the class and has its `get_config`.
        custom_objects: the program's own classes and functions by name.

    Raises:
        TypeError: a list.
    """
    if isinstance(config, list):
        raise TypeError(
            "`model_from_config` expects a dictionary, not a list. Maybe you meant to use "
            "`Sequential.from_config(config)`?"
        )
    return deserialize(config, custom_objects=custom_objects)


def model_from_yaml(yaml_string: str, custom_objects: Any = None) -> Any:
    """A model from what `to_yaml` gave; see `model_from_config`.

    Raises:
        ImportError: PyYAML is not installed.
    """
    yaml = yaml_module()
    return deserialize(yaml.load(yaml_string, Loader=yaml.Loader), custom_objects=custom_objects)


def model_from_json(json_string: str, custom_objects: Any = None) -> Any:
    """A model from what `to_json` gave; see `model_from_config`."""
    return deserialize(json.loads(json_string), custom_objects=custom_objects)


def model_metadata(model: Any, include_optimizer: bool = True, require_config: bool = True) -> dict[str, Any]:
    """What files say of a model: its description, and what it was compiled with.

    Args:
        model: the model.
        include_optimizer: whether what it was compiled with is described.
        require_config: whether a model that cannot be described is an error.
    """
    described: dict[str, Any] = {"class_name": type(model).__name__}
    try:
        described["config"] = model.get_config()
    except NotImplementedError:
        if require_config:
            raise
    found = {"keras_version": KERAS_VERSION, "backend": backend(), "model_config": described}
    if not model.optimizer or not include_optimizer:
        return found
    if isinstance(model.optimizer, wrapped.TFOptimizer):
        logging.warning(
            "TensorFlow optimizers do not make it possible to access optimizer attributes or optimizer state "
            "after instantiation. As a result, we cannot save the optimizer as part of the model save file. "
            "You will have to compile your model again after loading it. Prefer using a Keras optimizer "
            "instead (see keras.io/optimizers)."
        )
        return found
    found["training_config"] = {
        "loss": model.loss,
        "metrics": model._compile_metrics,
        "weighted_metrics": model._compile_weighted_metrics,
        "sample_weight_mode": model.sample_weight_mode,
        "loss_weights": model.loss_weights,
        "optimizer_config": {
            "class_name": type(model.optimizer).__name__,
            "config": model.optimizer.get_config(),
        },
    }
    return found


def compile_args_from_training_config(training_config: Any, custom_objects: Any = None) -> dict[str, Any]:
    """The arguments of `compile` that a description stands for.

    Args:
        training_config: the description.
        custom_objects: the program's own functions and classes by name.
    """
    objects = custom_objects or {}

    def own(name: Any) -> Any:
        return objects.get(name, name)

    loss = training_config["loss"]
    if isinstance(loss, dict) and "class_name" in loss:
        loss = losses.get(loss)
    return {
        "optimizer": wrapped.deserialize(training_config["optimizer_config"], custom_objects=objects),
        "loss": map_structure(own, loss),
        "metrics": map_structure(own, training_config["metrics"]),
        "weighted_metrics": map_structure(own, training_config.get("weighted_metrics")),
        "loss_weights": training_config["loss_weights"],
        "sample_weight_mode": training_config["sample_weight_mode"],
    }
