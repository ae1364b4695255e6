"""Op signatures: the inputs, outputs and attributes of every op TensorFlow 1.15.5 registers, as data.

The table is `signatures.json.gz` beside this module; `signatures-contrib.json` has the ops that TensorFlow
registers when a package of `tf.contrib` is imported. They are read at the first look-up, and each op's row is
turned into a `Signature` when that op is first used.
"""

import gzip
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from perdure.graph.dtypes import DType, as_dtype


class _Required:
    """Stands for "no default" where None is a legal default."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED = _Required()


@dataclass(frozen=True, slots=True)
class Argument:
    """One input or output of an op.

    A plain argument has a fixed `type` or takes it from the attribute `type_attr`; a list argument has as
    many tensors as the attribute `number_attr` says, or one for each type of `type_list_attr`.
    """

    name: str
    type: DType | None = None
    type_attr: str | None = None
    number_attr: str | None = None
    type_list_attr: str | None = None
    is_ref: bool = False

    @property
    def is_list(self) -> bool:
        return self.number_attr is not None or self.type_list_attr is not None

    def count(self, attrs: Mapping[str, Any]) -> int:
        """How many tensors it stands for in a node with these attributes."""
        if self.number_attr is not None:
            return attrs[self.number_attr]
        return 1 if self.type_list_attr is None else len(attrs[self.type_list_attr])


def spans(arguments: Sequence[Argument], attrs: Mapping[str, Any]) -> list[range]:
    """The places of each argument among the flat inputs, or outputs, of a node with these attributes."""
    found: list[range] = []
    start = 0
    for argument in arguments:
        stop = start + argument.count(attrs)
        found.append(range(start, stop))
        start = stop
    return found


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an op: its type in TensorFlow's spelling, its default, what is allowed."""

    name: str
    type: str
    default: Any = REQUIRED
    allowed: tuple[Any, ...] | None = None
    minimum: int | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The interface of one op type."""

    name: str
    inputs: tuple[Argument, ...]
    outputs: tuple[Argument, ...]
    attrs: tuple[Attribute, ...]
    is_stateful: bool = False
    is_commutative: bool = False
    is_aggregate: bool = False
    allows_uninitialized_input: bool = False
    deprecated_at: int | None = None
    deprecated_for: str = ""
    inferred_attrs: frozenset[str] = field(default=frozenset())
    # Whether it has functions as attributes, which it calls.
    calls_functions: bool = field(init=False)

    def __post_init__(self) -> None:
        calls = any("func" in attr.type for attr in self.attrs)
        object.__setattr__(self, "calls_functions", calls)

    def attr(self, name: str) -> Attribute | None:
        """The attribute called `name`, or None."""
        return next((attr for attr in self.attrs if attr.name == name), None)


@cache
def _table() -> dict[str, Any]:
    # Beside this file: importlib.resources alone would cost more than reading the table.
    folder = os.path.dirname(__file__)
    with gzip.open(os.path.join(folder, "signatures.json.gz")) as packed:
        table = json.load(packed)
    with open(os.path.join(folder, "signatures-contrib.json"), encoding="utf-8") as further:
        return table | json.load(further)


@cache
def _by_folded_name() -> dict[str, str]:
    # No two op types differ only in case, so `mat_mul`, `matmul` and `MatMul` all mean one op.
    return {name.lower(): name for name in (*_table(), *_registered)}


# Ops that programs define (`perdure.op`).
_registered: dict[str, Signature] = {}


def register(signature: Signature) -> None:
    """Add an op that TensorFlow does not have.

    Raises:
        ValueError: there is an op of that name.
    """
    if signature.name.lower() in _by_folded_name():
        raise ValueError(f"there is an op of type {_by_folded_name()[signature.name.lower()]!r} already")
    _registered[signature.name] = signature
    _by_folded_name.cache_clear()
    find.cache_clear()


def is_custom(op_type: str) -> bool:
    """Whether a program has defined the op."""
    return op_type in _registered


def registered_types() -> tuple[str, ...]:
    """The names of the op types that programs have added."""
    return tuple(_registered)


def all_types() -> tuple[str, ...]:
    """The names of all op types of the table, sorted."""
    return tuple(_table())


def type_of(snake_case: str) -> str | None:
    """The op type spelt in snake_case (mat_mul -> MatMul), or None if the table has none."""
    return _by_folded_name().get(snake_case.replace("_", "").lower())


@cache
def find(op_type: str) -> Signature | None:
    """The signature of `op_type`, or None if neither TensorFlow 1.15 nor the program has such an op."""
    if op_type in _registered:
        return _registered[op_type]
    row = _table().get(op_type)
    if row is None:
        return None
    inputs = tuple(_argument(argument) for argument in row["inputs"])
    inferred = {a.type_attr for a in inputs} | {a.number_attr for a in inputs}
    inferred |= {a.type_list_attr for a in inputs}
    flags = {k: v for k, v in row.items() if k not in ("inputs", "outputs", "attrs")}
    return Signature(
        name=op_type,
        inputs=inputs,
        outputs=tuple(_argument(argument) for argument in row["outputs"]),
        attrs=tuple(_attribute(attr) for attr in row["attrs"]),
        inferred_attrs=frozenset(name for name in inferred if name is not None),
        **flags,
    )


def _argument(row: dict[str, Any]) -> Argument:
    row = dict(row)
    if "type" in row:
        row["type"] = as_dtype(row["type"])
    return Argument(**row)


def _attribute(row: dict[str, Any]) -> Attribute:
    row = dict(row)
    if "default" in row:
        row["default"] = _value(row["type"], row["default"])
    if "allowed" in row:
        ((_, allowed),) = row["allowed"].items()
        is_type = row["type"].endswith(("type", "(type)"))
        row["allowed"] = tuple(as_dtype(a) if is_type else a for a in allowed)
    return Attribute(**row)


def _value(attr_type: str, stored: dict[str, Any]) -> Any:
    """A default as the table stores it ({"i": 3}, {"list": {"i": [1, 1]}}) as a Python value."""
    ((kind, value),) = stored.items()
    if kind == "list":
        ((kind, values),) = value.items() if value else (("", ()),)
        return [_value(attr_type, {kind: v}) for v in values]
    if kind == "type":
        return as_dtype(value)
    if kind == "shape":
        return _shape(value)
    if kind == "f":
        return float(value)
    if kind == "tensor":
        import numpy as np

        return np.array(value["values"], value["dtype"])
    return value


def _shape(value: Any) -> tuple[int | None, ...] | None:
    return None if value is None else tuple(None if size in (None, -1) else size for size in value)
