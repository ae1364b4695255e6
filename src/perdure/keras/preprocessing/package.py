"""The package keras_preprocessing, which is told whose classes to derive from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from perdure.keras import backend
from perdure.keras.utils.optional import keras_package
from perdure.keras.utils.sequences import Sequence

# Names of NumPy's that the package was written for, and what they are now.
_NAMES_THEN = {"unicode_": "str_"}


class _NumPyThen:
    """NumPy with those names."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, _NAMES_THEN.get(name, name))


def preprocessing_module(name: str) -> Any:
    """A module of keras_preprocessing, whose iterators are `tf.keras.utils.Sequence`.

    Args:
        name: "image", "sequence" or "text".

    Raises:
        ImportError: the package is not installed.
    """
    keras_package("keras_preprocessing").set_keras_submodules(backend, SimpleNamespace(Sequence=Sequence))
    found = keras_package(f"keras_preprocessing.{name}")
    if getattr(found, "np", None) is np:
        found.np = _NumPyThen()
    return found
