"""From the units of a cut to what runs them: clusters, and stretches of host operations.

A cluster that a program refuses because of one conditional, loop or array is cut once more, without that.
The body of a loop that is interpreted is cut as a step is, so that what is large in it is compiled.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.resources.resources import Resources
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.executable import HostUnit
from perdure.runtime.execution.frame import Frame
from perdure.runtime.execution.function import PlannedFunction
from perdure.runtime.execution.interpret import Instruction, with_releases
from perdure.runtime.execution.waiting import SideBySide, shared_slots, tasks_of
from perdure.runtime.planning.cut import Unit, cut
from perdure.runtime.planning.effects import may_wait, variable_behind
from perdure.runtime.planning.handles import together
from perdure.runtime.planning.order import FetchOfReference, Node
from perdure.runtime.xla.entry import compiler

Runnable = Cluster | HostUnit


def made_units(
    units: Sequence[Unit],
    calls: Sequence[list[Instruction]],
    frame: Frame,
    wanted: Collection[Tensor],
    fed: Collection[Tensor],
    keep: set[int],
    is_last: bool = True,
) -> list[Runnable]:
    """What runs units, in their order.

    Args:
        units: the units.
        calls: the kernel calls of each.
        frame: the slots of their values.
        wanted: tensors that are needed afterwards.
        fed: tensors whose values are given.
        keep: the slots that are needed afterwards.
        is_last: whether nothing that may fail runs after them in the step.
    """
    flat = with_releases([call for part in calls for call in part], keep)
    made: list[Runnable] = []
    for index, unit in enumerate(units):
        part, flat = flat[: len(unit.nodes)], flat[len(unit.nodes) :]
        if unit.compilable:
            made.append(_cluster(index, units, calls, part, frame, wanted, fed, is_last))
        else:
            made.append(HostUnit(part))
    return made


def _cluster(
    index: int,
    units: Sequence[Unit],
    calls: Sequence[list[Instruction]],
    instructions: list[Instruction],
    frame: Frame,
    wanted_at_end: Collection[Tensor],
    fed: Collection[Tensor],
    is_last: bool,
) -> Cluster:
    simplified = frame.simplified
    nodes = [simplified.with_own_inputs(node) for node in units[index].nodes if isinstance(node, Operation)]
    inputs: dict[Tensor, None] = {}
    made_here: set[Tensor] = set()
    for op, instruction in zip(nodes, instructions, strict=True):
        for tensor in _taken(frame, op, instruction):
            outside = tensor in fed or tensor not in made_here
            if outside and tensor not in frame.constants and tensor not in frame.variables:
                inputs[tensor] = None
        made_here.update(op.outputs)
    wanted = {tensor for tensor in wanted_at_end if tensor not in fed}
    for unit, later in zip(units[index + 1 :], calls[index + 1 :], strict=True):
        for node, instruction in zip(unit.nodes, later, strict=True):
            wanted.update(_taken(frame, node, instruction))
    outputs = dict.fromkeys(
        tensor
        for op in nodes
        for tensor in op.outputs
        if tensor in wanted and tensor not in fed and tensor not in frame.variables
    )
    # Reading a variable that the step has changed cannot fail.
    rest = (node for unit in units[index + 1 :] for node in unit.nodes)
    return Cluster(
        instructions,
        nodes,
        frame.slots,
        list(inputs),
        list(outputs),
        frame.variables,
        frame.constants,
        frame.resources,
        is_last=is_last and all(isinstance(node, FetchOfReference) for node in rest),
        compiler=compiler,
        split=partial(_split, frame, fed),
    )


def _taken(frame: Frame, node: Node, instruction: Instruction) -> list[Tensor]:
    """The tensors whose values the kernel of a node asks for.

    Nothing keeps the others until then: they are let go when the last kernel that takes them has run.
    """
    slots, taken = frame.slots, instruction.inputs
    return [tensor for tensor in frame.simplified.inputs(node) if slots.get(tensor) in taken]


def _split(frame: Frame, fed: Collection[Tensor], cluster: Cluster, refused: Operation) -> list[Runnable]:
    """Cut a cluster once more, with what a program refuses on the host; nothing if that cannot be done."""
    calls = {instruction.node: instruction._replace(dead=()) for instruction in cluster.instructions}
    if len(calls) != len(cluster.instructions) or len(calls) < 2:
        return []
    whole = frame.simplified
    kept = [node for node in whole.whole_order if node in calls or node in whole.silent]
    part = replace(whole, order=[node for node in kept if node in calls], whole_order=kept)
    fed = {*fed, *cluster.inputs}
    interpreted = together(calls, whole, next(node for node in calls if _is_of(node, refused)))
    units = cut(part, fed, variable_behind, (), interpreted)
    parts = [[calls[node] for node in unit.nodes] for unit in units]
    slots = {slot for i in calls.values() for slot in (*i.inputs, *_made(i))}
    keep = slots - {slot for i in cluster.instructions for slot in i.dead}
    return made_units(units, parts, frame, cluster.outputs, fed, keep, cluster.is_last)


def _is_of(node: Node, op: Operation) -> bool:
    """Whether `op` is a node, or the plan's double of it."""
    return node is op or isinstance(node, Operation) and bool(node.outputs) and node.outputs is op.outputs


def _made(instruction: Instruction) -> Sequence[int]:
    output = instruction.output
    return range(output.start, output.stop) if isinstance(output, slice) else (output,)


class PlannedBody(PlannedFunction):
    """A function whose body is cut into units where that may pay; see `PlannedFunction`."""

    __slots__ = ()

    def __init__(self, function: Function, resources: Resources) -> None:
        super().__init__(function, resources, plan_body)
        frame, function = self._frame, self._function
        fed = set(function.inputs)
        if any(may_wait(instruction.node) for instruction in self._instructions):
            self._run_side_by_side()
            return
        if not function.is_lifted or self.saving_us <= 0:
            return
        # Stacks and arrays that are handed in are the step's; programs have none but their own.
        handles = {tensor for tensor in fed if tensor.dtype.name == "resource"}
        nodes = frame.simplified.order
        interpreted = {node for node in nodes if not handles.isdisjoint(frame.simplified.inputs(node))}
        calls = {instruction.node: instruction._replace(dead=()) for instruction in self._instructions}
        if len(calls) != len(self._instructions):
            return  # snapshots of variables that are taken more than once
        units = cut(frame.simplified, fed, variable_behind, (), interpreted)
        parts = [[calls[node] for node in unit.nodes] for unit in units]
        keep = set(self._output_slots)
        self.units = made_units(units, parts, frame, function.outputs, fed, keep, is_last=False)

    def _run_side_by_side(self) -> None:
        """Let what an operation waits for run meanwhile, if that is in the body as well."""
        frame, fed = self._frame, set(self._function.inputs)
        units = cut(frame.simplified, fed, variable_behind, (), {*frame.simplified.order})
        before = {node: nodes for unit in units for node, nodes in zip(unit.nodes, unit.before, strict=True)}
        instructions = [instruction._replace(dead=()) for instruction in self._instructions]
        tasks = tasks_of([(False, instructions)], before)
        if tasks:
            keep = {*self._output_slots, *shared_slots(tasks)}
            self.side_by_side = SideBySide([HostUnit(with_releases(instructions, keep))], tasks)


def plan_body(function: Function, resources: Resources) -> PlannedFunction:
    """A function ready to be called within a step."""
    return PlannedBody(function, resources)
