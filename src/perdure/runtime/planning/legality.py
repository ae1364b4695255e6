"""Which operations may be part of a compiled cluster: the table that the planner cuts by."""

from __future__ import annotations

from collections.abc import Iterator

from perdure.graph import dtypes
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.shapes import is_compatible
from perdure.graph.signatures import spans
from perdure.graph.tensor import Tensor
from perdure.ops.registry import OpDefinition, lookup, traits_of
from perdure.ops.traits import CONDITIONAL, LOOP, ONCE
from perdure.runtime.planning.effects import functions_of, is_writer
from perdure.runtime.planning.prune import needed_operations

# Types that XLA has no arrays of, by name: names are found faster than types.
_HOST_TYPES = frozenset({"string", "resource", "variant", "qint8", "quint8", "qint16", "quint16", "qint32"})


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
    traits = definition.traits
    if traits.calls is not None:
        return _reason_in_bodies(op)
    if traits.host:
        return "it only makes sense on the host"
    if traits.of_step:
        kind = op.attrs.get("dtype", op.attrs.get("elem_type"))
        if kind is not None and kind.base_dtype.name in _HOST_TYPES:
            return f"its elements are of type {kind.base_dtype.name}"
    elif traits.asks_state or definition.takes_from_session:
        return "it deals with what the session owns"
    for tensor in op.outputs:
        if not has_device_type(tensor) and not traits.of_step:
            return f"it makes values of type {tensor.dtype.base_dtype.name}"
    if all(map(has_device_type, op.inputs)):
        return None
    if not traits.quotes:
        for argument_is_variable, tensor in zip(_variable_inputs(definition, op), op.inputs, strict=True):
            if not argument_is_variable and not has_device_type(tensor):
                return f"it takes values of type {tensor.dtype.base_dtype.name}"
    elif any(tensor.dtype is dtypes.string and tensor.op.type != "Const" for tensor in op.inputs):
        return "its message has strings that are computed"
    return None


def _variable_inputs(definition: OpDefinition, op: Operation) -> list[bool]:
    """For each flat input whether it is a variable that the runtime reads or writes for the kernel."""
    named = {*definition.updates, *definition.handles, *definition.reads}
    arguments = definition.signature.inputs
    return [
        argument.name in named
        for argument, span in zip(arguments, spans(arguments, op.attrs), strict=True)
        for _ in span
    ]


# -- conditionals and loops ------------------------------------------------------------------


def _reason_in_bodies(op: Operation) -> str | None:
    """Why a conditional or loop cannot be part of a program, or None if it can."""
    for function in functions_of(op):
        for inner in operations_of(function):
            traits = traits_of(inner.type)
            if inner.type == "Const" or traits.orders or traits.placeholder or traits.lacking or traits.setup:
                continue
            reason = reason_for_host(inner)
            if is_writer(inner) and not _writes_what_is_known(inner):
                reason = "it changes a variable"
            if reason is not None:
                return f"in it is {inner.name} ({inner.type}): {reason}"
    for tensor in op.inputs:
        if not has_device_type(tensor) and tensor.dtype is not dtypes.resource:
            return f"it takes values of type {tensor.dtype.base_dtype.name}"
    if is_loop(op):
        return _reason_of_loop(op)
    if traits_of(op.type).calls is ONCE:
        return _reason_of_call(op)
    for one, other in zip(op.attrs["then_branch"].outputs, op.attrs["else_branch"].outputs, strict=True):
        if not has_device_type(one):
            return f"it makes values of type {one.dtype.base_dtype.name}"
        if is_lacking(one) or is_lacking(other):
            continue
        if not is_compatible(one._shape, other._shape):
            return "its branches may give results of different shapes"
    if _static_positions(op) is None:
        return "a size in it depends on what is computed there"
    return None


def _reason_of_loop(op: Operation) -> str | None:
    body = op.attrs["body"]
    for i in carried(body):
        start, argument, result = op.inputs[i]._shape, body.inputs[i]._shape, body.outputs[i]._shape
        if not (is_compatible(start, result) and is_compatible(argument, result)):
            return "a loop variable changes its shape"
        if not has_device_type(body.inputs[i]):
            return f"it takes values of type {body.inputs[i].dtype.base_dtype.name}"
    if _static_positions(op) is None:
        return "a size in it depends on what is computed there"
    return None


def _reason_of_call(op: Operation) -> str | None:
    for tensor in op.outputs:
        if not has_device_type(tensor):
            return f"it makes values of type {tensor.dtype.base_dtype.name}"
    if _static_positions(op) is None:
        return "a size in it depends on what is computed there"
    return None


def is_conditional(op: Operation) -> bool:
    """Whether `op` calls one of two functions, and can be part of a program with them."""
    return traits_of(op.type).calls is CONDITIONAL


def is_loop(op: Operation) -> bool:
    """Whether `op` calls a function again and again, and can be part of a program with it."""
    return traits_of(op.type).calls is LOOP


def is_lacking(output: Tensor) -> bool:
    """Whether a result of a branch stands for a value that only the other branch has."""
    return traits_of(output.op.type).lacking


def carried(body: Function) -> list[int]:
    """Which arguments of the body of a loop may change from one iteration to the next."""
    pairs = zip(body.inputs, body.outputs, strict=False)  # terms of sums come behind
    return [i for i, (argument, output) in enumerate(pairs) if output is not argument]


def operations_of(function: Function) -> Iterator[Operation]:
    """The operations of a body that run."""
    yield from needed_operations(function.targets, function.outputs, set(function.inputs))


def _writes_what_is_known(op: Operation) -> bool:
    """Whether all handles that an operation of a body takes are the body's own."""
    definition = lookup(op.type)
    if definition is None or definition.traits.calls is not None:
        return definition is not None
    handled = [tensor for tensor in op.inputs if tensor.dtype.is_ref_dtype or tensor.dtype is dtypes.resource]
    return all(traits_of(tensor.op.type).setup for tensor in handled)


# -- inputs that must be known to compile ----------------------------------------------------


def static_inputs(op: Operation) -> list[Tensor]:
    """The inputs of `op` whose values must be known to compile it."""
    definition = lookup(op.type)
    if definition is None:
        return []
    if definition.traits.calls is not None:
        return [op.inputs[i] for i in sorted(_static_positions(op) or ())]
    if not (definition.static or definition.sizes):
        return []
    arguments = definition.signature.inputs
    found: list[Tensor] = []
    for argument, span in zip(arguments, spans(arguments, op.attrs), strict=True):
        if argument.name in definition.static or argument.name in definition.sizes:
            found += op.inputs[span.start : span.stop]
    return found


def is_pure(op: Operation) -> bool:
    """Whether the outputs of `op` depend on its inputs and attributes alone."""
    definition = lookup(op.type)
    if definition is None or definition.kernel_rule is None or not definition.is_pure:
        return False
    return not any(tensor.dtype.is_ref_dtype for tensor in op.inputs)


def _static_positions(op: Operation) -> set[int] | None:
    """Which inputs of a conditional or loop must be known to compile it; None if that is not enough."""
    found: set[int] = set()
    for function in functions_of(op):
        positions = _static_arguments(function)
        if positions is None:
            return None
        found |= positions
    if is_loop(op):
        return None if found.intersection(carried(op.attrs["body"])) else found
    return {1 + i for i in found} if is_conditional(op) else found  # behind the condition


def _static_arguments(function: Function) -> set[int] | None:
    positions = {tensor: i for i, tensor in enumerate(function.inputs)}
    found: set[int] = set()
    seen: set[Tensor] = set()
    waiting = [tensor for op in operations_of(function) for tensor in static_inputs(op)]
    while waiting:
        tensor = waiting.pop()
        if tensor in seen:
            continue
        seen.add(tensor)
        if tensor in positions:
            found.add(positions[tensor])
        elif tensor.op.type != "Const" and traits_of(tensor.op.type).reads_only is None:
            if traits_of(tensor.op.type).of_step:
                continue  # what is popped may be known when the program is traced
            if not is_pure(tensor.op):
                return None
            waiting.extend(tensor.op.inputs)
    return found
