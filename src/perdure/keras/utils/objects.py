"""Objects as descriptions and back: `{"class_name": ..., "config": {...}}`, or a name."""

from __future__ import annotations

import codecs
import inspect
import marshal
import types
from collections.abc import Mapping
from typing import Any

_GLOBAL_CUSTOM_OBJECTS: dict[str, Any] = {}


class CustomObjectScope:
    """A block in which the program's own classes and functions are found by their names.

    Args:
        *args: dictionaries from names to classes or functions.
    """

    def __init__(self, *args: Mapping[str, Any]) -> None:
        self.custom_objects = args
        self.backup: dict[str, Any] | None = None

    def __enter__(self) -> CustomObjectScope:
        self.backup = dict(_GLOBAL_CUSTOM_OBJECTS)
        for objects in self.custom_objects:
            _GLOBAL_CUSTOM_OBJECTS.update(objects)
        return self

    def __exit__(self, *exc_info: object) -> None:
        _GLOBAL_CUSTOM_OBJECTS.clear()
        _GLOBAL_CUSTOM_OBJECTS.update(self.backup or {})


def custom_object_scope(*args: Mapping[str, Any]) -> CustomObjectScope:
    """See `CustomObjectScope`."""
    return CustomObjectScope(*args)


def get_custom_objects() -> dict[str, Any]:
    """The program's own classes and functions by name; it may be changed."""
    return _GLOBAL_CUSTOM_OBJECTS


def serialize_keras_object(instance: Any) -> Any:
    """The description of an object that has `get_config`, or the name of a function or class.

    Raises:
        ValueError: it is neither.
    """
    instance = inspect.unwrap(instance) if callable(instance) else instance
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        return {"class_name": type(instance).__name__, "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return instance.__name__
    raise ValueError("Cannot serialize", instance)


def deserialize_keras_object(
    identifier: Any,
    module_objects: Mapping[str, Any] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    printable_module_name: str = "object",
) -> Any:
    """The object that a description or name stands for.

    Args:
        identifier: a description, a name or None.
        module_objects: what names mean, unless they are the program's own.
        custom_objects: the program's own classes and functions, beside those of the open scopes.
        printable_module_name: what messages call the object.

    Raises:
        ValueError: an unknown name, or no description.
    """
    if identifier is None:
        return None
    own = {**_GLOBAL_CUSTOM_OBJECTS, **(custom_objects or {})}
    known = {**(module_objects or {}), **own}
    if isinstance(identifier, str):
        found = known.get(identifier)
        if found is None:
            raise ValueError(f"Unknown {printable_module_name}:{identifier}")
        return found() if inspect.isclass(found) else found
    if not isinstance(identifier, dict):
        raise ValueError(f"Could not interpret serialized {printable_module_name}: {identifier}")
    if "class_name" not in identifier or "config" not in identifier:
        raise ValueError("Improper config format: " + str(identifier))
    class_name, config = identifier["class_name"], identifier["config"]
    cls = known.get(class_name)
    if cls is None:
        raise ValueError(f"Unknown {printable_module_name}: {class_name}")
    if not hasattr(cls, "from_config"):
        with CustomObjectScope(custom_objects or {}):
            return cls(**config)
    if "custom_objects" in inspect.signature(cls.from_config).parameters:
        return cls.from_config(config, custom_objects=own)
    with CustomObjectScope(custom_objects or {}):
        return cls.from_config(config)


def named(identifier: Any, kind: str, objects: Mapping[str, Any], error: str) -> Any:
    """What a name, a description or the object itself stands for; None stays None.

    Args:
        identifier: any of these.
        kind: what messages call the object.
        objects: what names mean.
        error: how the message begins if it is none of these.

    Raises:
        ValueError: unknown, or none of these.
    """
    if identifier is None:
        return None
    if isinstance(identifier, (str, dict)):
        return deserialize_keras_object(identifier, objects, printable_module_name=kind)
    if callable(identifier):
        return identifier
    raise ValueError(f"{error} {identifier}")


# -- functions, as their code --------------------------------------------------------------


def func_dump(func: Any) -> tuple[str, Any, Any]:
    """The code of a function in base64, its defaults and the values it closes over."""
    code = codecs.encode(marshal.dumps(func.__code__), "base64").decode("ascii")
    closure = tuple(cell.cell_contents for cell in func.__closure__) if func.__closure__ else None
    return code, func.__defaults__, closure


def func_load(
    code: Any, defaults: Any = None, closure: Any = None, globs: dict[str, Any] | None = None
) -> Any:
    """The function that `func_dump` described.

    The code runs when the function is called: only load what you trust.

    Args:
        code: the code, or all three values of `func_dump` in a list.
        defaults, closure: see `func_dump`.
        globs: the globals it sees.

    Raises:
        ValueError: the code is of another version of Python.
    """
    if isinstance(code, (tuple, list)):
        code, defaults, closure = code
    defaults = tuple(defaults) if isinstance(defaults, list) else defaults
    cells = None
    if closure is not None:
        cells = tuple(c if isinstance(c, types.CellType) else types.CellType(c) for c in closure)
    try:
        loaded = marshal.loads(codecs.decode(code.encode("ascii"), "base64"))
    except (ValueError, EOFError, TypeError) as error:
        raise ValueError(
            "The code of this function (a Lambda layer's?) was written by another version of Python: "
            f"{error}. Make the layer again, or pass the function in custom_objects."
        ) from None
    return types.FunctionType(loaded, globs or globals(), loaded.co_name, defaults, cells)


def has_arg(fn: Any, name: str, accept_all: bool = False) -> bool:
    """Whether a function takes an argument of a name.

    Args:
        fn: the function.
        name: the argument.
        accept_all: whether `**kwargs` counts.
    """
    spec = inspect.getfullargspec(fn)
    return name in spec.args or bool(accept_all and spec.varkw is not None)


# -- small helpers of many modules --------------------------------------------------------


def to_list(x: Any) -> list[Any]:
    """A list; anything else becomes the only item of one."""
    return x if isinstance(x, list) else [x]


def check_for_unexpected_keys(name: str, input_dict: Mapping[str, Any], expected_values: Any) -> None:
    """Refuse a dictionary with other keys than expected.

    Raises:
        ValueError: which keys are unknown.
    """
    unknown = set(input_dict).difference(expected_values)
    if unknown:
        raise ValueError(
            f"Unknown entries in {name} dictionary: {list(unknown)}. Only expected following keys: "
            f"{expected_values}"
        )


def validate_kwargs(
    kwargs: Mapping[str, Any],
    allowed_kwargs: Any,
    error_message: str = "Keyword argument not understood:",
) -> None:
    """Refuse unknown keyword arguments.

    Raises:
        TypeError: there is one.
    """
    for key in kwargs:
        if key not in allowed_kwargs:
            raise TypeError(error_message, key)
