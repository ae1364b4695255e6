"""A step that makes way: one of a signal handler or finalizer, which runs inside it, writes first.

In TensorFlow a handler runs before or behind a step, never inside it.  Here it may run between any two
operations, in the same thread, so neither step can wait for the other.  The inner one goes first: the outer
one forgets what it has done so far and is run again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from perdure.graph.operation import Operation
from perdure.ops.registry import lookup
from perdure.resources.resources import Variable
from perdure.runtime.planning.effects import functions_of
from perdure.runtime.planning.order import Node

# A step that was run again so often lets no more go first: it would never end.
MOST_RUNS = 10


class SteppedAside(BaseException):
    """Unwinds a step that has made way; it is run again.  Not an Exception: no kernel's handler takes it."""


class Aside(dict[Any, Any]):
    """Takes the place of what a step has written when it makes way: whatever it does next unwinds it."""

    def _unwind(self, *arguments: Any) -> NoReturn:
        raise SteppedAside

    __bool__ = __iter__ = __contains__ = __getitem__ = __setitem__ = __delitem__ = _unwind  # type: ignore[assignment]
    get = pop = update = setdefault = keys = values = items = clear = _unwind  # type: ignore[assignment]


def can_run_again(nodes: Iterable[Node]) -> bool:
    """Whether a step of these nodes changes nothing but variables, and so can be given up and run again."""
    return all(map(_is_repeatable, nodes))


def _is_repeatable(node: Node) -> bool:
    if not isinstance(node, Operation):
        return True  # the read of a variable
    definition = lookup(node.type)
    rule = None if definition is None else definition.kernel_rule
    if definition is None or rule is None:
        return False
    if node.signature.calls_functions:
        return all(can_run_again(function.graph.get_operations()) for function in functions_of(node))
    traits = definition.traits
    if traits.setup or traits.of_step:
        return True
    if traits.waits or traits.calls_program or any(capability.host for capability in rule.capabilities):
        return False
    if any(kind is not Variable for kind in definition.handles.values()):
        return False
    if definition.updates or definition.reads or definition.handles or traits.draws:
        return True
    return not (node.signature.is_stateful and traits.host)
