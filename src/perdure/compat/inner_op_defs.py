"""`tensorflow.python.framework.op_def_registry`: the definitions of ops as messages."""

from __future__ import annotations

from typing import Any

from perdure.formats.graph.op_defs import signature_from_proto, signature_to_proto
from perdure.graph import signatures

_made: dict[str, Any] = {}


def get_registered_ops() -> dict[str, Any]:
    """The OpDefs of all ops, by name."""
    for name in (*signatures.all_types(), *signatures.registered_types()):
        if name not in _made:
            get(name)
    return _made


def get(name: str) -> Any:
    """The OpDef of an op, or None if there is none of that name."""
    if name not in _made:
        signature = signatures.find(name)
        if signature is None:
            return None
        _made[name] = signature_to_proto(signature)
    return _made[name]


def register_op_list(op_list: Any) -> None:
    """Make the ops of an OpList known.

    Raises:
        TypeError: it is no OpList.
        ValueError: there is another op of such a name.
    """
    if not hasattr(op_list, "op"):
        raise TypeError(f"{op_list} is {type(op_list)}, not an op_def_pb2.OpList")
    for definition in op_list.op:
        known = get(definition.name)
        if known is None:
            signatures.register(signature_from_proto(definition))
        elif known != definition:
            raise ValueError(
                f"Registered op_def for {definition.name} ({known}) not equal to op_def to register "
                f"({definition})"
            )


def sync() -> None:
    """Nothing: the ops are known without being asked for."""
