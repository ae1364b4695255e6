"""The array namespaces `xp` that kernels are written over.

`numpy_arrays()` is NumPy and `jax_arrays()` is jax.numpy, each with the primitives that the two libraries
spell differently: functions of the same name and parameters in the modules `*_numpy` and `*_jax`.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any


@cache
def numpy_arrays() -> Any:
    """NumPy with perdure's primitives: the namespace of the interpreted tier."""
    import numpy

    return _namespace(numpy, "_numpy")


@cache
def jax_arrays() -> Any:
    """jax.numpy with perdure's primitives: the namespace of the compiled tier."""
    import jax.numpy

    return _namespace(jax.numpy, "_jax")


def _namespace(library: ModuleType, suffix: str) -> SimpleNamespace:
    names = {name: value for name, value in vars(library).items() if not name.startswith("_")}
    for module in primitive_modules(suffix):
        names.update(primitives(module))
    return SimpleNamespace(**names)


def primitive_modules(suffix: str) -> list[ModuleType]:
    """The modules of this package that hold the primitives of one tier ("_numpy" or "_jax")."""
    return [
        import_module(f"{__name__}.{info.name}")
        for info in pkgutil.iter_modules(__path__)
        if info.name.endswith(suffix)
    ]


def primitives(module: ModuleType) -> dict[str, Any]:
    """The public functions a primitive module defines."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }
