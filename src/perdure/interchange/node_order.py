"""The order in which the nodes of a GraphDef become operations, which TensorFlow's importer settles.

A node comes after its inputs, and of those that may come the first in the GraphDef comes first.  Only a
loop may
close a cycle: an edge from a NextIteration to a Merge, which waits for one of its other inputs only.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from perdure.interchange.node_names import CONTROL

# (place of the node in the GraphDef, output); the place is None for an input that is mapped.
Source = tuple[int | None, int]

NEXT_ITERATIONS = ("NextIteration", "RefNextIteration")
MERGES = ("Merge", "RefMerge")


def creation_order(inputs: Sequence[Sequence[Source]], types: Sequence[str]) -> list[int]:
    """The places of the nodes in the order in which they can be made.

    Args:
        inputs: the inputs of each node.
        types: the op type of each node.

    Returns:
        The order; it lacks the nodes of cycles that are no loops, and those behind them.
    """
    consumers: list[list[int]] = [[] for _ in types]
    waiting: list[int] = []
    is_next = [op_type in NEXT_ITERATIONS for op_type in types]
    loops = set()
    for place, sources in enumerate(inputs):
        pending = len(sources)
        if types[place] in MERGES and any(
            output != CONTROL and node is not None and is_next[node] for node, output in sources
        ):
            loops.add(place)
            pending = 1 + sum(output == CONTROL for _, output in sources)
        for node, _ in sources:
            if node is None:
                pending -= 1
            else:
                consumers[node].append(place)
        waiting.append(pending)
    ready = [place for place, count in enumerate(waiting) if count == 0]
    heapify(ready)
    order: list[int] = []
    while ready:
        place = heappop(ready)
        order.append(place)
        for consumer in consumers[place]:
            if is_next[place] and consumer in loops:
                continue
            waiting[consumer] -= 1
            if waiting[consumer] == 0:
                heappush(ready, consumer)
    return order
