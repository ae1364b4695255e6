"""In which order the operations of a step run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from heapq import heappop, heappush
from typing import Any

from perdure.graph.operation import Operation, is_snapshot
from perdure.graph.tensor import Tensor


class FetchOfReference:
    """Reading a ref variable because it is fetched."""

    __slots__ = ("inputs", "node_id")
    _control_inputs: tuple[Operation, ...] = ()

    def __init__(self, tensor: Tensor) -> None:
        self.inputs = (tensor,)
        self.node_id = tensor.op.node_id


Node = Operation | FetchOfReference


def with_snapshots_renewed(
    order: list[Node],
    fed: Collection[Tensor],
    written_by: Callable[[Node], Iterable[Operation]],
    variable_behind: Callable[[Tensor], Operation | None],
) -> tuple[list[Node], set[Operation]]:
    """Run the snapshot of a variable once more for consumers that come behind a change of the variable.

    TensorFlow's snapshot shares the variable's memory, so that what is made under
    `tf.control_dependencies([v.assign(...)])` from `v` sees the new value.

    Args:
        order: the nodes of the step, in the order they run.
        fed: tensors whose values are given.
        written_by: the variables a node changes.
        variable_behind: from a reference to the operation that makes the variable.

    Returns:
        The order, and the snapshots that are in it more than once.
    """
    snapshots: dict[Operation, list[Operation]] = {}  # of each variable
    stale: set[Operation] = set()
    renewed: set[Operation] = set()
    result: list[Node] = []
    for node in order:
        if stale:
            for tensor in node.inputs:
                if tensor.op in stale and tensor not in fed:
                    stale.remove(tensor.op)
                    renewed.add(tensor.op)
                    result.append(tensor.op)
        result.append(node)
        if isinstance(node, Operation):
            if is_snapshot(node):
                variable = variable_behind(node.inputs[0])
                if variable is not None:
                    snapshots.setdefault(variable, []).append(node)
            elif snapshots:
                for variable in written_by(node):
                    stale.update(snapshots.get(variable, ()))
    return result, renewed


def ordered(nodes: Iterable[Node], fed: Collection[Tensor], is_writer: Callable[[Any], bool]) -> list[Node]:
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

    present = set(nodes)
    for node in nodes:
        before = {tensor.op for tensor in node.inputs if tensor not in fed}
        before.update(node._control_inputs)
        before &= present  # all but placeholders that are fed
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
