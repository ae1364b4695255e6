"""Weights in groups of HDF5 files."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.keras.backend.shapes import int_shape
from perdure.keras.backend.state import backend, batch_get_value, batch_set_value
from perdure.keras.saving.conversion import preprocess_weights_for_loading

# The version that files say.
KERAS_VERSION = "2.2.4-tf"
# How large the attributes of an object may be.
_LIMIT = 64512


def as_text(value: Any) -> str:
    """An attribute as text: versions of h5py give bytes or text."""
    return value.decode("utf8") if isinstance(value, bytes) else str(value)


def save_attributes(group: Any, name: str, data: list[bytes]) -> None:
    """Write a list of texts as an attribute, or as several if it is too large for one.

    Raises:
        RuntimeError: one of the texts is too large.
    """
    too_large = [x for x in data if len(x) > _LIMIT]
    if too_large:
        raise RuntimeError(
            "The following attributes cannot be saved to HDF5 file because they are larger than "
            f"{_LIMIT} bytes: {', '.join(as_text(x) for x in too_large)}"
        )
    whole = np.asarray(data)
    count = 1
    parts = [whole]
    while any(part.nbytes > _LIMIT for part in parts):
        count += 1
        parts = np.array_split(whole, count)
    if count == 1:
        group.attrs[name] = whole
    else:
        for i, part in enumerate(parts):
            group.attrs[f"{name}{i}"] = part


def load_attributes(group: Any, name: str) -> list[str]:
    """The list of texts that `save_attributes` wrote."""
    if name in group.attrs:
        return [as_text(text) for text in group.attrs[name]]
    found: list[str] = []
    i = 0
    while f"{name}{i}" in group.attrs:
        found += [as_text(text) for text in group.attrs[f"{name}{i}"]]
        i += 1
    return found


def _of_layer(layer: Any) -> list[Any]:
    """The variables of a layer in the order of files."""
    return list(layer.trainable_weights + layer.non_trainable_weights)


def _write(group: Any, variables: Any) -> None:
    """Write the names and values of variables."""
    values = batch_get_value(variables)
    names = [variable.name.encode("utf8") for variable in variables]
    save_attributes(group, "weight_names", names)
    for name, value in zip(names, values, strict=True):
        group.create_dataset(name, value.shape, dtype=value.dtype)[()] = value


def _read(group: Any) -> list[np.ndarray]:
    """The values of a group."""
    return [np.asarray(group[name]) for name in load_attributes(group, "weight_names")]


def save_weights(group: Any, layers: Any) -> None:
    """Write the variables of layers, each layer's in a group."""
    save_attributes(group, "layer_names", [layer.name.encode("utf8") for layer in layers])
    group.attrs["backend"] = backend().encode("utf8")
    group.attrs["keras_version"] = KERAS_VERSION.encode("utf8")
    for layer in layers:
        _write(group.create_group(layer.name), _of_layer(layer))


def save_optimizer_weights(group: Any, optimizer: Any) -> None:
    """Write the state of an optimizer."""
    if optimizer.weights:
        _write(group.create_group("optimizer_weights"), optimizer.weights)


def load_optimizer_weights(group: Any) -> list[np.ndarray]:
    """The state of an optimizer."""
    return _read(group["optimizer_weights"])


def _origin(group: Any) -> tuple[str, str | None]:
    """The version of Keras and the backend that wrote a group."""
    version = as_text(group.attrs["keras_version"]) if "keras_version" in group.attrs else "1"
    return version, as_text(group.attrs["backend"]) if "backend" in group.attrs else None


def load_weights(group: Any, layers: Any) -> None:
    """Set the variables of layers, which are in the order of the file.

    Raises:
        ValueError: other layers, or other variables.
    """
    layers = [layer for layer in layers if _of_layer(layer)]
    names = [name for name in load_attributes(group, "layer_names") if _read_names(group[name])]
    if len(names) != len(layers):
        raise ValueError(
            f"You are trying to load a weight file containing {len(names)} layers into a model with "
            f"{len(layers)} layers."
        )
    wanted: list[tuple[Any, Any]] = []
    for k, (name, layer) in enumerate(zip(names, layers, strict=True)):
        variables = _of_layer(layer)
        values = preprocess_weights_for_loading(layer, _read(group[name]), *_origin(group))
        if len(values) != len(variables):
            raise ValueError(
                f'Layer #{k} (named "{layer.name}" in the current model) was found to correspond to layer '
                f"{name} in the save file. However the new layer {layer.name} expects {len(variables)} "
                f"weights, but the saved weights have {len(values)} elements."
            )
        wanted += zip(variables, values, strict=True)
    batch_set_value(wanted)


def _read_names(group: Any) -> list[str]:
    return load_attributes(group, "weight_names")


def load_weights_by_name(group: Any, layers: Any) -> None:
    """Set the variables of those layers that the file has by name.

    Raises:
        ValueError: a layer has other variables, or of other shapes.
    """
    by_name: dict[str, list[Any]] = {}
    for layer in layers:
        if layer.name:
            by_name.setdefault(layer.name, []).append(layer)
    wanted = []
    for k, name in enumerate(load_attributes(group, "layer_names")):
        values: list[Any] = _read(group[name])
        for layer in by_name.get(name, []):
            variables = _of_layer(layer)
            values = preprocess_weights_for_loading(layer, values, *_origin(group))
            if len(values) != len(variables):
                raise ValueError(
                    f'Layer #{k} (named "{layer.name}") expects {len(variables)} weight(s), but the saved '
                    f"weights have {len(values)} element(s)."
                )
            for variable, value in zip(variables, values, strict=True):
                if int_shape(variable) != value.shape:
                    raise ValueError(
                        f'Layer #{k} (named "{layer.name}"), weight {variable} has shape '
                        f"{int_shape(variable)}, but the saved weight has shape {value.shape}."
                    )
                wanted.append((variable, value))
    batch_set_value(wanted)
