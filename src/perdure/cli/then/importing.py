"""How a program's modules come to mean what they meant: what is done when a module is imported.

The finder stands before Python's own for files.  It finds nothing itself: it changes what the others find,
the loader of a file of the program's own, and adds to a module of the table what that has dropped.
"""

from __future__ import annotations

import builtins
import runpy
import sys
from collections.abc import Sequence
from functools import cache, partial
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from perdure.cli.children.perdure_child import call_after, is_own, place_before_files
from perdure.cli.then import meanings, packages
from perdure.cli.then.rewriting import compile_program
from perdure.cli.then.table import How, changes
from perdure.compat.finder import AliasLoader

# Installed packages that are to be read like the program's own files: at first, those of the program's time.
own_packages: set[str] = packages.modules()


class ProgramLoader(SourceFileLoader):
    """Loads a file of the program's own; nothing is written beside it, since Python would read that, too."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return compile_program(self.get_data(path), path)


# What a program sees of its modules is Python's.
ProgramLoader.__name__ = ProgramLoader.__qualname__ = SourceFileLoader.__name__


class ProgramFinder:
    """Lets other finders find a module, and sees to it that it is what it was."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = self._find(name, path, target)
        if spec is None:
            return dropped_module(name)
        if name in _changed_modules():
            call_after(spec, partial(restore, name))
        elif type(spec.loader) is SourceFileLoader and _is_own(name, spec.origin):
            spec.loader = ProgramLoader(spec.loader.name, spec.loader.path)
        return spec

    def _find(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        finders: list[Any] = sys.meta_path
        behind = finders[finders.index(self) + 1 :] if self in finders else finders
        found = (finder.find_spec(name, path, target) for finder in behind)
        return next((spec for spec in found if spec is not None), None)


FINDER = ProgramFinder()


def install() -> None:
    """Give this process the meanings of then; a second call does nothing."""
    if FINDER in sys.meta_path:
        return
    setattr(builtins, meanings.NAME, meanings)
    sys.meta_path.insert(place_before_files(), FINDER)  # type: ignore[arg-type]
    # Reads the main module of a process that multiprocessing starts; it is found by Python alone (frozen).
    runpy.compile = _compile_as_runpy_does  # type: ignore[attr-defined]
    for name in _changed_modules() & {*sys.modules}:
        restore(name)


def loader_of(name: str, path: str) -> SourceFileLoader:
    """The loader of a source file, according to whose it is."""
    return (ProgramLoader if _is_own(name, path) else SourceFileLoader)(name, path)


def _is_own(name: str, path: str | None) -> bool:
    return path is not None and (name.partition(".")[0] in own_packages or is_own(path))


@cache
def _changed_modules() -> frozenset[str]:
    """The modules that something is done to when they have been imported."""
    kinds = (How.NAME, How.CALL, How.SETTING)
    return frozenset(_split(change.where)[0] for how in kinds for change in changes(how))


# Modules whose names look like those of classes.
_WITH_CAPITALS = frozenset({"PIL.Image"})


def _split(where: str) -> tuple[str, str]:
    """A module and a class in it, or "": classes are written with capitals."""
    module, _, last = where.rpartition(".")
    return (module, last) if last[0].isupper() and where not in _WITH_CAPITALS else (where, "")


def _object(where: str) -> Any:
    module, kind = _split(where)
    return getattr(import_module(module), kind) if kind else import_module(module)


def restore(module_name: str) -> None:
    """Give a module that has been imported what the table says, and note which of its calls are changed."""
    for change in changes(How.NAME):
        if _split(change.where)[0] == module_name:
            target, source = _object(change.where), _object(change.by)
            for name, here in change.pairs().items():
                if name not in vars(target) and hasattr(source, here):
                    setattr(target, name, getattr(source, here))
    for change in changes(How.SETTING):
        if change.where == module_name:
            for name in change.pairs():
                getattr(_object(change.by), name)()
    meanings.know_calls_of(module_name)


def _compile_as_runpy_does(source: Any, path: str, mode: str) -> CodeType:
    if mode == "exec" and is_own(path):
        return compile_program(source, path)
    return compile(source, path, mode, dont_inherit=True)


def dropped_module(name: str) -> ModuleSpec | None:
    """A module that Python or a package has dropped, or the word on what to install for it."""
    for change in changes(How.MODULE):
        if name in {f"{change.where}.{each}".lstrip(".") for each in change.pairs()}:
            return ModuleSpec(name, AliasLoader(change.by), origin=change.by)  # type: ignore[arg-type]
    for change in changes(How.TOLD):
        if not change.where and name in change.pairs():
            gone = f"it is gone since {change.since}"
            raise ModuleNotFoundError(f"No module named {name!r}; {gone}: {change.by}", name=name)
    return None
