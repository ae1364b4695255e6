"""What TensorFlow does with its modules: `tensorflow.python.util.all_util` and `lazy_loader`."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from perdure.platform import logging

_REFERENCE = re.compile(r"^@@(\w+)$", flags=re.MULTILINE)
# What was taken out of modules, and the module, by "module.name".
_hidden: dict[str, tuple[Any, Any]] = {}


def make_all(module_name: str, doc_string_modules: Iterable[Any] | None = None) -> list[str]:
    """The names of a module that docstrings list as `@@name`.

    Args:
        module_name: the module.
        doc_string_modules: the modules with the docstrings; the module itself if None.
    """
    module = sys.modules[module_name]
    names = set(dir(module))
    sources = [module] if doc_string_modules is None else doc_string_modules
    return list(
        {name for source in sources for name in _REFERENCE.findall(source.__doc__ or "") if name in names}
    )


def remove_undocumented(
    module_name: str,
    allowed_exception_list: Iterable[str] | None = None,
    doc_string_modules: Iterable[Any] | None = None,
) -> None:
    """Take the public names out of a module that no docstring lists.

    Args:
        module_name: the module.
        allowed_exception_list: names that stay.
        doc_string_modules: see `make_all`.
    """
    module = sys.modules[module_name]
    kept = {*make_all(module_name, doc_string_modules), *(allowed_exception_list or [])}
    for name in dir(module):
        if name not in kept and not name.startswith("_"):
            _hidden[f"{module_name}.{name}"] = (module, getattr(module, name))
            delattr(module, name)


def reveal_undocumented(symbol_name: str, target_module: Any = None) -> None:
    """Put a name back that was taken out of a module.

    Args:
        symbol_name: "module.name".
        target_module: the module to put it into; the one that it was taken out of if None.

    Raises:
        LookupError: there is none.
    """
    if symbol_name not in _hidden:
        raise LookupError(f"Symbol {symbol_name} is not a hidden symbol")
    module, value = _hidden[symbol_name]
    setattr(target_module or module, symbol_name.split(".")[-1], value)


class LazyLoader(types.ModuleType):
    """A module that is imported when something of it is used first.

    Args:
        local_name: the name that it has where it is used.
        parent_module_globals: the globals there, in which the module takes its place.
        name: the name of the module.
        warning: what is logged when it is imported.
    """

    def __init__(
        self, local_name: str, parent_module_globals: dict[str, Any], name: str, warning: str | None = None
    ) -> None:
        self._local_name = local_name
        self._parent_module_globals = parent_module_globals
        self._warning = warning
        super().__init__(name)

    def _load(self) -> types.ModuleType:
        module = import_module(self.__name__)
        self._parent_module_globals[self._local_name] = module
        if self._warning:
            logging.warning(self._warning)
            self._warning = None
        self.__dict__.update(module.__dict__)
        return module

    def __getattr__(self, item: str) -> Any:
        return getattr(self._load(), item)

    def __dir__(self) -> list[str]:
        return dir(self._load())
