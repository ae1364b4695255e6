"""How the things in a graph's collections become messages, and are made of them again, for meta graphs.

What a program registers is kept here, and what rooms above this one provide, by name (see
`perdure/wiring.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

ToProto = Callable[..., Any]
FromProto = Callable[..., Any]


class _Functions(NamedTuple):
    proto_type: Any
    to_proto: Any
    from_proto: Any


class _Provided(NamedTuple):
    message: str
    where: str

    def load(self) -> _Functions:
        """The functions, imported."""
        from_proto = _found(self.where)
        return _Functions(_found(f"perdure.formats.messages:{self.message}"), _to_proto, from_proto)


_registered: dict[Any, _Functions | _Provided] = {}


def _found(where: str) -> Any:
    module, _, path = where.partition(":")
    found: Any = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found


def _to_proto(item: Any, export_scope: str | None = None) -> Any:
    return item.to_proto(export_scope=export_scope)


def provide(collection: str, message: str, from_proto: str) -> None:
    """Name what makes the things of a collection, which have a method `to_proto`, without importing it.

    Args:
        collection: the collection.
        message: the name of the message.
        from_proto: "module:name" of a function of a message and `import_scope`.
    """
    _registered[collection] = _Provided(message, from_proto)


def register_proto_function(
    collection_name: Any, proto_type: Any = None, to_proto: Any = None, from_proto: Any = None
) -> None:
    """Say how the things in a collection become messages, and are made of them again.

    Args:
        collection_name: the collection.
        proto_type: the class of the messages.
        to_proto: a function of a thing and `export_scope`; None from it leaves the thing out.
        from_proto: a function of a message and `import_scope`.

    Raises:
        TypeError: a function is not callable.
        KeyError: the collection has been registered.
    """
    for name, function in ("to_proto", to_proto), ("from_proto", from_proto):
        if function and not callable(function):
            raise TypeError(f"{name} must be callable.")
    if collection_name in _registered:
        raise KeyError(f"Registering two proto functions with name '{collection_name}'!")
    _registered[collection_name] = _Functions(proto_type, to_proto, from_proto)


def _functions(collection_name: Any) -> _Functions:
    found = _registered.get(collection_name)
    if found is None:
        return _Functions(None, None, None)
    return found.load() if isinstance(found, _Provided) else found


def get_collection_proto_type(collection_name: Any) -> Any:
    """The class of the messages of a collection, or None if nothing is registered for it."""
    return _functions(collection_name).proto_type


def get_to_proto_function(collection_name: Any) -> Any:
    """The function that makes messages of the things in a collection, or None."""
    return _functions(collection_name).to_proto


def get_from_proto_function(collection_name: Any) -> Any:
    """The function that makes the things of a collection from messages, or None."""
    return _functions(collection_name).from_proto
