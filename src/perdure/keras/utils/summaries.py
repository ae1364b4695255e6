"""Network.summary: the layers as lines of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.graph.nest import flatten


def count_params(weights: Any) -> int:
    """How many numbers variables hold, each variable once."""
    unique = {id(weight): weight for weight in weights}.values()
    return int(sum(np.prod(weight.shape.as_list()) for weight in unique))


def _is_chain(model: Any) -> bool:
    """Whether the layers of a model stand one behind the other."""
    if type(model).__name__ == "Sequential" or not model._is_graph_network:
        return True
    nodes = []
    for level in model._nodes_by_depth.values():
        if len(level) > 1 or (len(level) == 1 and len(flatten(level[0].inbound_layers)) > 1):
            return False
        nodes += level
    used = {id(node) for node in nodes}
    return all(sum(id(node) in used for node in layer._inbound_nodes) < 2 for layer in model.layers)


def _connections(layer: Any, relevant: set[int]) -> list[str]:
    """What a layer is connected to, in a model's nodes."""
    found = []
    for node in layer._inbound_nodes:
        if not relevant or id(node) in relevant:
            for inbound, node_index, tensor_index, _ in node.iterate_inbound():
                found.append(f"{inbound.name}[{node_index}][{tensor_index}]")
    return found


def print_summary(
    model: Any, line_length: int | None = None, positions: Any = None, print_fn: Any = None
) -> None:
    """Print the layers of a model.

    Args:
        model: the model.
        line_length: how long lines are.
        positions: where columns end, as shares of a line or numbers of characters.
        print_fn: what prints a line; `print` if None.
    """
    write: Callable[[str], Any] = print if print_fn is None else print_fn
    is_chain = _is_chain(model)
    line_length = line_length or (65 if is_chain else 98)
    ends: list[Any] = positions or ([0.45, 0.85, 1.0] if is_chain else [0.33, 0.55, 0.67, 1.0])
    if ends[-1] <= 1:
        ends = [int(line_length * end) for end in ends]

    def row(fields: Sequence[Any]) -> None:
        line = ""
        for i, field in enumerate(fields):
            line = (line[:-1] + " " if i else line) + str(field)
            line = line[: ends[i]].ljust(ends[i])
        write(line)

    titles = ["Layer (type)", "Output Shape", "Param #"]
    relevant: set[int] = set()
    if not is_chain:
        titles.append("Connected to")
        relevant = {id(node) for level in model._nodes_by_depth.values() for node in level}
    write(f'Model: "{model.name}"')
    write("_" * line_length)
    row(titles)
    write("=" * line_length)
    layers = model.layers
    for i, layer in enumerate(layers):
        title = f"{layer.name} ({type(layer).__name__})"
        fields = [title, _output_shape(layer, is_chain), layer.count_params()]
        if is_chain:
            row(fields)
        else:
            connections = _connections(layer, relevant) or [""]
            row([*fields, connections[0]])
            for connection in connections[1:]:
                row(["", "", "", connection])
        write(("=" if i == len(layers) - 1 else "_") * line_length)
    model._check_trainable_weights_consistency()
    collected = getattr(model, "_collected_trainable_weights", None)
    trainable = count_params(model._unique_trainable_weights if collected is None else collected)
    fixed = count_params(model.non_trainable_weights)
    write(f"Total params: {trainable + fixed:,}")
    write(f"Trainable params: {trainable:,}")
    write(f"Non-trainable params: {fixed:,}")
    write("_" * line_length)


def _output_shape(layer: Any, is_chain: bool) -> Any:
    try:
        return layer.output_shape
    except AttributeError:
        return "multiple"
    except RuntimeError:  # it was never called
        if is_chain:
            return "?"
        raise
