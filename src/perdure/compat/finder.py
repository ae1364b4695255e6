"""The import system's way from `tensorflow.*` to perdure's modules.

A name leads to one of three things: a module of perdure itself (an alias: the very same module
object), a view of names of `perdure.tf` under the name of a module inside TensorFlow, or a
ModuleNotFoundError that says whether TensorFlow 1.15 has such a module.

Finder and loaders have the methods that importlib asks for, but do not inherit from its abstract classes:
importing `importlib.abc` would take longer than everything here.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from perdure.compat import modules

FACE = "perdure.tf"

PREFIXES = ("tensorflow.compat.v1",)


class AliasLoader:
    """Gives one module a second name."""

    def __init__(self, target: str) -> None:
        self.target = target

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        # The import system returns what it finds in sys.modules after running a module.
        sys.modules[module.__name__] = import_module(self.target)


class ViewLoader:
    """Makes a module whose names are looked up when they are used."""

    def __init__(self, find: Callable[[str], Any], names: Callable[[], list[str]]) -> None:
        self.find = find
        self.names = names

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        contents = vars(module)

        def find(name: str) -> Any:
            try:
                contents[name] = value = self.find(name)
            except AttributeError as error:
                from perdure.tf._missing import as_asked

                raise as_asked(name, error) from None
            return value

        contents["__getattr__"] = find
        contents["__dir__"] = lambda: sorted({*contents, *self.names()})
        contents["__doc__"] = f"What perdure has of {module.__name__}."


class TensorFlowFinder:
    """Finds `tensorflow` and every module below it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.startswith(f"{FACE}."):
            self._explain_missing_face_module(name)
            return None
        if name.startswith("tensorflow_estimator."):
            return refused(name)
        if name != "tensorflow" and not name.startswith("tensorflow."):
            return None
        alias = alias_of(name)
        if alias is not None:
            return ModuleSpec(name, AliasLoader(alias), origin=alias)  # type: ignore[arg-type]
        view = view_of(name)
        if view is not None:
            loader, is_package = view
            return ModuleSpec(
                name,
                loader,  # type: ignore[arg-type]
                origin="perdure",
                is_package=is_package,
            )
        spec = refused(name)
        if spec is not None:
            return spec
        raise ModuleNotFoundError(_reason(name))

    def _explain_missing_face_module(self, name: str) -> None:
        """`from tensorflow import contrib` ends here, since tensorflow is the module perdure.tf."""
        path = import_module(FACE).__path__
        if PathFinder.find_spec(name, path) is None and name.count(".") == FACE.count(".") + 1:
            tensorflow_name = f"tensorflow.{name[len(FACE) + 1 :]}"
            from perdure.tf._missing import is_tensorflow_name

            if is_tensorflow_name(tensorflow_name.partition(".")[2]):
                raise ModuleNotFoundError(_reason(tensorflow_name))


FINDER = TensorFlowFinder()


def alias_of(name: str) -> str | None:
    """The module of perdure that `name` is another name of, or None."""
    if name == "tensorflow":
        return FACE
    for prefix in PREFIXES:
        if name == prefix or name.startswith(f"{prefix}."):
            name = f"tensorflow{name[len(prefix) :]}"
            if name == "tensorflow":
                return FACE
    part = name.partition(".")[2]
    entry = modules.table().get(part)
    if entry is not None and entry.alias is not None:
        return entry.alias
    if part.endswith("_pb2"):
        return modules.proto_module(name)
    if part.startswith("_") or "._" in part:
        return None
    face_module = f"{FACE}.{part}"
    try:
        return face_module if find_spec(face_module) is not None else None
    except ModuleNotFoundError:  # the package above it is not there
        return None


def view_of(name: str) -> tuple[ViewLoader, bool] | None:
    """The loader of a module inside TensorFlow, and whether it is a package; or None."""
    part = name.partition(".")[2]
    if part.partition(".")[0] == "core":
        return (_package(name), True) if modules.is_proto_package(name) else None
    if part in modules.packages():
        return _package(name), True
    if modules.is_module(part):
        return ViewLoader(
            lambda attribute: _value_or_neighbour(part, attribute), lambda: modules.names_of(part)
        ), False
    if modules.is_generated(part):
        return ViewLoader(lambda attribute: modules.raw_constructor(part, attribute), list), False
    return None


def _value_or_neighbour(part: str, name: str) -> Any:
    """What `name` is in a module, or a module of its package: TensorFlow's modules import each other."""
    try:
        return modules.value_of(part, name)
    except AttributeError:
        neighbour = f"{part.rpartition('.')[0]}.{name}"
        if name.startswith("_") or not (modules.is_module(neighbour) or modules.is_generated(neighbour)):
            raise
        return import_module(f"tensorflow.{neighbour}")


def refused(name: str) -> ModuleSpec | None:
    """A module whose classes say that they are not supported, or a package of such ones, or None.

    Some modules of the package tensorflow-estimator are, and TensorFlow's for TPUs, which that imports.
    """
    from perdure.compat.inner_estimators import TPU_PACKAGES, refused_names

    find = refused_names(name)
    if name in TPU_PACKAGES:
        loader = ViewLoader(lambda attribute: import_module(f"{name}.{attribute}"), list)
        return ModuleSpec(name, loader, origin="perdure", is_package=True)  # type: ignore[arg-type]
    if find is None:
        return None
    return ModuleSpec(name, ViewLoader(find, list), origin="perdure")  # type: ignore[arg-type]


def _package(name: str) -> ViewLoader:
    """A package whose attributes are its modules, which TensorFlow has all imported, and names of its own."""

    def find(attribute: str) -> Any:
        if not attribute.startswith("_"):
            child = f"{name}.{attribute}"
            if alias_of(child) is not None or view_of(child) is not None:
                return import_module(child)
            part = name.partition(".")[2]
            if modules.is_module(part):
                return modules.value_of(part, attribute)
            if name == "tensorflow.python":  # which holds the public names, too
                return getattr(import_module(FACE), attribute)
        raise AttributeError(f"perdure has nothing for {attribute} of {name}")

    return ViewLoader(find, lambda: modules.names_of(name.partition(".")[2]))


def _reason(name: str) -> str:
    from perdure.tf._missing import is_tensorflow_name

    part = name.partition(".")[2]
    if is_tensorflow_name(part):
        return f"{name} is part of TensorFlow 1.15 but is not supported yet by perdure"
    if part in modules.names_inside() or part.startswith(("core.", "examples.", "tools.")):
        return f"perdure has nothing for {name}, a module inside of TensorFlow"
    return f"TensorFlow 1.15 has no module {name}"


def is_ours(module: ModuleType) -> bool:
    """Whether a module that is called tensorflow is perdure's."""
    return module is sys.modules.get(FACE)


def forget_modules() -> None:
    """Take every `tensorflow` module of perdure out of the import system."""
    ours = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "tensorflow"}
    for name, module in ours.items():
        del sys.modules[name]
        parent, _, child = name.rpartition(".")
        # A view is an attribute of a face module only because tensorflow is that module.
        if parent and ours[parent].__name__.startswith(FACE) and not module.__name__.startswith(FACE):
            vars(ours[parent]).pop(child, None)
