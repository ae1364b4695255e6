"""Boxes in layers: where to draw the nodes of a directed graph and how the arrows run between them.

The method is Sugiyama's: arrows that close a cycle are turned round, every node gets the layer below all it
depends on, arrows across several layers get a bend in each, and the order within a layer is improved by
putting each node at the middle of its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Edge = tuple[int, int]
_GAP, _BEND = 26.0, 12.0
_SWEEPS = 6


@dataclass
class Layout:
    """Where everything is, in units of the widths that were given.

    Attributes:
        places: the middle of each node.
        bends: the points an edge runs through, from its source to its target.
        width: of the picture.
        height: of the picture.
    """

    places: list[tuple[float, float]]
    bends: dict[Edge, list[tuple[float, float]]]
    width: float
    height: float


def in_layers(widths: Sequence[float], edges: Sequence[Edge], row: float) -> Layout:
    """Lay out a graph from top to bottom.

    Args:
        widths: the width of each node.
        edges: from a node's number to another's, without repetition.
        row: the distance between layers.
    """
    forward = _without_cycles(len(widths), edges)
    depth = _depths(len(widths), forward)
    sizes, chains = list(widths), {}
    layer_of = list(depth)
    for source, target in forward:
        chain = [source]
        for level in range(depth[source] + 1, depth[target]):
            chain.append(len(sizes))
            sizes.append(_BEND)
            layer_of.append(level)
        chains[source, target] = [*chain, target]
    layers: list[list[int]] = [[] for _ in range(max(layer_of, default=0) + 1)]
    for node, level in enumerate(layer_of):
        layers[level].append(node)
    x = _ordered(layers, _neighbours(len(sizes), chains), sizes)
    left = min((x[n] - sizes[n] / 2 for n in range(len(sizes))), default=0.0)
    places = [(x[n] - left, layer_of[n] * row + row / 2) for n in range(len(sizes))]
    width = max((places[n][0] + sizes[n] / 2 for n in range(len(sizes))), default=0.0)
    bends = {}
    for source, target in edges:
        if (source, target) in chains:
            bends[source, target] = [places[n] for n in chains[source, target]]
        else:
            bends[source, target] = [places[n] for n in reversed(chains[target, source])]
    return Layout(places[: len(widths)], bends, width, len(layers) * row)


def _without_cycles(count: int, edges: Sequence[Edge]) -> list[Edge]:
    """The edges, those that close a cycle turned round."""
    targets: dict[int, list[int]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
    open_, done = 1, 2
    state = [0] * count
    backward: set[Edge] = set()
    for start in range(count):
        stack = [] if state[start] else [start]
        while stack:
            node = stack[-1]
            state[node] = open_
            backward.update((node, target) for target in targets.get(node, ()) if state[target] == open_)
            following = next((t for t in targets.get(node, ()) if not state[t]), None)
            if following is None:
                state[node] = done
                stack.pop()
            else:
                stack.append(following)
    turned = [(t, s) if (s, t) in backward else (s, t) for s, t in edges]
    return list(dict.fromkeys(turned))


def _depths(count: int, edges: Sequence[Edge]) -> list[int]:
    targets: dict[int, list[int]] = {}
    missing = [0] * count
    for source, target in edges:
        targets.setdefault(source, []).append(target)
        missing[target] += 1
    depth = [0] * count
    ready = [node for node in range(count) if not missing[node]]
    order = []
    while ready:
        node = ready.pop()
        order.append(node)
        for target in targets.get(node, ()):
            depth[target] = max(depth[target], depth[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    # What nothing comes before moves down to just above its first use.
    for node in reversed(order):
        if targets.get(node):
            depth[node] = min(depth[target] for target in targets[node]) - 1
    return depth


def _neighbours(count: int, chains: Mapping[Edge, Sequence[int]]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for chain in chains.values():
        for one, other in zip(chain, chain[1:], strict=False):
            found[one].append(other)
            found[other].append(one)
    return found


def _ordered(layers: list[list[int]], neighbours: list[list[int]], sizes: Sequence[float]) -> list[float]:
    """The middle of each node across its layer; the layers are put into order."""
    x = [0.0] * len(sizes)
    for layer in layers:
        _spread(layer, x, sizes, [0.0] * len(layer))
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = {n: _mean([x[other] for other in neighbours[n]], x[n]) for n in layer}
            layer.sort(key=wanted.__getitem__)
            _spread(layer, x, sizes, [wanted[n] for n in layer])
    return x


def _spread(layer: list[int], x: list[float], sizes: Sequence[float], wanted: Sequence[float]) -> None:
    """Place a layer's nodes near where they are wanted, without overlap, in order."""
    right = float("-inf")
    for node, place in zip(layer, wanted, strict=True):
        x[node] = max(place, right + sizes[node] / 2)
        right = x[node] + sizes[node] / 2 + _GAP
    if layer:
        # As a whole they are moved to where they are wanted on average.
        shift = sum(w - x[n] for n, w in zip(layer, wanted, strict=True)) / len(layer)
        for node in layer:
            x[node] += shift


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default
