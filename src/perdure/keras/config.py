"""Keras' settings: the default float type, the fuzz factor and the order of the axes of images."""

from __future__ import annotations

import functools
import json
import os
from typing import Any

_FLOAT_TYPES = ("float16", "float32", "float64")
_DATA_FORMATS = ("channels_last", "channels_first")

_settings: dict[str, Any] = {}


@functools.cache
def folder() -> str:
    """Where Keras keeps settings and data sets: `$KERAS_HOME`, or `.keras` in the user's folder."""
    return os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")


@functools.cache
def _of_user() -> dict[str, Any]:
    """The settings in the user's `keras.json`, which is only read."""
    try:
        with open(os.path.join(folder(), "keras.json")) as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _setting(name: str, default: Any) -> Any:
    if name not in _settings:
        _settings[name] = _of_user().get(name, default)
    return _settings[name]


def epsilon() -> float:
    """A small number that keeps divisors and logarithms away from 0."""
    return _setting("epsilon", 1e-7)


def set_epsilon(value: float) -> None:
    """Set what `epsilon` returns."""
    _settings["epsilon"] = value


def floatx() -> str:
    """The name of the float type that variables and placeholders have by default."""
    return _setting("floatx", "float32")


def set_floatx(value: Any) -> None:
    """Set the default float type.

    Args:
        value: "float16", "float32" or "float64".

    Raises:
        ValueError: none of these.
    """
    if value not in _FLOAT_TYPES:
        raise ValueError("Unknown floatx type: " + str(value))
    _settings["floatx"] = str(value)


def image_data_format() -> str:
    """Where images have their channels: "channels_last" or "channels_first"."""
    return _setting("image_data_format", "channels_last")


def set_image_data_format(data_format: Any) -> None:
    """Set where images have their channels.

    Args:
        data_format: "channels_last" or "channels_first".

    Raises:
        ValueError: neither.
    """
    if data_format not in _DATA_FORMATS:
        raise ValueError("Unknown data_format: " + str(data_format))
    _settings["image_data_format"] = str(data_format)
