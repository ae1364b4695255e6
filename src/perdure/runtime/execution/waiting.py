"""A step with operations that wait: what they wait for may be another operation of the same step.

TensorFlow runs the operations of a step side by side, so that `session.run([queue.dequeue(),
queue.enqueue(1)])` never gets stuck, and a step one part of which fails ends although another part waits.
Here they run one after another; one that has to wait is put off, and what does not depend on it runs first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from perdure.graph.operation import Operation
from perdure.ops.registry import traits_of
from perdure.resources.blocking import Deferred, Deferring
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.interpret import Failure, Instruction
from perdure.runtime.execution.outside import call_beside_others
from perdure.runtime.execution.step import Step
from perdure.runtime.planning.effects import is_writer, may_wait
from perdure.runtime.planning.order import Node


class Task(NamedTuple):
    """A part of a step that runs in one go: a cluster, or the kernel call of a host operation.

    Attributes:
        unit: the number of its unit.
        instructions: its kernel calls.
        position: where it is in its unit; None for a cluster.
        before: the numbers of the tasks that must have run.
        waits: whether it may wait.
        calls_beside: whether it calls a function of the program that may wait for another part of the step.
        is_late: whether it changes variables although nothing that may wait comes behind it: what it writes
            would be committed when the step waits, and stay if it failed then.
    """

    unit: int
    instructions: Sequence[Instruction]
    position: int | None
    before: tuple[int, ...]
    waits: bool
    is_late: bool = False
    calls_beside: bool = False


class Runner(Protocol):
    """How tasks are run: as they are, or watched."""

    def run_cluster(self, unit: int, cluster: Cluster, values: list[Any], step: Step) -> None:
        """Run a cluster."""

    def call(self, unit: int, instruction: Instruction, arguments: Sequence[Any]) -> Any:
        """Call the kernel of a host operation."""


class _Plain:
    def run_cluster(self, unit: int, cluster: Cluster, values: list[Any], step: Step) -> None:
        cluster.run(values, step)

    def call(self, unit: int, instruction: Instruction, arguments: Sequence[Any]) -> Any:
        return instruction.call(*arguments)


PLAIN: Runner = _Plain()


def tasks_of(
    units: Sequence[tuple[bool, Sequence[Instruction]]], before: dict[Node, Collection[Node]]
) -> list[Task]:
    """The tasks of a step, in order; none if nothing can be done while one of its operations waits.

    Args:
        units: of each unit whether it is a cluster, and its kernel calls.
        before: what each node waits for.
    """
    if not any(_pauses(i.node) for is_cluster, unit in units if not is_cluster for i in unit):
        return []
    parts: list[tuple[int, int | None, Sequence[Instruction]]] = []
    for number, (is_cluster, unit) in enumerate(units):
        parts += [(number, None, unit)] if is_cluster else [(number, at, [i]) for at, i in enumerate(unit)]
    tasks: list[Task] = []
    places: dict[Node, int] = {}
    behind: list[set[int]] = []  # of each task, all that must have run
    for number, position, instructions in parts:
        nodes = [instruction.node for instruction in instructions]
        if not places.keys().isdisjoint(nodes):
            return []  # the snapshot of a variable is made once more: its place in the order counts
        direct = {places[other] for node in nodes for other in before[node] if other in places}
        behind.append(direct.union(*[behind[i] for i in direct]))
        waits = position is not None and may_wait(nodes[0])
        tasks.append(Task(number, instructions, position, tuple(sorted(direct)), waits))
        places.update((node, len(tasks) - 1) for node in nodes)
    waiting = [i for i, task in enumerate(tasks) if task.waits]
    pausing = [
        i for i, task in enumerate(tasks) if task.position is not None and _pauses(task.instructions[0].node)
    ]
    beside = {i for i in pausing if any(i not in behind[j] and j not in behind[i] for j in pausing if j != i)}
    if not beside and all(i in behind[j] for i in waiting for j in range(i + 1, len(tasks))):
        return []
    needed = set().union(*[behind[i] for i in pausing])
    return [
        task._replace(
            is_late=i not in needed and any(is_writer(x.node) for x in task.instructions),
            calls_beside=i in beside and not task.waits,
        )
        for i, task in enumerate(tasks)
    ]


def _pauses(node: Node) -> bool:
    """Whether a host operation waits for others, or calls a function that may."""
    return may_wait(node) or isinstance(node, Operation) and traits_of(node.type).calls_program


def shared_slots(tasks: Sequence[Task]) -> set[int]:
    """The slots that several tasks use: released at the end, since the order is not always the same."""
    users: dict[int, int] = {}
    shared: set[int] = set()
    for number, task in enumerate(tasks):
        for instruction in task.instructions:
            output = instruction.output
            made = range(output.start, output.stop) if isinstance(output, slice) else (output,)
            for slot in (*instruction.inputs, *made):
                if users.setdefault(slot, number) != number:
                    shared.add(slot)
    return shared


class SideBySide:
    """The tasks of a step with operations that wait; made once for a plan.

    Args:
        units: the clusters and stretches of host operations of the step.
        tasks: its tasks, in order.
    """

    __slots__ = ("_units", "_tasks")

    def __init__(self, units: Sequence[Any], tasks: Sequence[Task]) -> None:
        self._units = units
        self._tasks = tasks

    def run(self, values: list[Any], step: Step, runner: Runner = PLAIN) -> None:
        """Run them on a frame.

        Raises:
            Failure: a kernel raised an exception.
        """
        left = dict(enumerate(self._tasks))
        deferring = Deferring()
        try:
            while left:
                if not self._run_some(left, deferring, values, step, runner):
                    self._wait(deferring, step)
        finally:
            step.deferring = None
            deferring.withdraw()

    def _run_some(
        self, left: dict[int, Task], deferring: Deferring, values: list[Any], step: Step, runner: Runner
    ) -> bool:
        """Run what need not wait; returns whether there was any."""
        progress = False
        for i, task in list(left.items()):
            if deferring.waits(i) or any(j in left for j in task.before):
                continue
            if task.is_late and deferring.attempts:
                continue
            step.deferring = None
            if task.position is None:
                runner.run_cluster(task.unit, self._units[task.unit], values, step)
            else:
                instruction = self._units[task.unit].instructions[task.position]
                deferring.current = i
                if task.waits:
                    step.deferring = deferring
                try:
                    arguments = [values[slot] for slot in instruction.inputs]
                    if task.calls_beside:
                        instruction = instruction._replace(call=partial(call_beside_others, instruction.call))
                        arguments[0] = step, deferring
                    values[instruction.output] = runner.call(task.unit, instruction, arguments)
                except Deferred:
                    continue
                except Exception as error:
                    raise Failure(instruction.node, error) from error
            del left[i]
            progress = True
        return progress

    def _wait(self, deferring: Deferring, step: Step) -> None:
        try:
            step.wait(deferring.event)
        except Exception as error:
            (instruction,) = self._tasks[min(deferring.attempts)].instructions
            raise Failure(instruction.node, error) from error
