"""save_model and load_model: a model, its variables and what it was compiled with, in an HDF5 file."""

from __future__ import annotations

import json
import os
from typing import Any

from perdure.graph.errors import UnimplementedError
from perdure.keras.engine.sequential import Sequential
from perdure.keras.optimizers.wrapped import TFOptimizer
from perdure.keras.saving.description import (
    compile_args_from_training_config,
    model_from_config,
    model_metadata,
)
from perdure.keras.saving.hdf5 import (
    as_text,
    load_optimizer_weights,
    load_weights,
    save_optimizer_weights,
    save_weights,
)
from perdure.keras.utils.asking import may_write
from perdure.keras.utils.json import get_json_type
from perdure.keras.utils.optional import h5py_module, is_open_hdf5
from perdure.platform import logging

_ENDINGS = (".h5", ".hdf5", ".keras")


def save_model(
    model: Any,
    filepath: Any,
    overwrite: bool = True,
    include_optimizer: bool = True,
    save_format: str | None = None,
    signatures: Any = None,
) -> None:
    """Save a model: its description, its variables and what it was compiled with.

    Args:
        model: the model.
        filepath: the file, or an open `h5py.File`.
        overwrite: whether a file is replaced without asking.
        include_optimizer: whether the optimizer and its state are saved.
        save_format: "h5", which is the default; "tf" is not supported.
        signatures: those of a SavedModel.

    Raises:
        NotImplementedError: a model that cannot be described, or a SavedModel.
        ImportError: h5py is not installed.
    """
    is_open = is_open_hdf5(filepath)
    path = filepath if is_open else os.fspath(filepath)
    if (save_format or "h5") != "h5" and not is_open and os.path.splitext(path)[1] not in _ENDINGS:
        raise UnimplementedError(
            None,
            None,
            "perdure saves Keras models as HDF5 (save_format='h5'), and weights also as checkpoints "
            "(`save_weights`); `tf.saved_model.simple_save` writes a SavedModel of model.inputs and "
            "model.outputs",
        )
    if not model._is_graph_network and not isinstance(model, Sequential):
        raise NotImplementedError(
            "Saving the model to HDF5 format requires the model to be a Functional model or a Sequential "
            "model. It does not work for subclassed models, because such models are defined via the body of "
            "a Python method, which isn't safely serializable. Consider saving to the Tensorflow SavedModel "
            'format (by setting save_format="tf") or using `save_weights`.'
        )
    if is_open:
        _write(model, path, include_optimizer)
        return
    h5py = h5py_module("save_model")
    if may_write(path, overwrite):
        with h5py.File(path, mode="w") as file:
            _write(model, file, include_optimizer)


def _write(model: Any, file: Any, include_optimizer: bool) -> None:
    """Write a model into an open file."""
    for key, value in model_metadata(model, include_optimizer).items():
        if isinstance(value, dict | list | tuple):
            value = json.dumps(value, default=get_json_type).encode("utf8")
        file.attrs[key] = value
    save_weights(file.create_group("model_weights"), model.layers)
    if include_optimizer and model.optimizer and not isinstance(model.optimizer, TFOptimizer):
        save_optimizer_weights(file, model.optimizer)
    file.flush()


def load_model(filepath: Any, custom_objects: Any = None, compile: bool = True) -> Any:
    """A model that `save_model` saved.

    Args:
        filepath: the file, or an open `h5py.File`.
        custom_objects: the program's own classes and functions by name.
        compile: whether the model is compiled as it was.

    Raises:
        OSError: no such file, or of another format.
        ImportError: h5py is not installed.
    """
    if is_open_hdf5(filepath):
        return _read(filepath, custom_objects, compile)
    h5py = h5py_module("load_model")
    path = os.fspath(filepath)
    if os.path.isdir(path):
        raise UnimplementedError(
            None,
            None,
            f"{path}: perdure reads Keras models of HDF5 files; a SavedModel can be loaded with "
            "`tf.saved_model.load`",
        )
    if not os.path.exists(path):
        raise OSError(f"SavedModel file does not exist at: {path}/{{saved_model.pbtxt|saved_model.pb}}")
    if not h5py.is_hdf5(path):
        raise OSError(
            "Unable to load model. Filepath is not an hdf5 file (or h5py is not available) or SavedModel."
        )
    with h5py.File(path, mode="r") as file:
        return _read(file, custom_objects, compile)


def _read(file: Any, custom_objects: Any, compile: bool) -> Any:
    """A model of an open file."""
    described = file.attrs.get("model_config")
    if described is None:
        raise ValueError("No model found in config file.")
    model = model_from_config(json.loads(as_text(described)), custom_objects=custom_objects)
    load_weights(file["model_weights"], model.layers)
    if not compile:
        return model
    training = file.attrs.get("training_config")
    if training is None:
        logging.warning(
            "No training configuration found in save file: the model was *not* compiled. Compile it manually."
        )
        return model
    model.compile(**compile_args_from_training_config(json.loads(as_text(training)), custom_objects))
    if "optimizer_weights" in file:
        if not model._is_graph_network:
            logging.warning(
                "Sequential models without an `input_shape` passed to the first layer cannot reload their "
                "optimizer state. As a result, your model isstarting with a freshly initialized optimizer."
            )
            return model
        model._make_train_function()
        try:
            model.optimizer.set_weights(load_optimizer_weights(file))
        except ValueError:
            logging.warning(
                "Error in loading the saved optimizer state. As a result, your model is starting with a "
                "freshly initialized optimizer."
            )
    return model
