"""The frame of a step while it is planned: a slot for each value, and an instruction for each node."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.arrays import numpy_arrays
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.bind import Planned, bind
from perdure.runtime.execution.failure import failure_of
from perdure.runtime.execution.interpret import STEP, UNWANTED, Instruction
from perdure.runtime.execution.step import Step
from perdure.runtime.planning.effects import is_passed_in
from perdure.runtime.planning.order import FetchOfReference, Node
from perdure.runtime.planning.simplify import Simplified


class Frame:
    """The slots of a step's values, and the instructions that fill them.

    Args:
        resources: what the session owns; handles of it are bound into the instructions.
        simplified: the step, or the body of a function.
        planned: gets the functions that kernels call ready to be called.
    """

    def __init__(self, resources: Resources, simplified: Simplified, planned: Planned) -> None:
        self.resources = resources
        self.planned = planned
        self.simplified = simplified
        self.template: list[Any] = [None, None]
        self.slots: dict[Tensor, int] = {}
        self.read_slots: dict[FetchOfReference, int] = {}
        self.constants: dict[Tensor, np.ndarray] = {}
        self.variables: dict[Tensor, Variable] = {}
        self._slotted: set[Operation] = set()

    def new_slot(self, tensor: Tensor) -> int:
        self.slots[tensor] = slot = len(self.template)
        self.template.append(None)
        return slot

    def slot_of(self, tensor: Tensor) -> int:
        """The slot of a tensor, or of what stands for it; a folded value gets its slot when it is used."""
        slot = self.slots.get(tensor)
        if slot is None:
            tensor = self.simplified.stands_for.get(tensor, tensor)
            slot = self.slots.get(tensor)
        if slot is None:
            self.constants[tensor] = value = self.simplified.folded[tensor]
            slot = self.new_slot(tensor)
            self.template[slot] = value
        return slot

    def preset(self, op: Operation) -> None:
        """Put a constant, or the handle of a variable, into the template."""
        (tensor,) = op.outputs
        if tensor in self.slots:  # fed
            return
        if op.type == "Const":
            value = op.attrs["value"]
            value.flags.writeable = False
            self.constants[tensor] = value
        else:
            value = self._bound(op).call()
        if isinstance(value, Variable):
            self.variables[tensor] = value
        self.template[self.new_slot(tensor)] = value

    def instruction(self, node: Node) -> Instruction:
        if isinstance(node, FetchOfReference):
            (tensor,) = node.inputs
            self.read_slots[node] = read_slot = len(self.template)
            self.template.append(None)
            return Instruction(_read_copy, (STEP, self.slots[tensor]), read_slot, (), node)
        kernel = self._bound(node)
        slots = [self.slot_of(node.inputs[i]) for i in kernel.inputs]
        inputs = (STEP, *slots) if kernel.takes_step else tuple(slots)
        output = self._output_slots(node)
        for tensor in node.outputs:
            if tensor.dtype.is_ref_dtype and node.inputs and node.inputs[0] in self.variables:
                # Which variable it is never changes, so programs need not hand the reference on.
                variable = self.variables[node.inputs[0]]
                self.variables[tensor] = self.template[self.slots[tensor]] = variable
        return Instruction(kernel.call, inputs, output, (), node)

    def _bound(self, op: Operation) -> Any:
        try:
            fed = [
                t
                for t in op.inputs
                if t.dtype.is_ref_dtype
                and t not in self.variables
                and not is_passed_in(t)
                and traits_of(t.op.type).calls is None  # a conditional or loop hands on the variable itself
            ]
            return bind(op, numpy_arrays(), self.resources, self.planned, fed)
        except Exception as error:
            failure = failure_of(op, error)
            raise failure from (None if failure is error else error)

    def _output_slots(self, op: Operation) -> int | slice:
        signature = op.signature
        if not op.outputs:
            return UNWANTED
        start = len(self.template)
        # Outputs that are fed keep the fed value; the computed one goes to a slot nobody reads.
        if op in self._slotted:  # a snapshot that is renewed
            return self.slots[op.outputs[0]]
        self._slotted.add(op)
        for tensor in op.outputs:
            if tensor in self.slots:
                self.template.append(None)
            else:
                self.new_slot(tensor)
        if len(signature.outputs) == 1 and not signature.outputs[0].is_list:
            return start
        return slice(start, start + len(op.outputs))


def _read_copy(step: Step, variable: Variable) -> np.ndarray:
    # A copy, since a program may take over the variable's memory before the step ends.
    return np.array(step.read(variable))
