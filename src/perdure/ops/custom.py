"""Ops that a program defines in Python: `perdure.op`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from functools import cached_property
from typing import Any

from perdure.graph import signatures
from perdure.graph.dtypes import as_dtype
from perdure.graph.signatures import REQUIRED, Argument, Attribute, Signature
from perdure.ops.registry import OpDefinition, enter
from perdure.ops.traits import Reads, Traits, Work

_NAME = re.compile(r"[A-Z][A-Za-z0-9]*$")
_PARTS = re.compile(r"\s*([A-Za-z_]\w*)\s*:\s*(.+?)\s*$")
_KINDS = ("int", "float", "bool", "string", "type", "shape")
# The traits of ops that programs define; the others are about what only perdure makes.
_SWITCHES = frozenset({"host", "waits", "identity", "keeps_elements", "is_check", "foldable"})
_CHOICES: dict[str, type[Enum]] = {"work": Work, "reads_only": Reads}
_READ = {"int": int, "float": float, "string": str}


class CustomOp(OpDefinition):
    """An op that a program defines; calling it adds a node: `softclip(x, limit=2.0, name="clipped")`."""

    _names_rules = False  # the functions are the program's

    @cached_property
    def _construct(self) -> Callable[..., Any]:
        from perdure.graph.builder import raw_constructor

        return raw_constructor(self.type)

    def __call__(self, *inputs: Any, name: str | None = None, **attrs: Any) -> Any:
        """Add a node.

        Args:
            *inputs: the inputs in the order of the signature; what is no tensor is converted.
            name: the name of the node.
            **attrs: attributes that do not follow from the inputs.

        Returns:
            The output, or a named tuple of several.
        """
        return self._construct(*inputs, name=name, **attrs)


def custom_op(
    op_type: str,
    inputs: Iterable[str] = (),
    outputs: Iterable[str] = (),
    attrs: Iterable[str] = (),
    *,
    stateful: bool = False,
    static: Iterable[str] = (),
    sizes: Iterable[str] = (),
    **traits: Any,
) -> CustomOp:
    """Define an op; decorate its shape function, kernel and gradient with the result.

    Args:
        op_type: its type, in CamelCase, unlike those of TensorFlow.
        inputs: "name: type", where type is a dtype, an attribute of type `type`, or "N * T" for a list.
        outputs: likewise.
        attrs: "name: kind" or "name: kind = default", where kind is int, float, bool, string, type, shape,
            or for a dtype attribute the choice that it has: "T: {float, double}".
        stateful: whether it may compute something else from the same inputs.
        static: inputs whose value must be known to compile; the shape function gets the value, or None.
        sizes: such inputs that are vectors of sizes; the shape function gets a shape.
        **traits: what the op is (see `perdure.ops.traits.Traits`): host, waits, identity, keeps_elements,
            is_check and foldable, which are true or false; work, "product", "convolution",
            "transcendental" or "window"; reads_only, "shape" or "rank".

    Returns:
        The op, which makes nodes when it is called.

    Raises:
        TypeError: there is no such trait.
        ValueError: a name is taken or malformed.
    """
    what_it_is = _traits(op_type, traits)
    if not _NAME.match(op_type):
        raise ValueError(f"an op type is written in CamelCase, got {op_type!r}")
    known = {attr.name: attr for attr in map(_attribute, attrs)}
    taken = [_argument(text, known) for text in inputs]
    made = [_argument(text, known) for text in outputs]
    inferred = {name for a in taken for name in (a.type_attr, a.number_attr) if name is not None}
    signatures.register(
        Signature(
            name=op_type,
            inputs=tuple(taken),
            outputs=tuple(made),
            attrs=tuple(known.values()),
            is_stateful=stateful,
            inferred_attrs=frozenset(inferred),
        )
    )
    definition = CustomOp(op_type, static, sizes, traits=what_it_is)
    enter(definition)
    return definition


def _traits(op_type: str, given: dict[str, Any]) -> Traits:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in _CHOICES:
            choices = {choice.name.lower(): choice for choice in _CHOICES[name]}
            if value not in choices:
                raise TypeError(f"op({op_type!r}): {name} is one of {', '.join(choices)}, got {value!r}")
            value = choices[value]
        elif name not in _SWITCHES:
            known = ", ".join(sorted({*_SWITCHES, *_CHOICES}))
            raise TypeError(f"op({op_type!r}): {name!r} is none of the traits that programs declare: {known}")
        found[name] = value
    return Traits(**found)


def _split(text: str) -> tuple[str, str]:
    found = _PARTS.match(text)
    if found is None:
        raise ValueError(f'expected "name: type", got {text!r}')
    return found[1], found[2]


def _attribute(text: str) -> Attribute:
    name, kind = _split(text)
    kind, _, default = map(str.strip, kind.partition("="))
    allowed = None
    if kind.startswith("{") and kind.endswith("}"):
        allowed = tuple(as_dtype(_numpy_name(item.strip())) for item in kind[1:-1].split(","))
        kind = "type"
    if kind not in _KINDS:
        raise ValueError(f"attribute {name}: {kind!r} is none of {', '.join(_KINDS)} or {{dtype, ...}}")
    return Attribute(name, kind, _default(kind, default) if default else REQUIRED, allowed)


def _default(kind: str, text: str) -> Any:
    if kind == "bool":
        if text not in ("true", "false", "True", "False"):
            raise ValueError(f"the default of a bool is true or false, got {text!r}")
        return text.lower() == "true"
    if kind == "type":
        return as_dtype(_numpy_name(text))
    if kind == "shape":
        return tuple(None if size == "?" else int(size) for size in re.findall(r"\d+|\?", text))
    return _READ[kind](text)


def _numpy_name(text: str) -> str:
    # As TensorFlow spells types where ops are registered.
    return {"float": "float32", "double": "float64", "half": "float16"}.get(text, text)


def _argument(text: str, attrs: dict[str, Attribute]) -> Argument:
    name, kind = _split(text)
    number, star, repeated = map(str.strip, kind.partition("*"))
    if star:
        kind = repeated
        if number not in attrs:
            attrs[number] = Attribute(number, "int", REQUIRED, None, 1)
    number_attr = number if star else None
    if kind in attrs:
        return Argument(name, type_attr=kind, number_attr=number_attr)
    try:
        dtype = as_dtype(_numpy_name(kind))
    except TypeError:
        raise ValueError(
            f"{name}: {kind!r} is neither a dtype nor one of the attributes {sorted(attrs)}"
        ) from None
    return Argument(name, type=dtype, number_attr=number_attr)
