"""Host operations around one that waits: what it waits for may be another operation of the same step.

TensorFlow runs the operations of a step side by side, so that `session.run([queue.dequeue(),
queue.enqueue(1)])` never gets stuck.  Here they run one after another; one that has to wait is put off, and
those behind it that do not depend on it run first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.graph.operation import Operation
from perdure.ops.registry import traits_of
from perdure.resources.blocking import Deferred, Deferring
from perdure.runtime.execution.interpret import STEP, UNWANTED, Failure, Instruction
from perdure.runtime.execution.step import Step
from perdure.runtime.planning.effects import may_wait
from perdure.runtime.planning.order import Node


def around_waits(instructions: Sequence[Instruction]) -> AroundWaits | None:
    """How to run host operations several of which may wait, or None if there are not several."""
    if sum(may_wait(instruction.node) for instruction in instructions) < 2:
        return None
    return AroundWaits(instructions)


class AroundWaits:
    """Host operations of which several may wait; made once for a plan.

    Args:
        instructions: their kernel calls, in order.
    """

    __slots__ = ("_instructions", "_before", "_dead")

    def __init__(self, instructions: Sequence[Instruction]) -> None:
        self._instructions = instructions
        makers: dict[int, int] = {}
        places: dict[Node, int] = {}
        self._before: list[list[int]] = []  # for each instruction those that must have run
        for i, (_, inputs, output, _, node) in enumerate(instructions):
            if inputs[:1] == (STEP,) and not may_wait(node):
                # It reads or writes variables, which the order of the step is about.
                before = set(range(i))
            else:
                before = {makers[slot] for slot in inputs if slot in makers}
                before.update(places[op] for op in _controls(node) if op in places)
            self._before.append(sorted(before))
            made = range(output.start, output.stop) if isinstance(output, slice) else (output,)
            makers.update((slot, i) for slot in made if slot != UNWANTED)
            places[node] = i
        # Slots are released at the end only, since the order differs from run to run.
        self._dead = [slot for instruction in instructions for slot in instruction.dead]

    def run(self, values: list[Any], step: Step) -> None:
        """Run them on a frame.

        Raises:
            Failure: a kernel raised an exception.
        """
        left = dict(enumerate(self._instructions))
        deferring = Deferring()
        try:
            while left:
                if not self._run_some(left, deferring, values, step):
                    self._wait(deferring, step)
        finally:
            step.deferring = None
            deferring.withdraw()
        for slot in self._dead:
            values[slot] = None

    def _run_some(
        self, left: dict[int, Instruction], deferring: Deferring, values: list[Any], step: Step
    ) -> bool:
        """Run what need not wait; returns whether there was any."""
        progress = False
        for i, (call, inputs, output, _, node) in list(left.items()):
            if deferring.waits(i) or any(j in left for j in self._before[i]):
                continue
            deferring.current = i
            step.deferring = deferring if may_wait(node) else None
            try:
                values[output] = call(*[values[slot] for slot in inputs])
            except Deferred:
                continue
            except Exception as error:
                raise Failure(node, error) from error
            del left[i]
            progress = True
        return progress

    def _wait(self, deferring: Deferring, step: Step) -> None:
        try:
            step.wait(deferring.event)
        except Exception as error:
            raise Failure(self._instructions[min(deferring.attempts)].node, error) from error
        deferring.event.clear()


def _controls(node: Node) -> Iterator[Node]:
    """The operations a node waits for, also by way of those that only order others."""
    sources: list[Node] = list(node._control_inputs)
    sources += [tensor.op for tensor in node.inputs if tensor.op.type == "Const"]
    for source in sources:
        if isinstance(source, Operation) and (source.type == "Const" or traits_of(source.type).orders):
            yield from _controls(source)
        else:
            yield source
