"""Estimates of what an operation costs in each tier: functions of shapes, never of the clock.

The constants were fitted once on two cores (see docs/performance.md); only their ratios matter, and only
for the question whether compiling pays.  All times are in microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.graph.operation import Operation
from perdure.ops.registry import traits_of
from perdure.ops.traits import LOOP, Work
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
_COMPILE_RECURRENCE = 100_000.0

# The body of a loop is traced once to see what it changes, and compiled with what it carries copied.
_COMPILE_LOOP = 6

# Operations a microsecond, by `compiled`.  OpenBLAS multiplies as fast as XLA does.
_FLOPS = {False: 80_000.0, True: 80_000.0}
_CONVOLUTION_FLOPS = {False: 40_000.0, True: 80_000.0}
_BYTES = {False: 4_000.0, True: 12_000.0}
_TRANSCENDENTAL = {False: 250.0, True: 800.0}
# Random numbers, windows.
_SLOW_ELEMENTS = {False: 150.0, True: 600.0}
# What a step of a recurrence takes besides.
_STEP = {False: 40.0, True: 2.0}

# What work adds to the time of compiling, if it is more than a simple operation's.
_COMPILE = {
    Work.PRODUCT: _COMPILE_HEAVY,
    Work.CONVOLUTION: _COMPILE_CONVOLUTION,
    Work.RECURRENCE: _COMPILE_RECURRENCE,
    Work.TRANSCENDENTAL: _COMPILE_HEAVY,
    Work.WINDOW: _COMPILE_HEAVY,
    Work.RANDOM: _COMPILE_HEAVY,
}


def compile_cost_of(op: Operation) -> float:
    """What `op` adds to the time of compiling a program, in microseconds."""
    if op.signature.calls_functions:
        bodies = functions_of(op)
        total = sum(compile_cost_of(inner) for body in bodies for inner in body.graph.get_operations())
        return total * _COMPILE_LOOP if traits_of(op.type).calls is LOOP else total
    return _COMPILE.get(traits_of(op.type).work, _COMPILE_SIMPLE)


def cost_of(op: Operation, inputs: Sequence[Any], outputs: Sequence[Any], compiled: bool) -> float:
    """The work of one run of `op` in microseconds, without the cost of the call.

    Args:
        op: the operation.
        inputs: its input values: anything with `shape` and `nbytes`.
        outputs: its output values.
        compiled: in which tier.
    """
    work = traits_of(op.type).work
    if work is Work.PRODUCT and len(inputs[0].shape) > 1:
        a, out = inputs[0].shape, outputs[0].shape
        inner = a[-2] if op.attrs.get("transpose_a") or op.attrs.get("adj_x") else a[-1]
        return 2.0 * _size(outputs[0]) * inner / _FLOPS[compiled] if out else 0.0
    if work is Work.CONVOLUTION:
        return _convolution(op, inputs, outputs) / _CONVOLUTION_FLOPS[compiled]
    if work is Work.RECURRENCE:
        return _recurrence(inputs, outputs, compiled)
    if work is Work.MEMORY:
        moved = sum(getattr(value, "nbytes", 0) for value in (*inputs, *outputs))
        return moved / _BYTES[compiled]
    elements = max([_size(value) for value in (*inputs, *outputs)], default=0)
    return elements / (_TRANSCENDENTAL if work is Work.TRANSCENDENTAL else _SLOW_ELEMENTS)[compiled]


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
    if len(arrays) < 2 or len(inputs) < 2:
        return 0.0
    names = {argument.name for argument in op.signature.inputs}
    filters = outputs[0] if "filter_sizes" in names else inputs[1]
    images = inputs[-1] if "out_backprop" in names else outputs[0]
    channels = (filters.shape or (1,))[-1] or 1  # a filter of the wrong rank is refused by the kernel
    return 2.0 * _size(images) * _size(filters) / channels


def _recurrence(inputs: Sequence[Any], outputs: Sequence[Any], compiled: bool) -> float:
    # The inputs of the steps come first; each row of each step meets the weights, the largest matrix.
    rank = [len(getattr(value, "shape", ())) for value in inputs]
    first = next((i for i, count in enumerate(rank) if count > 1), None)
    if first is None:
        return 0.0
    shape = inputs[first].shape
    others = [_size(value) for i, value in enumerate(inputs) if i != first and rank[i] <= 2]
    work = 2.0 * _size(inputs[first]) / (shape[-1] or 1) * max(others, default=0) / _FLOPS[compiled]
    work += sum(map(_size, outputs)) / _SLOW_ELEMENTS[compiled]
    return work + (shape[0] if len(shape) > 2 else 1) * _STEP[compiled]


def _size(value: Any) -> int:
    count = 1
    # An uninitialized variable may be of unknown rank or sizes.
    for size in getattr(value, "shape", None) or ():
        count *= size or 1
    return count
