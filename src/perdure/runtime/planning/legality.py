"""Which operations may be part of a compiled cluster: the table that the planner cuts by."""

from __future__ import annotations

from collections.abc import Iterator

from perdure.graph import dtypes
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import OpDefinition, lookup
from perdure.runtime.planning.effects import functions_of, is_writer
from perdure.runtime.planning.prune import needed_operations

# Types that XLA has no arrays of, by name: names are found faster than types.
_HOST_TYPES = frozenset({"string", "resource", "variant", "qint8", "quint8", "qint16", "quint16", "qint32"})
# Kernel parameters that only the host can provide: session resources, counters of calls, the step.
_HOST_EXTRAS = frozenset({"resources", "calls", "step"})
# They only order other operations; planning leaves nothing of them.
ORDERING_ONLY = frozenset({"NoOp", "ControlTrigger"})
# Their value follows from the shape of their input alone, whatever its elements.
READS_SHAPE_ONLY = frozenset({"Shape", "ShapeN", "Size", "Rank"})
# Asks whether a variable has a value, which is known on the host only.
_ASKS_STATE = frozenset({"IsVariableInitialized", "VarIsInitializedOp"})
# Its message may hold strings, which are never computed on unless it fails.
_STRINGS_ONLY_FOR_MESSAGES = frozenset({"Assert"})
# Call functions that become part of the program; see `trace_control`.
CONDITIONALS = frozenset({"If", "StatelessIf"})
LOOPS = frozenset({"While", "StatelessWhile"})
# In a body: arguments, constants, and what stands for a value that the other branch has.
_NEVER_IN_THE_WAY = ORDERING_ONLY | {"Placeholder", "Const", "FakeParam"}


class CannotCompile(Exception):
    """A cluster that may be compiled by what the graph says of it, but not with the shapes that occur."""


class KernelFailed(Exception):
    """A kernel refused known values or shapes while it was traced.

    Nobody knows yet whether the operation runs at all: it may be part of a branch that is not taken.

    Attributes:
        error: what the kernel raised.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def compilable(op: Operation) -> bool:
    """Whether `op` may be part of a cluster."""
    return reason_for_host(op) is None


def has_device_type(tensor: Tensor) -> bool:
    """Whether XLA has arrays of the tensor's type."""
    return tensor.dtype.base_dtype.name not in _HOST_TYPES


def reason_for_host(op: Operation) -> str | None:
    """Why `op` must run on the host, or None if it may be compiled."""
    definition = lookup(op.type)
    if definition is None or definition.kernel_rule is None:
        return "it has no kernel"
    if op.type in CONDITIONALS or op.type in LOOPS:
        return _reason_in_bodies(op)
    if definition.host:
        return "it only makes sense on the host"
    if definition.setup or op.type in _ASKS_STATE or _HOST_EXTRAS & set(definition.kernel_rule.attrs):
        return "it deals with what the session owns"
    for tensor in op.outputs:
        if not has_device_type(tensor):
            return f"it makes values of type {tensor.dtype.base_dtype.name}"
    if all(map(has_device_type, op.inputs)):
        return None
    if op.type not in _STRINGS_ONLY_FOR_MESSAGES:
        for argument_is_variable, tensor in zip(_variable_inputs(definition, op), op.inputs, strict=True):
            if not argument_is_variable and not has_device_type(tensor):
                return f"it takes values of type {tensor.dtype.base_dtype.name}"
    elif any(tensor.dtype is dtypes.string and tensor.op.type != "Const" for tensor in op.inputs):
        return "its message has strings that are computed"
    return None


def _variable_inputs(definition: OpDefinition, op: Operation) -> list[bool]:
    """For each flat input whether it is a variable that the runtime reads or writes for the kernel."""
    named = {*definition.updates, *definition.handles, *definition.reads}
    flags: list[bool] = []
    for argument in definition.signature.inputs:
        flags += [argument.name in named] * argument.count(op.attrs)
    return flags


# -- conditionals and loops ------------------------------------------------------------------


def _reason_in_bodies(op: Operation) -> str | None:
    """Why a conditional or loop cannot be part of a program, or None if it can."""
    for function in functions_of(op):
        for inner in _operations_of(function):
            if inner.type in _NEVER_IN_THE_WAY:
                continue
            if is_writer(inner):
                reason: str | None = "it changes a variable"
            elif _draws(inner):
                reason = "it draws random numbers"
            else:
                reason = reason_for_host(inner)
            if reason is not None:
                return f"in it is {inner.name} ({inner.type}): {reason}"
    for tensor in op.inputs:
        if not has_device_type(tensor) and tensor.dtype is not dtypes.resource:
            return f"it takes values of type {tensor.dtype.base_dtype.name}"
    if op.type in LOOPS:
        return _reason_of_loop(op)
    for one, other in zip(op.attrs["then_branch"].outputs, op.attrs["else_branch"].outputs, strict=True):
        if not has_device_type(one):
            return f"it makes values of type {one.dtype.base_dtype.name}"
        if is_lacking(one) or is_lacking(other):
            continue
        if one._shape is None or one._shape != other._shape:
            return "its branches may give results of different shapes"
    if _static_positions(op) is None:
        return "a size in it depends on what is computed there"
    return None


def _reason_of_loop(op: Operation) -> str | None:
    body = op.attrs["body"]
    for i in carried(body):
        start, argument, result = op.inputs[i]._shape, body.inputs[i]._shape, body.outputs[i]._shape
        if start is None or start != argument or start != result:
            return "a loop variable may change its shape"
        if not has_device_type(body.inputs[i]):
            return f"it takes values of type {body.inputs[i].dtype.base_dtype.name}"
    if _static_positions(op) is None:
        return "a size in it depends on what is computed there"
    return None


def is_lacking(output: Tensor) -> bool:
    """Whether a result of a branch stands for a value that only the other branch has."""
    return output.op.type == "FakeParam"


def carried(body: Function) -> list[int]:
    """Which arguments of the body of a loop may change from one iteration to the next."""
    return [i for i, output in enumerate(body.outputs) if output is not body.inputs[i]]


def _operations_of(function: Function) -> Iterator[Operation]:
    yield from needed_operations((), function.outputs, set(function.inputs))


def _draws(op: Operation) -> bool:
    definition = lookup(op.type)
    rule = definition.kernel_rule if definition is not None else None
    return rule is not None and "rng" in rule.attrs


# -- inputs that must be known to compile ----------------------------------------------------


def static_inputs(op: Operation) -> list[Tensor]:
    """The inputs of `op` whose values must be known to compile it."""
    definition = lookup(op.type)
    if op.type in CONDITIONALS or op.type in LOOPS:
        return [op.inputs[i] for i in sorted(_static_positions(op) or ())]
    if definition is None or not (definition.static or definition.sizes):
        return []
    found: list[Tensor] = []
    start = 0
    for argument in definition.signature.inputs:
        count = argument.count(op.attrs)
        if argument.name in definition.static or argument.name in definition.sizes:
            found += op.inputs[start : start + count]
        start += count
    return found


def is_pure(op: Operation) -> bool:
    """Whether the outputs of `op` depend on its inputs and attributes alone."""
    definition = lookup(op.type)
    rule = definition.kernel_rule if definition is not None else None
    if definition is None or rule is None or op.signature.is_stateful:
        return False
    if definition.updates or definition.handles or definition.reads:
        return False
    return "rng" not in rule.attrs and not any(t.dtype.is_ref_dtype for t in op.inputs)


def _static_positions(op: Operation) -> set[int] | None:
    """Which inputs of a conditional or loop must be known to compile it; None if that is not enough."""
    found: set[int] = set()
    for function in functions_of(op):
        positions = _static_arguments(function)
        if positions is None:
            return None
        found |= positions
    if op.type in LOOPS:
        return None if found.intersection(carried(op.attrs["body"])) else found
    return {1 + i for i in found}  # behind the condition


def _static_arguments(function: Function) -> set[int] | None:
    positions = {tensor: i for i, tensor in enumerate(function.inputs)}
    found: set[int] = set()
    seen: set[Tensor] = set()
    waiting = [tensor for op in _operations_of(function) for tensor in static_inputs(op)]
    while waiting:
        tensor = waiting.pop()
        if tensor in seen:
            continue
        seen.add(tensor)
        if tensor in positions:
            found.add(positions[tensor])
        elif tensor.op.type != "Const" and tensor.op.type not in READS_SHAPE_ONLY:
            if not is_pure(tensor.op):
                return None
            waiting.extend(tensor.op.inputs)
    return found
