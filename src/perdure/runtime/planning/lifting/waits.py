"""What waits in a conditional or loop for another part of its step, which no body can be left for."""

from __future__ import annotations

from perdure.graph.operation import Operation
from perdure.ops.registry import traits_of
from perdure.runtime.planning.effects import may_wait
from perdure.runtime.planning.lifting.frames import Frames
from perdure.runtime.planning.lifting.liveness import Liveness, NotLiftable
from perdure.runtime.planning.lifting.predicates import TRUE


def check_waits(frames: Frames, live: Liveness) -> None:
    """See that nothing in a body waits for what runs outside of it.

    An operation of the same body may end the wait: those run side by side.

    Args:
        frames: the operations of the step.
        live: when each of them lives.

    Raises:
        NotLiftable: it does.
    """
    waiting = [op for op in frames.order if may_wait(op)]
    if all(live.of(op) is TRUE and frames.of[op] is None for op in waiting):
        return
    users: dict[Operation, list[Operation]] = {}
    for op in frames.order:
        # What only asks for a size, say, has a result and never waits: it wakes nobody.
        if op.inputs and (may_wait(op) or not op.outputs):
            users.setdefault(_object(op), []).append(op)
    for op in waiting:
        place = live.of(op), frames.of[op]
        for other in users.get(_object(op), ()):
            if other.type != op.type and (live.of(other), frames.of[other]) != place:
                raise NotLiftable(f"{op.name} may wait for {other.name}")


def _object(op: Operation) -> Operation:
    """What makes the object that an operation is given first."""
    while op.inputs and not traits_of(op.type).setup:
        op = op.inputs[0].op
    return op
