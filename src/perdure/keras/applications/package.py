"""The package keras_applications, whose functions are given the layers to build of."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from perdure.keras import backend
from perdure.keras.engine.input_layer import Input
from perdure.keras.engine.model import Model
from perdure.keras.engine.sequential import Sequential
from perdure.keras.layers import merge
from perdure.keras.layers.serialization import classes
from perdure.keras.utils.files import get_file
from perdure.keras.utils.optional import keras_package
from perdure.keras.utils.sources import get_source_inputs


@functools.cache
def _modules() -> dict[str, Any]:
    """What the package builds its networks of."""
    functions = ("add", "multiply", "concatenate", "average", "maximum")
    merging = {name: getattr(merge, name) for name in functions}
    return {
        "backend": backend,
        "layers": SimpleNamespace(Input=Input, **merging, **classes()),
        "models": SimpleNamespace(Model=Model, Sequential=Sequential),
        "utils": SimpleNamespace(get_file=get_file, get_source_inputs=get_source_inputs),
    }


def from_package(module: str, name: str) -> Callable[..., Any]:
    """A function of keras_applications that builds of perdure's layers.

    Args:
        module, name: where it is.

    Returns:
        The function; the package is imported when it is called.
    """

    def function(*args: Any, **kwargs: Any) -> Any:
        """See keras_applications."""
        called = getattr(keras_package(f"keras_applications.{module}"), name)
        given = _modules()
        own = {key: value for key, value in given.items() if key != "layers" or "layers" not in kwargs}
        return called(*args, **{**kwargs, **own})

    function.__name__ = function.__qualname__ = name
    return function
