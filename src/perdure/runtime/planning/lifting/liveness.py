"""Under which predicate each operation of a step lives, and what its loops are.

Switch gives a predicate, Merge joins them, all else lives if everything does that it takes.  Conditions are
the same if their values are: an identity, a Switch and a constant Enter hand on the condition that they take.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.ops.traits import ENTER, EXIT, LOOP_COND, MERGE, NEXT_ITERATION, SWITCH
from perdure.runtime.planning.lifting.frames import Frames, LoopFrame, flow_of, is_back_edge
from perdure.runtime.planning.lifting.predicates import FALSE, TRUE, Predicate, Predicates


class NotLiftable(Exception):
    """No conditionals and loops do what a graph does."""


@dataclass(eq=False)
class LoopVariable:
    """What one iteration hands on to the next.

    Attributes:
        merge: the value at the start of an iteration.
        enter: its first value.
        following: makes its next one.
    """

    merge: Operation
    enter: Operation
    following: Operation


@dataclass(eq=False)
class Loop:
    """A loop.

    Attributes:
        frame: its frame.
        condition: whether there is another iteration.
        number: the number of that condition in predicates.
        lives: when the loop runs.
        variables: what iterations hand on.
        exits: what leaves it.
    """

    frame: LoopFrame
    condition: Operation
    number: int
    lives: Predicate
    variables: list[LoopVariable] = field(default_factory=list)
    exits: list[Operation] = field(default_factory=list)


class Liveness:
    """The predicates of a step.

    Args:
        frames: its operations.
        fed: tensors whose values are given.

    Attributes:
        made: makes the predicates.
        loops: the loops, by frame.

    Raises:
        NotLiftable: a loop is none that a condition at its start decides over.
    """

    def __init__(self, frames: Frames, fed: Collection[Tensor]) -> None:
        self.made = Predicates()
        self.loops: dict[LoopFrame, Loop] = {}
        self._frames = frames
        self._fed = fed
        self._lives: dict[Operation, Predicate] = {}
        self._holds: dict[Tensor, Predicate] = {}
        headers: dict[LoopFrame, list[LoopVariable]] = {}
        for op in frames.order:
            flow = flow_of(op)
            if flow is MERGE and any(is_back_edge(tensor.op, op) for tensor in op.inputs):
                variable = _loop_variable(op)
                frame = frames.of[op]
                if frame is None or variable.enter not in frame.enters:
                    raise NotLiftable(f"{op.name} begins no loop")
                headers.setdefault(frame, []).append(variable)
                self._lives[op] = self._lives[variable.enter]
            elif flow is EXIT:
                self._lives[op] = self._leaving(op)
            else:
                self._lives[op] = self._predicate(op)
                if flow is LOOP_COND:
                    self._begin(op)
        for frame in frames.loops:
            loop = self.loops.get(frame)
            if loop is None:
                raise NotLiftable(f"the loop {frame.name} has no condition")
            loop.variables = headers.get(frame, [])
            self._check(loop)

    def of(self, op: Operation) -> Predicate:
        """When an operation lives."""
        return self._lives[op]

    def of_value(self, tensor: Tensor) -> Predicate:
        """When a tensor has a value."""
        if tensor in self._fed:
            return TRUE
        op = tensor.op
        lives = self._lives[op]
        if flow_of(op) is SWITCH:
            holds = self.holds(op.inputs[1])
            return self.made.both(lives, holds if tensor.value_index else self.made.opposite(holds))
        return lives

    def holds(self, tensor: Tensor) -> Predicate:
        """That the value of a condition is true."""
        found = self._holds.get(tensor)
        if found is None:
            found = self._holds[tensor] = self._condition(tensor)
        return found

    # -- how they are found ----------------------------------------------------------------

    def _predicate(self, op: Operation) -> Predicate:
        if traits_of(op.type).never_dead:
            return TRUE
        lives = TRUE
        if flow_of(op) is MERGE:
            lives = FALSE
            for tensor in op.inputs:
                lives = self.made.either(lives, self.of_value(tensor))
            return lives
        for tensor in op.inputs:
            lives = self.made.both(lives, self.of_value(tensor))
        for control in op._control_inputs:
            if control in self._lives:
                lives = self.made.both(lives, self._lives[control])
        return lives

    def _condition(self, tensor: Tensor) -> Predicate:
        op = tensor.op
        if tensor in self._fed:
            return self.made.of(tensor)
        traits = traits_of(op.type)
        if traits.flow is SWITCH or traits.flow is ENTER and op.attrs["is_constant"]:
            return self.holds(op.inputs[0])
        if traits.identity and not op.inputs[0].dtype.is_ref_dtype:
            return self.holds(op.inputs[tensor.value_index])
        if op.type == "LogicalNot":
            return self.made.opposite(self.holds(op.inputs[0]))
        if op.type == "Equal":
            for one, other in (op.inputs, op.inputs[::-1]):
                # The second gradient of a conditional asks which input of a Merge it was.
                if one not in self._fed and flow_of(one.op) is MERGE and one.value_index == 1:
                    index = self._constant(other)
                    if index is not None and 0 <= index < len(one.op.inputs):
                        return self.of_value(one.op.inputs[int(index)])
        value = self._constant(tensor)
        if value is not None:
            return TRUE if value else FALSE
        return self.made.of(tensor)

    def _constant(self, tensor: Tensor) -> Any:
        """The value of a constant that is a scalar; None of anything else."""
        if tensor in self._fed or tensor.op.type != "Const" or tensor.op.attrs["value"].ndim:
            return None
        return tensor.op.attrs["value"][()]

    def _begin(self, op: Operation) -> None:
        frame = self._frames.of[op]
        if frame is None or frame in self.loops:
            raise NotLiftable(f"{op.name} is not the one condition of a loop")
        self.made.of(op.outputs[0])
        self._holds[op.outputs[0]] = self.made.of(op.outputs[0])
        number = self.made.number_of(op.outputs[0])
        assert number is not None
        self.loops[frame] = Loop(frame, op, number, self._lives[op])

    def _leaving(self, op: Operation) -> Predicate:
        """When an Exit lives, in the frame that it leads to."""
        frame = self._frames.of[op]
        loop = None if frame is None else self.loops.get(frame)
        if loop is None:
            raise NotLiftable(f"{op.name} leaves no loop that has a condition")
        lives = self._predicate(op)
        if self.made.given(lives, loop.number, True) is not FALSE:
            raise NotLiftable(f"{op.name} leaves a loop that goes on")
        loop.exits.append(op)
        return self.made.given(lives, loop.number, False)

    def _check(self, loop: Loop) -> None:
        made = self.made
        if not self._is_outside(loop.lives, loop.frame):
            raise NotLiftable(f"a condition in the loop {loop.frame.name} decides whether it runs")
        goes_on = made.both(loop.lives, self.holds(loop.condition.outputs[0]))
        for variable in loop.variables:
            if not made.implies(loop.lives, self.of(variable.enter)):
                raise NotLiftable(f"{variable.merge.name} may be dead in a loop that runs")
            if self._lives[variable.following] is not goes_on:
                raise NotLiftable(f"{variable.following.name} may be dead in a loop that goes on")
        for op in loop.exits:
            if self.of(op) is not loop.lives:
                raise NotLiftable(f"{op.name} is not alive exactly when its loop has run")
        header = {variable.merge for variable in loop.variables}
        for op in loop.frame.operations:
            if flow_of(op) is NEXT_ITERATION and not any(v.following is op for v in loop.variables):
                raise NotLiftable(f"{op.name} leads to no start of an iteration")
            for tensor in op.inputs:
                if tensor in self._fed:
                    continue
                source = flow_of(tensor.op)
                if source is ENTER and not tensor.op.attrs["is_constant"] and op not in header:
                    if tensor.op in loop.frame.enters:
                        raise NotLiftable(f"{op.name} takes what only the first iteration has")
                if tensor.op in header and tensor.value_index:
                    raise NotLiftable(f"{op.name} asks which iteration it is part of")

    def _is_outside(self, predicate: Predicate, frame: LoopFrame) -> bool:
        """Whether no condition of a frame, or of one in it, decides over a predicate."""
        for number in self.made.asked(predicate):
            tensor = self.made.conditions[number]
            inside = None if tensor in self._fed else self._frames.outside(tensor.op)
            while inside is not None:
                if inside is frame:
                    return False
                inside = inside.outer
        return True


def _loop_variable(op: Operation) -> LoopVariable:
    enters = [tensor.op for tensor in op.inputs if flow_of(tensor.op) is ENTER]
    following = [tensor.op for tensor in op.inputs if is_back_edge(tensor.op, op)]
    if len(op.inputs) != 2 or len(enters) != 1 or len(following) != 1 or enters[0].attrs["is_constant"]:
        raise NotLiftable(f"{op.name} does not join the first value of a loop variable and its next one")
    return LoopVariable(op, enters[0], following[0])
