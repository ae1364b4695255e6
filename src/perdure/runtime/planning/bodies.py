"""Bodies of functions (branches, loops): which of their operations run, and in which order."""

from __future__ import annotations

from perdure.graph.func_graph import Function
from perdure.runtime.planning.effects import is_writer, variable_behind, written_by
from perdure.runtime.planning.lifting.frames import has_control_flow
from perdure.runtime.planning.order import ordered, with_snapshots_renewed
from perdure.runtime.planning.prune import needed_operations
from perdure.runtime.planning.simplify import Simplified, simplify


def structured(function: Function) -> Function:
    """A function without control flow nodes: with conditionals and loops in their place.

    Raises:
        NotLiftable: no structure expresses them.
    """
    fed = set(function.inputs)
    needed = needed_operations(function.targets, function.outputs, fed)
    if not has_control_flow(needed):
        return function
    from perdure.runtime.planning.lifting.lift import lift  # few functions have such nodes

    lifted = lift(needed, function.outputs, function.targets, fed)
    fetches, targets = [*lifted.fetches], (*lifted.targets,)
    return Function(function.name, function.graph, function.inputs, fetches, targets, function.is_lifted)


def body_of(function: Function) -> Simplified:
    """The operations of a function, simplified, in the order they run."""
    fed = set(function.inputs)
    needed = needed_operations(function.targets, function.outputs, fed)
    order, renewed = with_snapshots_renewed(ordered(needed, fed, is_writer), fed, written_by, variable_behind)
    return simplify(order, fed, {*function.targets, *(tensor.op for tensor in function.outputs)}, renewed)
