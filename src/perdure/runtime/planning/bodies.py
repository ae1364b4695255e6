"""Bodies of functions (branches, loops): which of their operations run, and in which order."""

from __future__ import annotations

from perdure.graph.func_graph import Function
from perdure.runtime.planning.effects import is_writer, variable_behind, written_by
from perdure.runtime.planning.order import ordered, with_snapshots_renewed
from perdure.runtime.planning.prune import needed_operations
from perdure.runtime.planning.simplify import Simplified, simplify


def body_of(function: Function) -> Simplified:
    """The operations of a function, simplified, in the order they run."""
    fed = set(function.inputs)
    needed = needed_operations(function.targets, function.outputs, fed)
    order, renewed = with_snapshots_renewed(ordered(needed, fed, is_writer), fed, written_by, variable_behind)
    return simplify(order, fed, {*function.targets, *(tensor.op for tensor in function.outputs)}, renewed)
