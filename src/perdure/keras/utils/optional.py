"""Packages that only some functions need."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def h5py_module(what: str) -> Any:
    """The package h5py.

    Args:
        what: what needs it, for the error.

    Raises:
        ImportError: it is not installed.
    """
    try:
        return import_module("h5py")
    except ImportError:
        raise ImportError(
            f"`{what}` requires h5py; it comes with perdure's extra 'keras' (pip install perdure[keras])"
        ) from None


def yaml_module() -> Any:
    """The package PyYAML.

    Raises:
        ImportError: it is not installed.
    """
    try:
        return import_module("yaml")
    except ImportError:
        raise ImportError("Requires yaml module installed (`pip install pyyaml`).") from None


def is_open_hdf5(value: Any) -> bool:
    """Whether a value is an open HDF5 file; does not import h5py."""
    return type(value).__module__.partition(".")[0] == "h5py"


def keras_package(name: str) -> Any:
    """A module of the packages keras_preprocessing and keras_applications.

    Args:
        name: the module's whole name.

    Raises:
        ImportError: the package is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        if error.name is not None and error.name.partition(".")[0] != package:
            raise
        raise ImportError(
            f"this part of Keras is the package {package}, which comes with perdure's extra 'keras' "
            "(pip install perdure[keras])"
        ) from None
