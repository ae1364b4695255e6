"""In which order the operations of a step run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from heapq import heappop, heappush
from typing import Any

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


class FetchOfReference:
    """Reading a ref variable because it is fetched: a reader like any other, ordered among them."""

    __slots__ = ("inputs", "node_id")
    _control_inputs: tuple[Operation, ...] = ()

    def __init__(self, tensor: Tensor) -> None:
        self.inputs = (tensor,)
        self.node_id = tensor.op.node_id


Node = Operation | FetchOfReference


def ordered(
    nodes: Iterable[Node], fed: Collection[Tensor], is_writer: Callable[[Any], bool]
) -> list[Node]:
    """Sort so that every node follows its inputs, and readers precede the writers they are not ordered with.

    A writer runs only when nothing else can; among writers that are ready, the one made first.

    Args:
        nodes: the nodes of the step.
        fed: tensors whose values are given, whose operations need not run.
        is_writer: whether a node changes a variable.
    """
    nodes = sorted(nodes, key=lambda node: node.node_id)
    waiting_for: dict[Node, int] = {}
    followers: dict[Operation, list[Node]] = {}
    ready: deque[Node] = deque()
    writers: list[tuple[int, int, Node]] = []

    def is_ready(node: Node) -> None:
        if is_writer(node):
            heappush(writers, (node.node_id, len(writers), node))
        else:
            ready.append(node)

    for node in nodes:
        before = {tensor.op for tensor in node.inputs if tensor not in fed}
        before.update(node._control_inputs)
        waiting_for[node] = len(before)
        for op in before:
            followers.setdefault(op, []).append(node)
    for node in nodes:
        if not waiting_for[node]:
            is_ready(node)
    order: list[Node] = []
    while ready or writers:
        node = ready.popleft() if ready else heappop(writers)[2]
        order.append(node)
        for follower in followers.get(node, ()):  # type: ignore[arg-type]
            waiting_for[follower] -= 1
            if not waiting_for[follower]:
                is_ready(follower)
    if len(order) != len(nodes):
        stuck = sorted(node.node_id for node, count in waiting_for.items() if count)
        raise ValueError(f"the graph has a cycle through the operations number {stuck[:5]}")
    return order
