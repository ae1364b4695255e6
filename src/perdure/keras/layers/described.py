"""What many layers have in common: arguments that are initializers, regularizers, constraints."""

from __future__ import annotations

from typing import Any

from perdure.keras import activations, constraints, initializers, regularizers

# How arguments are looked up and described, by what their names end in.
_KINDS = {
    "initializer": initializers,
    "regularizer": regularizers,
    "constraint": constraints,
    "activation": activations,
}


def keep(layer: Any, **arguments: Any) -> None:
    """Keep arguments of a layer as attributes: names and descriptions as what they stand for.

    Args:
        layer: the layer.
        **arguments: the arguments; those whose names end in "initializer", "regularizer", "constraint" or
            "activation" are looked up.
    """
    for name, value in arguments.items():
        kind = _KINDS.get(name.rpartition("_")[2])
        setattr(layer, name, value if kind is None else kind.get(value))  # type: ignore[attr-defined]


def described(layer: Any, *names: str) -> dict[str, Any]:
    """Arguments of a layer as plain values, by name."""
    found = {}
    for name in names:
        value = getattr(layer, name)
        kind = _KINDS.get(name.rpartition("_")[2])
        found[name] = value if kind is None else kind.serialize(value)  # type: ignore[attr-defined]
    return found
