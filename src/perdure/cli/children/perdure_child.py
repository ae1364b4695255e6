"""A Python process below `perdure run`, until it is clear whether it needs perdure.

Next to nothing is imported here, not even `re` or `typing`, since most processes that a program starts
(pip, a helper of a few lines) are none of perdure's business.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

_HERE = os.path.dirname(os.path.abspath(__file__))
_PERDURE = os.path.dirname(os.path.dirname(_HERE))
_STANDARD_LIBRARY = os.path.dirname(os.path.abspath(os.__file__))
_INSTALLED = tuple(os.sep + folder + os.sep for folder in ("site-packages", "dist-packages"))


def is_own(path: str) -> bool:
    """Whether a file is the program's own: not of Python, not installed, not perdure's."""
    path = os.path.abspath(path)
    if any(folder in path for folder in _INSTALLED):
        return False
    return not path.startswith((_STANDARD_LIBRARY + os.sep, _PERDURE + os.sep, *_command_folders()))


def _command_folders() -> tuple[str, ...]:
    folders = {os.path.dirname(sys.executable), os.path.join(sys.prefix, "bin")}
    return tuple(folder + os.sep for folder in folders if folder)


class _Waiting:
    """A finder that finds nothing itself, and notes when the process comes to need perdure."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "perdure":
            return PathFinder.find_spec(name, path) or _spec_of_perdure()
        if name == "tensorflow":
            become_a_program()
            return _find_otherwise(name, path, target)
        if name.startswith("perdure."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None:
            return None
        if name == "numpy":
            call_after(spec, become_a_program)
        elif spec.has_location and spec.origin and is_own(spec.origin):
            become_a_program()
            return _find_otherwise(name, path, target)
        return spec


_waiting = _Waiting()


def wait_for_tensorflow() -> None:
    """Prepare the process for `import tensorflow`, `import numpy` and modules of the program's own."""
    _become_perdure_run()
    sys.meta_path.insert(place_before_files(), _waiting)
    if any("multiprocessing" in argument for argument in sys.orig_argv):
        import runpy

        runpy.compile = _compile_main  # type: ignore[attr-defined]


def place_before_files() -> int:
    """Where a finder stands before those that look for files."""
    finders = sys.meta_path
    return finders.index(PathFinder) if PathFinder in finders else len(finders)


def _compile_main(source: Any, path: str, mode: str) -> Any:
    """What `runpy` compiles the program's main module with, which a process of a pool reads again."""
    if not is_own(path):
        return compile(source, path, mode, dont_inherit=True)
    become_a_program()
    return sys.modules["runpy"].compile(source, path, mode)  # type: ignore[attr-defined]


def stop_waiting() -> None:
    """Leave the import system; a second call does nothing."""
    if _waiting in sys.meta_path:
        sys.meta_path.remove(_waiting)


def become_a_program() -> None:
    """Make the process what `perdure run` makes of its own."""
    from perdure.cli import prepare_child

    stop_waiting()
    prepare_child(os.environ.get("PERDURE_RUN_OPTIONS", "").split())


def _find_otherwise(name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        spec = finder.find_spec(name, path, target)
        if spec is not None:
            return spec
    return None


def _spec_of_perdure() -> ModuleSpec | None:
    """perdure where the first process found it, which may have been by its search path."""
    from importlib.util import spec_from_file_location

    return spec_from_file_location(
        "perdure", os.path.join(_PERDURE, "__init__.py"), submodule_search_locations=[_PERDURE]
    )


def _become_perdure_run() -> None:
    """Start again as `perdure run SCRIPT` if this is `python SCRIPT`, a script of the program's own.

    Python compiles a script itself, out of reach of what reads it as it was meant in its time.
    """
    script = sys.argv[0] if getattr(sys, "argv", None) else ""
    count = len(sys.argv)
    if script in ("", "-", "-c", "-m") or sys.orig_argv[-count:] != sys.argv:
        return
    if not os.path.isfile(script) or not is_own(script) or not _mentions_arrays(script):
        return
    flags = sys.orig_argv[1:-count]
    options = os.environ.get("PERDURE_RUN_OPTIONS", "").split()
    launcher = os.path.join(_HERE, "launch.py")
    os.execv(sys.executable, [sys.executable, *flags, launcher, "run", *options, *sys.argv])


def _mentions_arrays(script: str) -> bool:
    with open(script, "rb") as file:
        text = file.read()
    return b"numpy" in text or b"tensorflow" in text


class _After:
    """A loader that has something done once its module has been run."""

    def __init__(self, loader: Any, action: Callable[[], object]) -> None:
        self.loader = loader
        self.action = action

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # The module is to look as if nothing had been done to it.
        module.__loader__ = self.loader
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        self.action()


def call_after(spec: ModuleSpec, action: Callable[[], object]) -> None:
    """Have `action` called once the module of `spec` has been imported."""
    if spec.loader is not None:
        spec.loader = _After(spec.loader, action)  # type: ignore[assignment]
