"""The module `imp`, as far as programs use it: to load a file as a module, to load a module again."""

from __future__ import annotations

import importlib.util
import os
import sys
from importlib.machinery import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, SOURCE_SUFFIXES, ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

reload = importlib.reload
acquire_lock = release_lock = lambda: None
cache_from_source = importlib.util.cache_from_source
source_from_cache = importlib.util.source_from_cache
PY_SOURCE, PY_COMPILED, C_EXTENSION, PKG_DIRECTORY, C_BUILTIN, PY_FROZEN = 1, 2, 3, 5, 6, 7


def new_module(name: str) -> ModuleType:
    """An empty module."""
    return ModuleType(name)


def get_magic() -> bytes:
    """The number at the beginning of compiled files."""
    return importlib.util.MAGIC_NUMBER


def get_suffixes() -> list[tuple[str, str, int]]:
    """The ends of modules' file names, how such files are opened, and their kinds."""
    kinds = [(EXTENSION_SUFFIXES, "rb", C_EXTENSION), (SOURCE_SUFFIXES, "r", PY_SOURCE)]
    kinds += [(BYTECODE_SUFFIXES, "rb", PY_COMPILED)]
    return [(suffix, mode, kind) for suffixes, mode, kind in kinds for suffix in suffixes]


def load_source(name: str, pathname: str, file: Any = None) -> ModuleType:
    """Run a file as a module, again if the module is there already."""
    from perdure.cli.then.importing import loader_of

    return _load(ModuleSpec(name, loader_of(name, pathname), origin=pathname))


def load_package(name: str, path: str) -> ModuleType:
    """Load a folder as a package."""
    from perdure.cli.then.importing import loader_of

    init = os.path.join(path, "__init__.py")
    spec = ModuleSpec(name, loader_of(name, init), origin=init, is_package=True)
    spec.submodule_search_locations = [path]
    return _load(spec)


def find_module(name: str, path: Any = None) -> tuple[Any, str | None, tuple[str, str, int]]:
    """The open file of a module, its path, and its suffix, mode and kind.

    Raises:
        ImportError: there is none.
    """
    if path is None and name in sys.builtin_module_names:
        return None, None, ("", "", C_BUILTIN)
    spec = PathFinder.find_spec(name, path)
    if spec is None or spec.origin is None:
        raise ImportError(f"No module named {name!r}", name=name)
    if spec.submodule_search_locations:
        return None, spec.submodule_search_locations[0], ("", "", PKG_DIRECTORY)
    for suffix, mode, kind in get_suffixes():
        if spec.origin.endswith(suffix):
            return open(spec.origin, mode), spec.origin, (suffix, mode, kind)
    raise ImportError(f"{spec.origin} is no module", name=name)


def load_module(name: str, file: Any, filename: str, details: tuple[str, str, int]) -> ModuleType:
    """Load what `find_module` has found.

    Raises:
        ImportError: it is of another kind than a source file, a package or a compiled extension.
    """
    kind = details[2]
    if kind == PY_SOURCE:
        return load_source(name, filename)
    if kind == PKG_DIRECTORY:
        return load_package(name, filename)
    if kind == C_BUILTIN:
        return importlib.import_module(name)
    if kind == C_EXTENSION:
        return load_dynamic(name, filename)
    raise ImportError(f"imp.load_module cannot load {filename}", name=name)


def load_dynamic(name: str, path: str, file: Any = None) -> ModuleType:
    """Load a compiled extension."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise ImportError(f"{path} is no module", name=name)
    return _load(spec)


def _load(spec: ModuleSpec) -> ModuleType:
    spec.has_location = True
    module = sys.modules.get(spec.name)
    if module is None:
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
    if spec.loader is None:
        raise ImportError(f"{spec.origin} cannot be loaded", name=spec.name)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(spec.name, None)
        raise
    return sys.modules[spec.name]


def is_builtin(name: str) -> int:
    """1 if a module is a part of Python's own program, else 0."""
    return int(name in sys.builtin_module_names)
