"""Which operations may be part of a compiled cluster: the table that the planner cuts by."""

from __future__ import annotations

from perdure.graph import dtypes
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import OpDefinition, lookup

# Types that XLA has no arrays of, by name: names are found faster than types.
_HOST_TYPES = frozenset(
    {"string", "resource", "variant", "qint8", "quint8", "qint16", "quint16", "qint32"}
)
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
    elif any(
        tensor.dtype is dtypes.string and tensor.op.type != "Const" for tensor in op.inputs
    ):
        return "its message has strings that are computed"
    return None


def _variable_inputs(definition: OpDefinition, op: Operation) -> list[bool]:
    """For each flat input whether it is a variable that the runtime reads or writes for the kernel."""
    named = {*definition.updates, *definition.handles, *definition.reads}
    flags: list[bool] = []
    for argument in definition.signature.inputs:
        flags += [argument.name in named] * argument.count(op.attrs)
    return flags
