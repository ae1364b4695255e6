"""Running a step with a watch: what each operation took, and whether the step's time is over.

This is a way through an executable beside `Executable.run`, so that steps nobody watches pay nothing.  A
watched step does what it would have done unwatched: clusters become hot and are compiled, operations that
wait let others run.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from perdure.arrays.denormals import flushed
from perdure.graph.errors import DeadlineExceededError
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.resources.blocking import Signal
from perdure.runtime.execution.aside import MOST_RUNS, SteppedAside
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.executable import Executable, HostUnit, raise_users_error
from perdure.runtime.execution.interpret import STEP, Failure, Instruction, interpret
from perdure.runtime.execution.step import Step, fetched
from perdure.runtime.planning.order import Node


@dataclass(slots=True)
class Observation:
    """What was seen of one operation, or of a compiled cluster.

    Attributes:
        name: the operation's name, or one made up for the cluster.
        op: the operation; None for a cluster.
        unit: which unit of the step it is part of, counted from 0.
        start_ns: when it began, in nanoseconds since 1970.
        end_ns: when it ended.
        inputs: the tensors it took.
        outputs: the values it made, as far as they are arrays.
        members: the operations of a cluster.
        made: the tensors of `outputs`, for a cluster.
        depth: 0, or how many operations call the function that it is part of.
    """

    name: str
    op: Operation | None
    unit: int
    start_ns: int
    end_ns: int
    inputs: Sequence[Tensor]
    outputs: list[Any] = field(default_factory=list)
    members: Sequence[Operation] = ()
    made: Sequence[Tensor] = ()
    depth: int = 0


class Interval(NamedTuple):
    """A stretch of a step's time.

    Attributes:
        kind: "interpreted", "compiled" or "host" for a unit; "compiling" or "waiting" beside these.
        unit: which unit of the step, counted from 0.
        start_ns: when it began, in nanoseconds since 1970.
        end_ns: when it ended.
        note: what was waited for, or what came of compiling.
    """

    kind: str
    unit: int
    start_ns: int
    end_ns: int
    note: str = ""


@dataclass(slots=True)
class ObservedStep:
    """What was seen of one step.

    Attributes:
        start_ns: when it began, in nanoseconds since 1970.
        end_ns: when it ended.
        observations: what ran, in the order it ended.
        intervals: what the time went to, in the order it ended.
    """

    start_ns: int = 0
    end_ns: int = 0
    observations: list[Observation] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)


def run_observed(
    executable: Executable,
    feeds: Sequence[Any],
    seen: ObservedStep | None = None,
    timeout_seconds: float | None = None,
) -> list[Any]:
    """Run a step as `Executable.run` does, watching it.

    Args:
        executable: the planned step.
        feeds: the value of each fed tensor, in the order it was planned for.
        seen: filled with what was seen; None to watch the time only.
        timeout_seconds: how long the step may take.

    Returns:
        The value of each fetched tensor.

    Raises:
        DeadlineExceededError: the time was over; no variable was changed.
        tf.errors.OpError: a kernel failed; no variable was changed.
    """
    watch = _Watch(seen, timeout_seconds)
    if seen is not None:
        seen.start_ns = time.time_ns()
    try:
        for runs_left in reversed(range(MOST_RUNS + 1)):
            values = executable._template.copy()
            for slot, value in zip(executable._feed_slots, feeds, strict=True):
                values[slot] = value
            step = _WatchedStep(executable._resources, watch, executable if runs_left else None)
            step.deadline = watch.deadline
            try:
                step.carry_out(watch.run_units, executable, values, step)
                break
            except SteppedAside:
                watch.forget()
    except Failure as failure:
        raise_users_error(failure)
    finally:
        if seen is not None:
            seen.end_ns = time.time_ns()
    return [fetched(values[slot]) for slot in executable._fetch_slots]


class _WatchedStep(Step):
    """A step that tells its watch what it does."""

    __slots__ = ("_watch",)

    def __init__(self, resources: Any, watch: _Watch, plan: Executable | None) -> None:
        super().__init__(resources, plan)
        self._watch = watch

    def interpret(self, instructions: Sequence[Instruction], values: list[Any]) -> None:  # type: ignore[override]
        self._watch.interpret(instructions, values)

    def wait(self, event: Signal) -> None:
        start = time.time_ns()
        try:
            super().wait(event)
        finally:
            self._watch.note("waiting", start, self._watch.current or "operations that wait side by side")

    def changed_something_shared(self) -> None:
        self._watch.deadline = None  # it can still be given up while it waits

    def begin_writing(self) -> None:
        start = time.time_ns()
        lock = self._resources.write_lock
        is_free = lock.acquire(blocking=False)
        try:
            super().begin_writing()
        finally:
            if is_free:
                lock.release()
            else:
                self._watch.note("waiting", start, "another step that writes variables")


class _Watch:
    def __init__(self, seen: ObservedStep | None, timeout_seconds: float | None) -> None:
        self.seen = seen
        self.deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        self.current = ""  # the operation that runs
        self._unit = 0
        self._depth = 0

    def forget(self) -> None:
        """What was seen so far is done once more."""
        self._depth = 0
        if self.seen is not None:
            self.seen.observations.clear()
            self.seen.intervals.clear()

    def check_time(self) -> None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise DeadlineExceededError(None, None, "Timed out waiting for notification")

    def note(self, kind: str, start: int, note: str = "", end: int | None = None) -> None:
        if self.seen is not None:
            self.seen.intervals.append(Interval(kind, self._unit, start, end or time.time_ns(), note))

    def run_units(self, executable: Executable, values: list[Any], step: Step) -> None:
        """Run a whole step on a frame."""
        values[STEP] = step
        with np.errstate(all="ignore"), flushed():
            if executable.side_by_side is not None:
                executable.side_by_side.run(values, step, self)
            else:
                for index, unit in enumerate(executable.units):
                    self.run_unit(index, unit, values, step)
        self.check_time()

    def run_cluster(self, unit: int, cluster: Cluster, values: list[Any], step: Step) -> None:
        """Run a cluster of a step with operations that wait."""
        self.run_unit(unit, cluster, values, step)

    def call(self, unit: int, instruction: Instruction, arguments: Sequence[Any]) -> Any:
        """Call the kernel of a host operation of such a step."""
        self._unit = unit
        self.check_time()
        self.current = ""
        start = time.time_ns()
        try:
            made = instruction.call(*arguments)
        finally:
            self.note("host", start)
        if self.seen is not None:
            is_many = isinstance(instruction.output, slice)
            self._observe(instruction.node, start, time.time_ns(), made if is_many else [made])
        return made

    def run_unit(self, index: int, unit: Cluster | HostUnit, values: list[Any], step: Step) -> None:
        self._unit = index
        self.check_time()
        if isinstance(unit, Cluster):
            self._run_cluster(unit, values, step)
            return
        start = time.time_ns()
        try:
            unit.run(values, step)
        finally:
            self.note("host", start)

    def _run_cluster(self, cluster: Cluster, values: list[Any], step: Step) -> None:
        chosen = cluster._only or cluster._specialisation(values)
        before = None if chosen is None else chosen.program or chosen.refused
        start, kind = time.time_ns(), "interpreted"
        try:
            cluster.run(values, step)
        finally:
            end = time.time_ns()
            if chosen is not None and before is None and (chosen.program or chosen.refused) is not None:
                compiled = min(end, start + int(chosen.compile_seconds * 1e9))
                outcome = chosen.refused or ("from the cache" if chosen.program.from_cache else "")
                self.note("compiling", start, outcome, compiled)
                start = compiled
            if chosen is not None and chosen.program is not None:
                kind = "compiled"
            self.note(kind, start, "", end)
        if kind == "compiled":
            if cluster.is_last:
                self.deadline = None  # its program took over variables: the step is over
            if self.seen is not None:
                self.seen.observations.append(
                    Observation(
                        f"cluster_{self._unit}",
                        None,
                        self._unit,
                        start,
                        end,
                        cluster.inputs,
                        [values[cluster.slots[tensor]] for tensor in cluster.outputs],
                        cluster.nodes,
                        cluster.outputs,
                    )  # fmt: skip
                )

    def interpret(self, instructions: Sequence[Instruction], values: list[Any]) -> None:
        """Run `instructions` on a frame, looking at the time between any two."""
        for call, inputs, output, dead, node in instructions:
            self.check_time()
            self.current = _name(node)
            self._depth += 1
            start = time.time_ns()
            try:
                interpret((Instruction(call, inputs, output, (), node),), values)
            finally:
                self._depth -= 1
            if self.seen is not None:
                end = time.time_ns()
                made = values[output] if isinstance(output, slice) else [values[output]]
                self._observe(node, start, end, made)
            for slot in dead:
                values[slot] = None

    def _observe(self, node: Node, start: int, end: int, made: Sequence[Any]) -> None:
        op = node if isinstance(node, Operation) else None
        outputs = [] if op is None else list(made)
        assert self.seen is not None
        self.seen.observations.append(
            Observation(_name(node), op, self._unit, start, end, node.inputs, outputs, depth=self._depth)
        )


def _name(node: Node) -> str:
    return node.name if isinstance(node, Operation) else f"{node.inputs[0].op.name}/fetch"
