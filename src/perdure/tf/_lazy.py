"""Namespaces that are filled as they are used (PEP 562).

A face module lists its names by the module that defines them,

    __getattr__, __dir__, __all__ = namespace(__name__, {"functional.math.unary": "abs exp"}, "nn train")

and nothing is imported before a name is asked for.  The name then becomes an ordinary global of
the face module, so the next use costs a dictionary look-up.  "new=old" lists `old` under another
name.  The last argument names the modules below this one.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

FACE = "perdure.tf"

# Where a name comes from: a module, and the name there.
Origin = tuple[str, str]


def names_in(text: str) -> dict[str, str]:
    """The names that a text lists, with what each is called where it comes from."""
    entries = (entry.partition("=") for entry in text.split())
    return {name: original or name for name, _, original in entries}


def origins_of(sources: Mapping[str, str]) -> dict[str, Origin]:
    """Where names come from.

    Args:
        sources: lists of names, by the module below `perdure` that defines them.
    """
    return {
        name: (f"perdure.{source}", original)
        for source, text in sources.items()
        for name, original in names_in(text).items()
    }


class Namespace:
    """Where each name of one face module comes from."""

    __slots__ = ("module_name", "origins", "submodules")

    def __init__(self, module_name: str, sources: Mapping[str, str], submodules: str) -> None:
        self.module_name = module_name
        self.submodules = frozenset(submodules.split())
        self.origins = origins_of(sources)

    def find(self, name: str) -> Any:
        """Import what `name` stands for and keep it in the module."""
        origin = self.origins.get(name)
        if origin is not None:
            value = getattr(import_module(origin[0]), origin[1])
        elif name in self.submodules:
            value = import_module(f"{self.module_name}.{name}")
        else:
            from perdure.tf._missing import as_asked, missing_name

            raise as_asked(name, missing_name(self.module_name[len(FACE) + 1 :], name))
        vars(sys.modules[self.module_name])[name] = value
        return value

    def names(self) -> list[str]:
        """Every public name, imported already or not."""
        present = vars(sys.modules[self.module_name])
        return sorted({*present, *self.origins, *self.submodules})


def namespace(
    module_name: str, sources: Mapping[str, str], submodules: str = ""
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Make the `__getattr__`, `__dir__` and `__all__` of a face module.

    Args:
        module_name: the face module's `__name__`.
        sources: names separated by blanks, by the module under `perdure` that defines them.
        submodules: names of face modules below this one.
    """
    contents = Namespace(module_name, sources, submodules)
    return contents.find, contents.names, sorted({*contents.origins, *contents.submodules})
