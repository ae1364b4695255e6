"""`tf.Module`: a named holder of variables and other modules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from perdure.graph.defaults import name_scope
from perdure.graph.nest import flatten_with_tuple_paths
from perdure.tracking.auto import AutoTrackable
from perdure.variables.base import Variable

F = TypeVar("F", bound=Callable[..., Any])

_HUMP = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def camel_to_snake(value: str) -> str:
    """A name of a class as names of modules are written."""
    return _HUMP.sub(r"_\1", value).lower()


class Module(AutoTrackable):
    """A holder of variables and of modules, found by the attributes that they are assigned to.

    Args:
        name: its name, a Python identifier; made of that of the class when None.

    Raises:
        ValueError: the name is no identifier.
    """

    _TF_MODULE_IGNORED_PROPERTIES = frozenset(
        ("_self_unconditional_checkpoint_dependencies", "_self_unconditional_dependency_names")
    )

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = camel_to_snake(type(self).__name__)
        elif not _IDENTIFIER.fullmatch(name):
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python identifiers (e.g. a "
                "valid class name)."
            )
        self._name = name
        with name_scope(name) as scope:
            self._scope_name = scope

    @property
    def name(self) -> str:
        """Its name, without those of modules around it."""
        return self._name

    @property
    def name_scope(self) -> Any:
        """The scope of its operations, to be entered with `with`."""
        return name_scope(self._scope_name)

    @property
    def variables(self) -> tuple[Any, ...]:
        """Its variables by the names of attributes, then those of the modules in it."""
        return tuple(self._flatten(predicate=_is_variable))

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of `variables` that optimizers change."""
        return tuple(self._flatten(predicate=lambda leaf: _is_variable(leaf) and leaf.trainable))

    @property
    def submodules(self) -> tuple[Any, ...]:
        """The modules in it, those in these behind them."""
        return tuple(self._flatten(predicate=_is_module))

    def _flatten(
        self,
        recursive: bool = True,
        predicate: Callable[[Any], bool] | None = None,
        attribute_traversal_key: Callable[[str], Any] | None = None,
        with_path: bool = False,
    ) -> Iterator[Any]:
        """What its attributes hold, leaf by leaf.

        Args:
            recursive: whether what modules in it hold comes behind.
            predicate: says which leaves are wanted; all when None.
            attribute_traversal_key: attributes come in the order of what it makes of their names.
            with_path: whether a leaf comes as a pair with the way to it, and as often as ways lead to it.
        """
        wanted = predicate or (lambda leaf: True)
        return _leaves(self, (), {id(self)}, recursive, wanted, attribute_traversal_key, with_path)

    @classmethod
    def with_name_scope(cls, method: F) -> F:
        """A method that adds its operations in the scope of the module."""

        @wraps(method)
        def in_scope(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return in_scope  # type: ignore[return-value]


def _is_variable(leaf: Any) -> bool:
    return isinstance(leaf, Variable)


def _is_module(leaf: Any) -> bool:
    return isinstance(leaf, Module)


def _leaves(
    module: Module,
    path: tuple[Any, ...],
    seen: set[int],
    recursive: bool,
    wanted: Callable[[Any], bool],
    key: Callable[[str], Any] | None,
    with_path: bool,
) -> Iterator[Any]:
    inner: list[tuple[tuple[Any, ...], Module]] = []
    attributes = vars(module)
    for name in sorted(attributes, key=key):
        if name in module._TF_MODULE_IGNORED_PROPERTIES:
            continue
        for steps, leaf in flatten_with_tuple_paths(attributes[name]):
            if not with_path:
                if id(leaf) in seen:
                    continue
                seen.add(id(leaf))
            way = (*path, name, *steps)
            if wanted(leaf):
                yield (way, leaf) if with_path else leaf
            if recursive and _is_module(leaf):
                inner.append((way, leaf))
    for way, leaf in inner:
        yield from _leaves(leaf, way, seen, recursive, wanted, key, with_path)
