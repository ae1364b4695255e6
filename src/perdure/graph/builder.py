"""The raw op constructors, one for each op of the table: `g.mat_mul(a, b, transpose_a=True)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph import signatures
from perdure.graph.construction import apply_op


class Builder:
    """Makes nodes by op type, spelt in snake_case; constructors are made when first asked for.

    A constructor takes the op's inputs in the order of its signature, then its attributes, those without a
    default first, then `name`; all of these also by keyword.  It returns what `construction.apply_op` does.
    """

    def __getattr__(self, snake_case: str) -> Callable[..., Any]:
        op_type = signatures.type_of(snake_case)
        if op_type is None:
            raise AttributeError(f"TensorFlow 1.15 has no op {snake_case!r}")
        constructor = raw_constructor(op_type)
        setattr(self, snake_case, constructor)
        return constructor


def raw_constructor(op_type: str) -> Callable[..., Any]:
    """The constructor of one op type; see `Builder`."""
    signature = signatures.find(op_type)
    if signature is None:
        raise AttributeError(f"TensorFlow 1.15 has no op of type {op_type!r}")
    names = tuple(argument.name for argument in signature.inputs)
    attrs = [attr for attr in signature.attrs if attr.name not in signature.inferred_attrs]
    attrs.sort(key=lambda attr: attr.default is not signatures.REQUIRED)
    behind = tuple(attr.name for attr in attrs)

    def construct(*inputs: Any, name: str | None = None, **given: Any) -> Any:
        further = inputs[len(names) :]
        if further and (len(further) <= len(behind) or isinstance(further[len(behind)], (str, type(None)))):
            given |= _by_position(op_type, (*behind, "name"), further, given)
            inputs = inputs[: len(names)]
            name = given.pop("name", name)
        elif len(inputs) != len(names):
            inputs = (*inputs, *_by_name(op_type, names[len(inputs) :], given))
        return apply_op(op_type, inputs, given, name)

    construct.__name__ = construct.__qualname__ = op_type
    construct.__doc__ = (
        f"Add a node of type {op_type}({', '.join(names)}) -> "
        f"({', '.join(argument.name for argument in signature.outputs)})."
    )
    return construct


def _by_position(
    op_type: str, names: tuple[str, ...], values: tuple[Any, ...], given: dict[str, Any]
) -> dict[str, Any]:
    """Attributes, and after them the name, that were given without keywords."""
    if len(values) > len(names):
        raise TypeError(f"{op_type} takes at most {len(names) - 1} attributes and a name after its inputs")
    found = dict(zip(names, values, strict=False))
    twice = sorted(found.keys() & given.keys())
    if twice:
        raise TypeError(f"{op_type} got several values for {twice}")
    return found


def _by_name(op_type: str, names: tuple[str, ...], given: dict[str, Any]) -> list[Any]:
    missing = [name for name in names if name not in given]
    if missing:
        raise TypeError(f"{op_type} needs inputs {missing} as well")
    return [given.pop(name) for name in names]


g = Builder()
