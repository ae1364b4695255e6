"""The variables of layers that stand in containers; what is a layer is seen by what it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def is_layer(obj: Any) -> bool:
    """Whether an object is a layer."""
    return hasattr(obj, "_is_layer") and not isinstance(obj, type)


def has_weights(obj: Any) -> bool:
    """Whether an object has trainable and other variables, as layers do."""
    kind = type(obj)
    return (
        hasattr(kind, "trainable_weights")
        and hasattr(kind, "non_trainable_weights")
        and not isinstance(obj, type)
    )


def filter_empty_layer_containers(layer_list: Sequence[Any]) -> list[Any]:
    """The layers in a list of layers and containers, each once.

    Args:
        layer_list: layers, and what has `layers`.
    """
    seen: set[int] = set()
    pending = list(layer_list)[::-1]
    layers = []
    while pending:
        obj = pending.pop()
        if id(obj) in seen:
            continue
        seen.add(id(obj))
        if is_layer(obj):
            layers.append(obj)
        elif hasattr(obj, "layers"):
            pending += list(obj.layers)[::-1]
    return layers


def gather_trainable_weights(
    trainable: bool, sub_layers: Sequence[Any], extra_variables: Sequence[Any]
) -> list[Any]:
    """The trainable variables of an object that has layers inside.

    Args:
        trainable: whether the object is trainable at all.
        sub_layers: its layers.
        extra_variables: its own variables.
    """
    if not trainable:
        return []
    of_layers = [weight for layer in sub_layers for weight in layer.trainable_weights]
    return of_layers + [variable for variable in extra_variables if variable.trainable]


def gather_non_trainable_weights(
    trainable: bool, sub_layers: Sequence[Any], extra_variables: Sequence[Any]
) -> list[Any]:
    """The variables that `gather_trainable_weights` leaves; for an object that is not trainable, all."""
    of_layers = [weight for layer in sub_layers for weight in layer.non_trainable_weights]
    own = [variable for variable in extra_variables if not variable.trainable]
    if trainable:
        return of_layers + own
    trained = [weight for layer in sub_layers for weight in layer.trainable_weights]
    own_trained = [variable for variable in extra_variables if variable.trainable]
    return trained + own_trained + of_layers + own
