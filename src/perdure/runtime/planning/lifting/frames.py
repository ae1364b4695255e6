"""In which frame each operation runs: the graph's own values, or those of the iterations of a loop.

A frame begins with Enter and ends with Exit; it is told by its name and by the frame around it.  What is in
it follows from what it takes: all inputs of an operation are in one frame (TensorFlow's
core/graph/control_flow.cc).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.ops.traits import ENTER, EXIT, MERGE, NEXT_ITERATION, Flow


@dataclass(eq=False)
class LoopFrame:
    """A frame of a loop.

    Attributes:
        name: its name, which the Enters say.
        outer: the frame around it; None if that is the graph's own.
        enters: the Enters that lead into it.
        operations: what runs in it, Enters included and Exits too, each behind what it depends on.
    """

    name: str
    outer: LoopFrame | None
    enters: list[Operation] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)


def has_control_flow(needed: Iterable[Operation]) -> bool:
    """Whether there are control flow nodes of TensorFlow 1's among the operations of a step."""
    types = {op.signature.name for op in needed}
    return any(traits_of(name).flow is not None for name in types)


def flow_of(op: Operation) -> Flow | None:
    """What an operation is to the flow of control."""
    return traits_of(op.type).flow


def is_back_edge(source: Operation, target: Operation) -> bool:
    """Whether `target` takes what `source` makes from the iteration before."""
    return flow_of(source) is NEXT_ITERATION and flow_of(target) is MERGE


def sources_of(op: Operation, fed: Collection[Tensor]) -> Iterator[Operation]:
    """What must have run before an operation, in its own iteration."""
    for tensor in op.inputs:
        if tensor not in fed and not is_back_edge(tensor.op, op):
            yield tensor.op
    yield from op._control_inputs


@dataclass
class Frames:
    """The operations of a step by frames.

    Attributes:
        order: all of them, each behind what it depends on, and behind all Enters of its frame.
        of: the frame in which each runs; None for the graph's own.  An Enter runs in the frame that it leads
            into, and an Exit in the one that it leaves.
        loops: all frames but the graph's own, outer ones first.
    """

    order: list[Operation]
    of: dict[Operation, LoopFrame | None]
    loops: list[LoopFrame]

    def outside(self, op: Operation) -> LoopFrame | None:
        """The frame in which what `op` makes can be used."""
        frame = self.of[op]
        return frame.outer if frame is not None and flow_of(op) is EXIT else frame


def frames_of(needed: Collection[Operation], fed: Collection[Tensor]) -> Frames:
    """Sort the operations of a step into frames.

    Args:
        needed: the operations of the step.
        fed: tensors whose values are given.

    Raises:
        InvalidArgumentError: an operation takes inputs of different frames, or there is a cycle without
            NextIteration.
    """
    of: dict[Operation, LoopFrame | None] = {}
    loops: dict[tuple[LoopFrame | None, str], LoopFrame] = {}
    frames = Frames([], of, [])
    for op in _sorted(needed, fed):
        inside = None
        first: Operation | None = None
        for source in sources_of(op, fed):
            if source not in of:
                continue
            frame = frames.outside(source)
            if first is None:
                inside, first = frame, source
            elif frame is not inside:
                raise _mixed(op, first, inside, source, frame)
        if flow_of(op) is ENTER:
            place = inside, op.attrs["frame_name"]
            found = loops.get(place)
            if found is None:
                found = loops[place] = LoopFrame(op.attrs["frame_name"], inside)
                frames.loops.append(found)
            inside = found
            found.enters.append(op)
        of[op] = inside
        if inside is not None:
            inside.operations.append(op)
        frames.order.append(op)
    return frames


def _mixed(
    op: Operation, one: Operation, its: LoopFrame | None, other: Operation, theirs: LoopFrame | None
) -> InvalidArgumentError:
    names = [frame.name if frame else "" for frame in (its, theirs)]
    return InvalidArgumentError(
        op.node_def,
        op,
        f"The node '{op.name}' has inputs from different frames. The input '{other.name}' is in frame "
        f"'{names[1]}'. The input '{one.name}' is in frame '{names[0]}'.",
    )


def _sorted(needed: Collection[Operation], fed: Collection[Tensor]) -> Iterable[Operation]:
    """Each operation behind what it depends on."""
    nodes = sorted(needed, key=lambda op: op.node_id)
    present = set(nodes)
    done: set[Operation] = set()
    begun: set[Operation] = set()
    order: list[Operation] = []
    for node in nodes:
        stack = [node]
        while stack:
            op = stack[-1]
            if op in done:
                stack.pop()
                continue
            if op not in begun:
                begun.add(op)
                before = [s for s in sources_of(op, fed) if s in present and s not in done]
                for source in before:
                    if source in begun:
                        raise _cycle(source)
                stack.extend(before)
                if before:
                    continue
            stack.pop()
            done.add(op)
            order.append(op)
    return order


def _cycle(op: Operation) -> InvalidArgumentError:
    return InvalidArgumentError(
        op.node_def, op, f"{op.name} is part of a cycle of the graph that is no loop (without NextIteration)"
    )
