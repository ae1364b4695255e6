"""What a step makes for itself stays within one unit: stacks and arrays of tensors, by their handles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perdure.graph.operation import Operation
from perdure.ops.registry import traits_of
from perdure.runtime.planning.order import Node
from perdure.runtime.planning.simplify import Simplified


def apart(units: Iterable[Any], simplified: Simplified) -> set[Node]:
    """The nodes that deal with what several units would have to share, as far as they are in clusters.

    A program has nothing to hand out for a stack, so that all who use one are in one program, or in none.

    Args:
        units: the units of a step (`cut.Unit`).
        simplified: the step.
    """
    where: dict[Node, Any] = {node: unit for unit in units for node in unit.nodes}
    found: set[Node] = set()
    for members in {id(group): group for group in _groups(where, simplified).values()}.values():
        places = {id(where[member]): where[member] for member in members if member in where}
        if len(places) > 1:
            found.update(m for m in members if m in where and where[m].compilable)
    return found


def together(nodes: Iterable[Node], simplified: Simplified, node: Node) -> set[Node]:
    """A node, and those that deal with the same stacks and arrays."""
    group = _groups(nodes, simplified).get(node, {node})
    return {node for node in nodes if node in group}


def _groups(nodes: Iterable[Node], simplified: Simplified) -> dict[Node, set[Node]]:
    """For each node that deals with a stack or an array, all that do, directly or by way of others."""
    group_of: dict[Node, set[Node]] = {}
    for node in nodes:
        if not isinstance(node, Operation):
            continue
        for tensor in simplified.inputs(node):
            maker = tensor.op
            if traits_of(maker.type).of_step and tensor.value_index == 0 and _is_handle(tensor):
                one = group_of.setdefault(maker, {maker})
                other = group_of.setdefault(node, {node})
                if one is not other:
                    one |= other
                    group_of.update((member, one) for member in other)
    return group_of


def _is_handle(tensor: Any) -> bool:
    return tensor.dtype.name == "resource" or tensor.dtype.is_ref_dtype
