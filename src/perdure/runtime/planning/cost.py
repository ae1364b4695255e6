"""Estimates of what an operation costs in each tier: functions of shapes, never of the clock.

The constants were fitted once on two cores (see docs/performance.md); only their ratios matter, and only
for the question whether compiling pays.  All times are in microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.graph.operation import Operation
from perdure.runtime.planning.effects import functions_of

# A kernel call by itself, and a compiled program's call with each of its inputs, which come from NumPy, and
# results, which go there; and each variable, which stays on the device.
INTERPRETED_CALL = 1.0
COMPILED_CALL = 8.0
COMPILED_INPUT = 1.5
COMPILED_OUTPUT = 2.0
COMPILED_READ = 0.2
COMPILED_WRITE = 1.2
# An operation in the body of a compiled conditional or loop.
COMPILED_BODY_CALL = 0.05
# A batch whose size is not known.
_UNKNOWN = 16
# Tracing and compiling: a program, and its operations by kind.
COMPILE_PROGRAM = 20_000.0
_COMPILE_SIMPLE = 800.0
_COMPILE_HEAVY = 20_000.0
_COMPILE_CONVOLUTION = 120_000.0

# Operations a microsecond.
_FLOPS = {False: 60_000.0, True: 80_000.0}  # matrix products and convolutions; by `compiled`
_BYTES = {False: 4_000.0, True: 12_000.0}
_SLOW_ELEMENTS = {False: 150.0, True: 600.0}

_PRODUCTS = frozenset({"MatMul", "BatchMatMul", "BatchMatMulV2"})
_CONVOLUTIONS = frozenset(
    {
        "Conv2D",
        "Conv2DBackpropInput",
        "Conv2DBackpropFilter",
        "Conv3D",
        "Conv3DBackpropInputV2",
        "Conv3DBackpropFilterV2",
        "DepthwiseConv2dNative",
        "DepthwiseConv2dNativeBackpropInput",
        "DepthwiseConv2dNativeBackpropFilter",
    }
)
# Each element costs many operations: transcendental functions, random numbers, windows.
_SLOW = frozenset(
    {
        "Exp", "Log", "Log1p", "Expm1", "Tanh", "Sigmoid", "Softplus", "Elu", "Selu", "Pow", "Erf", "Erfc",
        "Sin", "Cos", "Tan", "Lgamma", "Digamma", "Softmax", "LogSoftmax", "RandomUniform",
        "RandomStandardNormal", "TruncatedNormal", "RandomUniformInt", "MaxPool", "MaxPoolGrad", "AvgPool",
        "AvgPoolGrad", "LRN", "LRNGrad", "FusedBatchNorm", "FusedBatchNormV3", "FusedBatchNormGrad",
        "FusedBatchNormGradV3", "ApplyAdam", "ResourceApplyAdam", "ApplyRMSProp", "ResourceApplyRMSProp",
        "SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits", "Cumsum", "Cumprod",
        "TopKV2",
    }
)  # fmt: skip


def compile_cost_of(op: Operation) -> float:
    """What `op` adds to the time of compiling a program, in microseconds."""
    if op.type in _CONVOLUTIONS:
        return _COMPILE_CONVOLUTION
    bodies = functions_of(op)
    if bodies:
        return sum(compile_cost_of(inner) for body in bodies for inner in body.graph.get_operations())
    return _COMPILE_HEAVY if op.type in _PRODUCTS or op.type in _SLOW else _COMPILE_SIMPLE


def cost_of(op: Operation, inputs: Sequence[Any], outputs: Sequence[Any], compiled: bool) -> float:
    """The work of one run of `op` in microseconds, without the cost of the call.

    Args:
        op: the operation.
        inputs: its input values: anything with `shape` and `nbytes`.
        outputs: its output values.
        compiled: in which tier.
    """
    elements = max([_size(value) for value in (*inputs, *outputs)], default=0)
    if op.type in _PRODUCTS:
        a, out = inputs[0].shape, outputs[0].shape
        inner = a[-2] if op.attrs.get("transpose_a") or op.attrs.get("adj_x") else a[-1]
        return 2.0 * _size(outputs[0]) * inner / _FLOPS[compiled] if out else 0.0
    if op.type in _CONVOLUTIONS:
        return _convolution(op, inputs, outputs) / _FLOPS[compiled]
    moved = sum(getattr(value, "nbytes", 0) for value in (*inputs, *outputs))
    if op.type in _SLOW:
        return elements / _SLOW_ELEMENTS[compiled]
    return moved / _BYTES[compiled]


def cost_of_body(operations: Sequence[Operation], compiled: bool) -> float:
    """What one run of the body of a function costs in microseconds, by static shapes.

    Args:
        operations: those that run.
        compiled: in which tier; XLA makes one loop of small operations.
    """
    total = 0.0
    for op in operations:
        if any(tensor._shape is None for tensor in (*op.inputs, *op.outputs)):
            continue
        inputs, outputs = [Sized(t) for t in op.inputs], [Sized(t) for t in op.outputs]
        total += cost_of(op, inputs, outputs, compiled)
    return total + len(operations) * (COMPILED_BODY_CALL if compiled else INTERPRETED_CALL)


class Sized:
    """Shape and size of a tensor by what is known of it; sizes that are not known are taken to be some."""

    __slots__ = ("shape", "nbytes")

    def __init__(self, tensor: Any) -> None:
        self.shape = tuple(_UNKNOWN if size is None else size for size in tensor._shape or ())
        self.nbytes = _size(self) * (tensor.dtype.base_dtype.size or 1)


def _convolution(op: Operation, inputs: Sequence[Any], outputs: Sequence[Any]) -> float:
    # Forward: inputs are image and filter; the gradients have the incoming gradient last.  Each element of
    # the result (or of the incoming gradient) meets every element of a filter of one output channel.
    arrays = [value for value in (*inputs, *outputs) if len(getattr(value, "shape", ())) >= 4]
    if len(arrays) < 2:
        return 0.0
    filters = inputs[1] if "Filter" not in op.type.removeprefix("Conv2DBackpropInput") else outputs[0]
    images = outputs[0] if "Backprop" not in op.type else inputs[-1]
    channels = (filters.shape or (1,))[-1] or 1  # a filter of the wrong rank is refused by the kernel
    return 2.0 * _size(images) * _size(filters) / channels


def _size(value: Any) -> int:
    count = 1
    # An uninitialized variable may be of unknown rank or sizes.
    for size in getattr(value, "shape", None) or ():
        count *= size or 1
    return count
