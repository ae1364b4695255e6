"""The layers and calls between some inputs and outputs, ordered by how far they are from the outputs."""

from __future__ import annotations

import collections
from typing import Any, NamedTuple

from perdure.graph.nest import flatten
from perdure.keras.engine.node import Node


class NetworkMap(NamedTuple):
    """What lies between inputs and outputs.

    Attributes:
        keys: the keys of the calls; see `node_key`.
        nodes_by_depth: the calls by depth; those of depth 0 make outputs.
        layers: the layers, the deepest first.
    """

    keys: set[str]
    nodes_by_depth: dict[int, list[Node]]
    layers: list[Any]


def node_key(layer_name: str, node_index: int) -> str:
    """What a call of a layer is called in a network."""
    return f"{layer_name}_ib-{node_index}"


def map_network(inputs: Any, outputs: Any) -> NetworkMap:
    """The layers and calls between inputs and outputs.

    Args:
        inputs, outputs: lists of tensors of layers.

    Raises:
        ValueError: an output depends on something else than the inputs, or two layers have one name.
    """
    keys: set[str] = set()
    order: list[Node] = []
    indices: dict[Any, int] = {}
    for tensor in outputs:
        _visit(tensor, keys, order, indices)
    node_depths: dict[Node, int] = {}
    layer_depths: dict[Any, int] = {}
    for node in reversed(order):
        depth = max(node_depths.setdefault(node, 0), layer_depths.get(node.outbound_layer, 0))
        layer_depths[node.outbound_layer] = node_depths[node] = depth
        for before in node._get_all_node_dependencies():
            node_depths[before] = max(depth + 1, node_depths.get(before, 0))
    for tensor in inputs:
        layer = tensor._keras_history.layer
        if layer not in layer_depths:
            layer_depths[layer] = 0
            indices[layer] = -1
            node_depths[layer._inbound_nodes[0]] = 0
            keys.add(node_key(layer.name, 0))
    nodes_by_depth = _by_depth(node_depths)
    layers_by_depth = _by_depth(layer_depths)
    layers = [
        layer
        for depth in sorted(layers_by_depth, reverse=True)
        for layer in sorted(layers_by_depth[depth], key=lambda x: indices[x])
    ]
    _check(inputs, nodes_by_depth, layers)
    return NetworkMap(keys, nodes_by_depth, layers)


def _visit(output: Any, keys: set[str], order: list[Node], indices: dict[Any, int]) -> None:
    """Note the calls that an output depends on, each behind those that it depends on itself."""
    finished = set(order)
    in_progress: set[Node] = set()
    # (tensor, whether what its call depends on was visited); a network may be deeper than Python's stack.
    pending: list[tuple[Any, tuple[Any, int, int], bool]] = [(output, output._keras_history, False)]
    while pending:
        tensor, (layer, node_index, tensor_index), is_visited = pending.pop()
        node = layer._inbound_nodes[node_index]
        if is_visited:
            finished.add(node)
            in_progress.discard(node)
            order.append(node)
            continue
        if node in finished:
            continue
        if node in in_progress:
            raise ValueError(f'The tensor {tensor} at layer "{layer.name}" is part of a cycle.')
        keys.add(node_key(layer.name, node_index))
        indices.setdefault(layer, len(indices))
        in_progress.add(node)
        pending.append((tensor, (layer, node_index, tensor_index), True))
        for *history, inbound in reversed(node.iterate_inbound(include_arguments=True)):
            pending.append((inbound, tuple(history), False))


def _by_depth(depths: dict[Any, int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = collections.defaultdict(list)
    for item, depth in depths.items():
        found[depth].append(item)
    return found


def _check(inputs: Any, nodes_by_depth: dict[int, list[Node]], layers: list[Any]) -> None:
    computable = {id(x) for x in inputs}
    accessed: list[str] = []
    for depth in sorted(nodes_by_depth, reverse=True):
        for node in nodes_by_depth[depth]:
            layer = node.outbound_layer
            for x in flatten(node.input_tensors):
                if id(x) not in computable:
                    raise ValueError(
                        f'Graph disconnected: cannot obtain value for tensor {x} at layer "{layer.name}". '
                        f"The following previous layers were accessed without issue: {accessed}"
                    )
            computable.update(id(x) for x in flatten(node.output_tensors))
            accessed.append(layer.name)
    names = collections.Counter(layer.name for layer in layers)
    for name, count in names.items():
        if count != 1:
            raise ValueError(
                f'The name "{name}" is used {count} times in the model. All layer names should be unique.'
            )
