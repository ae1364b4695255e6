"""What perdure has for the modules inside TensorFlow, which programs import from too.

Three tables say it: `modules-1.15.txt`, which names of TensorFlow's own modules `tf` exports, too, and how it
calls them; `inside.txt`, what there is besides, or why there is nothing; `names-inside-1.15.txt`, what there
is in TensorFlow at all, which is read for errors only.  Modules are named as below `tensorflow`:
`python.ops.math_ops`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from perdure.formats.messages import TENSORFLOW_MODULES
from perdure.tf._lazy import names_in
from perdure.tf._lists import read_lists, read_text
from perdure.tf._missing import UnsupportedNameError, tensorflow_names
from perdure.tf._table import Entry, read_table

# What modules-1.15.txt says of a raw op's constructor that a module hands on.
RAW = "*"


@cache
def table() -> Mapping[str, Entry]:
    """The modules of `inside.txt`."""
    return read_table(read_text("perdure.compat", "inside.txt"))


@cache
def public_names() -> Mapping[str, Mapping[str, str]]:
    """The names of modules that `tf` exports, too, and what each is called below `tf`."""
    lists = read_lists("perdure.compat", "modules-1.15.txt")
    found = {f"python.{module}": names_in(names) for module, names in lists.items()}
    for module, entry in table().items():
        if entry.namespace is not None:
            names = tensorflow_names()[entry.namespace]
            found.setdefault(module, {}).update({name: f"{entry.namespace}.{name}" for name in names})
    return found


@cache
def names_inside() -> Mapping[str, frozenset[str]]:
    """All modules below `tensorflow.python` and `tensorflow.contrib`, with the names that they define."""
    lists = read_lists("perdure.compat", "names-inside-1.15.txt")
    return {module: frozenset(names.split()) for module, names in lists.items()}


def is_module(module: str) -> bool:
    """Whether there is something for a module, be it only that it can be imported."""
    return module in table() or module in public_names()


def is_generated(module: str) -> bool:
    """Whether TensorFlow generates a module from its ops: `python.ops.gen_math_ops`."""
    return module.startswith("python.ops.gen_") or module == "python.training.training_ops"


@cache
def packages() -> frozenset[str]:
    """The packages that hold the modules that there is something for."""
    return frozenset(
        module[:end]
        for module in (*table(), *public_names(), "python.ops.gen_ops")
        for end, letter in enumerate(module)
        if letter == "."
    )


def value_of(module: str, name: str) -> Any:
    """What `name` is in `tensorflow.<module>`.

    Raises:
        AttributeError: perdure has nothing for it.
    """
    entry = table().get(module)
    if entry is not None and name in entry.origins:
        source, original = entry.origins[name]
        return getattr(import_module(source), original)
    public = public_names().get(module, {}).get(name)
    if public not in (None, RAW):
        return public_value(public)
    if public == RAW:
        return raw_constructor(module, name)
    raise missing_inside(module, name)


def names_of(module: str) -> list[str]:
    """The names that `tensorflow.<module>` may have."""
    entry = table().get(module)
    return sorted({*public_names().get(module, ()), *(entry.origins if entry is not None else ())})


def public_value(public: str) -> Any:
    """The value of `tf.<public>`, whatever it is called."""
    value = import_module("perdure.tf")
    for part in public.split("."):
        value = getattr(value, part)
    return value


def missing_inside(module: str, name: str) -> AttributeError:
    """The error for a name of `tensorflow.<module>` that perdure has nothing for; the caller raises it."""
    message = f"perdure has nothing for {name} of tensorflow.{module}"
    if name.startswith("__"):  # asked for by Python itself
        return AttributeError(message)
    entry = table().get(module)
    reason = f": {entry.reason}" if entry is not None and entry.reason is not None else ""
    if name in names_inside().get(module, ()):
        return UnsupportedNameError(f"{message}, which is a part of TensorFlow 1.15{reason}")
    from difflib import get_close_matches

    close = get_close_matches(name, names_of(module), n=1, cutoff=0.8)
    return AttributeError(f"{message}{reason}{f'; did you mean {close[0]}?' if close else ''}")


def raw_constructor(module: str, name: str) -> Any:
    """What `name` is in a module that TensorFlow generates from its ops, `gen_math_ops.mat_mul`, or hands on.

    Raises:
        AttributeError: there is no such op.
    """
    from perdure.graph.builder import g

    if name.startswith("__"):
        raise AttributeError(f"tensorflow.{module} has no {name}")
    return getattr(g, name)


def proto_module(name: str) -> str | None:
    """The module of perdure for TensorFlow's proto module `name`, or None."""
    package, _, module = name.rpartition(".")
    protos = TENSORFLOW_MODULES.get(package, ())
    return f"perdure.formats.protos.{module}" if module.removesuffix("_pb2") in protos else None


def is_proto_package(name: str) -> bool:
    """Whether `name` is a package of TensorFlow with proto modules in it or below it."""
    return any(f"{package}.".startswith(f"{name}.") for package in TENSORFLOW_MODULES)
