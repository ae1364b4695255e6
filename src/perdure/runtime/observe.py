"""Running a step with a watch: what each operation took, and whether the step's time is over.

This is a way through an executable beside `Executable.run`, so that steps nobody watches pay nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from perdure.graph.errors import DeadlineExceededError
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.runtime.cluster import Cluster
from perdure.runtime.executable import Executable, HostUnit
from perdure.runtime.failure import failure_of
from perdure.runtime.interpret import STEP, Failure, Instruction, interpret
from perdure.runtime.options import current_options
from perdure.runtime.order import FetchOfReference
from perdure.runtime.step import Step, fetched


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


@dataclass(slots=True)
class ObservedStep:
    """What was seen of one step.

    Attributes:
        start_ns: when it began, in nanoseconds since 1970.
        end_ns: when it ended.
        observations: what ran, in order.
    """

    start_ns: int = 0
    end_ns: int = 0
    observations: list[Observation] = field(default_factory=list)


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
    values = executable._template.copy()
    for slot, value in zip(executable._feed_slots, feeds, strict=True):
        values[slot] = value
    if seen is not None:
        seen.start_ns = time.time_ns()
    try:
        with Step(executable._resources) as step, np.errstate(all="ignore"):
            step.deadline = watch.deadline
            values[STEP] = step
            for index, unit in enumerate(executable.units):
                watch.run_unit(index, unit, values, step)
            watch.check_time()
    except Failure as failure:
        node = failure.node
        op = node.inputs[0].op if isinstance(node, FetchOfReference) else node
        error = failure_of(op, failure.error)
        raise error from (None if error is failure.error else failure.error)
    finally:
        if seen is not None:
            seen.end_ns = time.time_ns()
    return [fetched(values[slot]) for slot in executable._fetch_slots]


class _Watch:
    def __init__(self, seen: ObservedStep | None, timeout_seconds: float | None) -> None:
        self.seen = seen
        self.deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds

    def check_time(self) -> None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise DeadlineExceededError(None, None, "Timed out waiting for notification")

    def run_unit(self, index: int, unit: Cluster | HostUnit, values: list[Any], step: Step) -> None:
        if isinstance(unit, Cluster) and (self.seen is None or _is_compiled(unit, values)):
            self.check_time()
            start = time.time_ns()
            unit.run(values, step)
            if self.seen is not None:
                outputs = [values[unit.slots[tensor]] for tensor in unit.outputs]
                self.seen.observations.append(
                    Observation(
                        f"cluster_{index}", None, index, start, time.time_ns(), unit.inputs, outputs,
                        unit.nodes, unit.outputs,
                    )  # fmt: skip
                )
        else:
            for instruction in unit.instructions:
                self.check_time()
                self._run_instruction(index, instruction, values)

    def _run_instruction(self, index: int, instruction: Instruction, values: list[Any]) -> None:
        start = time.time_ns()
        interpret([instruction._replace(dead=())], values)
        end = time.time_ns()
        if self.seen is not None:
            node, output = instruction.node, instruction.output
            outputs = values[output] if isinstance(output, slice) else [values[output]]
            is_op = isinstance(node, Operation)
            self.seen.observations.append(
                Observation(
                    node.name if isinstance(node, Operation) else f"{node.inputs[0].op.name}/fetch",
                    node if isinstance(node, Operation) else None,
                    index,
                    start,
                    end,
                    node.inputs,
                    list(outputs) if is_op else [],
                )
            )
        for slot in instruction.dead:
            values[slot] = None


def _is_compiled(cluster: Cluster, values: list[Any]) -> bool:
    """Whether the cluster would run as a program now."""
    if current_options().tier == "compile":
        return True
    chosen = cluster._only or cluster._specialisation(values)
    return chosen is not None and chosen.refused is None and chosen.program is not None
