"""An executable: what a step's fetches and feeds were planned into, as a flat list of kernel calls.

Planning prunes, places and orders the operations, gives each value a slot of one list (the frame), and
binds each kernel.  A run copies the template of the frame, puts in what is fed, and calls down the list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import lookup
from perdure.runtime.arrays import numpy_arrays
from perdure.runtime.bind import bind
from perdure.runtime.failure import failure_of
from perdure.runtime.order import FetchOfReference, Node, ordered
from perdure.runtime.place import Placer
from perdure.runtime.prune import needed_operations
from perdure.runtime.resources import Resources
from perdure.runtime.step import Step, fetched

# The first two slots of a frame: the step itself, and the results that nobody wants.
_STEP, _UNWANTED = 0, 1

# A kernel call: the function, the slots of its arguments, the slot or slots of its results, and the slots
# whose values nobody needs after it.
Instruction = tuple[Callable[..., Any], tuple[int, ...], "int | slice", tuple[int, ...]]


class Executable:
    """A planned step of one session; made by `plan`, run any number of times."""

    __slots__ = ("_instructions", "_nodes", "_template", "_feed_slots", "_fetch_slots", "_resources")

    def __init__(
        self,
        instructions: list[Instruction],
        nodes: list[Node],
        template: list[Any],
        feed_slots: Sequence[int],
        fetch_slots: Sequence[int],
        resources: Resources,
    ) -> None:
        self._instructions = instructions
        self._nodes = nodes
        self._template = template
        self._feed_slots = feed_slots
        self._fetch_slots = fetch_slots
        self._resources = resources

    def run(self, feeds: Sequence[Any]) -> list[Any]:
        """Run the step.

        Args:
            feeds: the value of each fed tensor, in the order it was planned for.

        Returns:
            The value of each fetched tensor.

        Raises:
            tf.errors.OpError: a kernel failed; no variable was changed.
        """
        values = self._template.copy()
        for slot, value in zip(self._feed_slots, feeds, strict=True):
            values[slot] = value
        call = None
        try:
            with Step(self._resources) as step, np.errstate(all="ignore"):
                values[_STEP] = step
                for call, inputs, output, dead in self._instructions:
                    values[output] = call(*[values[slot] for slot in inputs])
                    for slot in dead:
                        values[slot] = None
        except Exception as error:
            failure = failure_of(self._node_of(call), error)
            if failure is error:
                raise
            raise failure from error
        return [fetched(values[slot]) for slot in self._fetch_slots]

    def _node_of(self, call: Callable[..., Any] | None) -> Operation | None:
        """The node whose kernel `call` is; looked for only when it failed."""
        for instruction, node in zip(self._instructions, self._nodes, strict=True):
            if instruction[0] is call:
                return node.inputs[0].op if isinstance(node, FetchOfReference) else node
        return None


def plan(
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    feeds: Sequence[Tensor],
    resources: Resources,
    placer: Placer,
) -> Executable:
    """Plan a step.

    Args:
        fetches: tensors whose values are wanted.
        targets: operations to run for their effects.
        feeds: tensors whose values will be given.
        resources: what the session owns; handles of it are bound into the plan.
        placer: says where operations run, and refuses devices that do not exist.

    Raises:
        tf.errors.OpError: an op has no kernel, or asks for a device that is not there.
    """
    return _Planner(fetches, targets, feeds, resources, placer).plan()


class _Planner:
    def __init__(
        self,
        fetches: Sequence[Tensor],
        targets: Sequence[Operation],
        feeds: Sequence[Tensor],
        resources: Resources,
        placer: Placer,
    ) -> None:
        self.fetches, self.targets, self.feeds = fetches, targets, feeds
        self.resources, self.placer = resources, placer
        self.template: list[Any] = [None, None]
        self.slots: dict[Tensor, int] = {}

    def plan(self) -> Executable:
        fed = set(self.feeds)
        needed = needed_operations(self.targets, self.fetches, fed)
        self.placer.place(needed)
        references = {
            tensor: FetchOfReference(tensor)
            for tensor in self.fetches
            if tensor.dtype.is_ref_dtype and tensor not in fed
        }
        feed_slots = [self._new_slot(tensor) for tensor in self.feeds]
        order = ordered([*needed, *references.values()], fed, _is_writer)
        instructions: list[Instruction] = []
        nodes: list[Node] = []
        read_slots: dict[Tensor, int] = {}
        for node in order:
            if isinstance(node, FetchOfReference):
                (tensor,) = node.inputs
                read_slots[tensor] = len(self.template)
                self.template.append(None)
                instructions.append(
                    (_read, (_STEP, self.slots[tensor]), read_slots[tensor], ())
                )
                nodes.append(node)
                continue
            instruction = self._instruction(node)
            if instruction is not None:
                instructions.append(instruction)
                nodes.append(node)
        fetch_slots = [read_slots.get(tensor, self.slots[tensor]) for tensor in self.fetches]
        return Executable(
            _with_releases(instructions, keep={*fetch_slots, *self._preset_slots()}),
            nodes,
            self.template,
            feed_slots,
            fetch_slots,
            self.resources,
        )

    def _instruction(self, op: Operation) -> Instruction | None:
        definition = lookup(op.type)
        try:
            if op.type == "Const":
                self._preset(op, op.attrs["value"])
                return None
            kernel = bind(op, numpy_arrays(), self.resources)
            if definition is not None and definition.setup:
                self._preset(op, kernel.call())
                return None
        except Exception as error:
            failure = failure_of(op, error)
            if failure is error:
                raise
            raise failure from error
        slots = [self.slots[op.inputs[i]] for i in kernel.inputs]
        inputs = (_STEP, *slots) if kernel.takes_step else tuple(slots)
        return kernel.call, inputs, self._output_slots(op), ()

    def _output_slots(self, op: Operation) -> int | slice:
        signature = op.signature
        if not op.outputs:
            return _UNWANTED
        start = len(self.template)
        # Outputs that are fed keep the fed value; the computed one goes to a slot nobody reads.
        for tensor in op.outputs:
            if tensor in self.slots:
                self.template.append(None)
            else:
                self._new_slot(tensor)
        if len(signature.outputs) == 1 and not signature.outputs[0].is_list:
            return start
        return slice(start, start + len(op.outputs))

    def _new_slot(self, tensor: Tensor) -> int:
        self.slots[tensor] = slot = len(self.template)
        self.template.append(None)
        return slot

    def _preset(self, op: Operation, value: Any) -> None:
        slot = self._output_slots(op)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        self.template[slot] = value  # type: ignore[index]

    def _preset_slots(self) -> list[int]:
        return [slot for slot, value in enumerate(self.template) if value is not None]


def _is_writer(node: Node) -> bool:
    if isinstance(node, FetchOfReference):
        return False
    definition = lookup(node.type)
    return definition is not None and bool(definition.updates)


def _read(step: Step, variable: Any) -> Any:
    return step.read(variable)


def _with_releases(instructions: list[Instruction], keep: set[int]) -> list[Instruction]:
    """Let each instruction drop the values that it is the last to use."""
    keep = keep | {_STEP, _UNWANTED}
    released: list[Instruction] = []
    for call, inputs, output, _ in reversed(instructions):
        made = range(output.start, output.stop) if isinstance(output, slice) else (output,)
        dead = tuple({slot for slot in (*inputs, *made) if slot not in keep})
        keep.update(dead)
        released.append((call, inputs, output, dead))
    released.reverse()
    return released
