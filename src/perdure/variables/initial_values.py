"""Initial values that depend on other variables."""

from __future__ import annotations

from typing import Any

from perdure.graph.construction import create_from_flat_inputs
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

# Their outputs are taken as they are, also when they come from a variable.
_KEPT = {"IsVariableInitialized", "VarIsInitializedOp", "ReadVariableOp", "If", "StatelessIf"}
_VARIABLES = {"Variable", "VariableV2", "VarHandleOp"}


def refuse_value_from_inside(name: str, initial_value: Tensor) -> None:
    """Refuse an initial value that is made in a branch or a loop, which may not run.

    Args:
        name: the scope of the variable that is made.
        initial_value: the tensor it is told to start with.

    Raises:
        ValueError: it is.
    """
    if initial_value.op._get_control_flow_context() is not None:
        raise ValueError(
            f"Initializer for variable {name} is from inside a control-flow construct, such as a loop or "
            "conditional. When creating a variable inside a loop or conditional, use a lambda as the "
            "initializer."
        )


def guarded_initial_value(name: str, initial_value: Tensor) -> Tensor:
    """`initial_value`, where ref variables it depends on are replaced by what they are initialized with.

    All variables are initialized in one step, in no particular order; the value of another variable
    must therefore not be read for it.  The operations between that variable and `initial_value` are made
    once more, as TensorFlow makes them: `<operation>_<name of the new variable>`.

    Args:
        name: the scope of the variable that is made.
        initial_value: the tensor it was told to start with; if a loop makes it, it stays as it is.

    Raises:
        TypeError: it is no tensor.
    """
    if not isinstance(initial_value, Tensor):
        raise TypeError(f"initial_value needs to be a Tensor: {initial_value}")
    return initial_value if _is_made_by_a_loop(initial_value.op) else _Guard(name).tensor(initial_value)


def _is_made_by_a_loop(op: Operation) -> bool:
    """Whether what an operation depends on goes in a circle, which it does through NextIteration."""
    seen, pending = {op}, [op]
    while pending:
        current = pending.pop()
        if current.type == "NextIteration":
            return True
        for other in (*(tensor.op for tensor in current.inputs), *current.control_inputs):
            if other not in seen:
                seen.add(other)
                pending.append(other)
    return False


class _Guard:
    def __init__(self, name: str) -> None:
        self._name = name
        self._made: dict[Operation, Operation] = {}

    def tensor(self, tensor: Tensor) -> Tensor:
        return self._operation(tensor.op).outputs[tensor.value_index]

    def _operation(self, op: Operation) -> Operation:
        if op.type in _KEPT:
            return op
        # Depth first without recursion: initial values may be deep.
        pending = [op]
        while pending:
            current = pending[-1]
            if current not in self._made:
                waiting = [
                    tensor.op
                    for tensor in current.inputs
                    if tensor.op not in self._made and tensor.op.type not in _KEPT
                ]
                if waiting and current.type not in _VARIABLES:
                    pending += reversed(waiting)
                    continue
                self._made[current] = self._replaced(current)
            pending.pop()
        return self._made[op]

    def _replaced(self, op: Operation) -> Operation:
        if op.type in _VARIABLES:
            variable = _variable_of(op)
            return op if variable is None else variable.initialized_value().op
        inputs = [self._made.get(tensor.op, tensor.op).outputs[tensor.value_index] for tensor in op.inputs]
        if all(new is old for new, old in zip(inputs, op.inputs, strict=True)):
            return op
        # What the reference is replaced by is none.
        op_type = "Switch" if op.type == "RefSwitch" else op.type
        name = f"{op.name}_{self._name}".replace(":", "_")
        return create_from_flat_inputs(op.graph, op_type, inputs, name, op.attrs)


def _variable_of(op: Operation) -> Any:
    """The variable of the graph's collections that `op` stands for, or None."""
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES):
        for variable in op.graph.get_collection(key):
            if getattr(variable, "op", None) is op:
                return variable
    return None
