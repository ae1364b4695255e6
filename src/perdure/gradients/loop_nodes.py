"""The loops that the gradient of a loop needs besides the gradients themselves: counters and accumulators.

The counter of the forward loop (`f_count`) says how often it ran, that of the gradient's loop (`b_count`)
counts down from there. An accumulator (`b_acc`) adds up what the iterations give to something that is the
same in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perdure.functional.array.array import shape_internal, zeros, zeros_like
from perdure.functional.array.joining import concat
from perdure.functional.control.control_flow import enter, exit, loop_cond, merge, next_iteration, switch
from perdure.functional.math import binary
from perdure.graph import dtypes
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant
from perdure.graph.control_flow import ControlFlowContext
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


@contextmanager
def inside(context: ControlFlowContext | None) -> Iterator[None]:
    """Make operations in a context, or where one makes them anyway if it is None."""
    if context is None:
        yield
        return
    context.Enter()
    try:
        yield
    finally:
        context.Exit()


@contextmanager
def outside(context: ControlFlowContext) -> Iterator[None]:
    """Make operations where they were made before a context was entered."""
    context.Exit()
    try:
        yield
    finally:
        context.Enter()


def _entered(context: Any, start: Tensor, name: str, use_input_shape: bool = True) -> Tensor:
    """A new variable of a loop that exists, where it comes in."""
    context.AddName(start.name)
    variable = enter(
        start,
        context.name,
        is_constant=False,
        parallel_iterations=context.parallel_iterations,
        use_input_shape=use_input_shape,
        name=name,
    )
    return variable


def _left(context: Any, value: Tensor, name: str) -> Tensor:
    """The last value of a loop variable, behind the loop."""
    result = exit(value, name=name)
    context.loop_exits.append(result)
    return result


# -- counters ----------------------------------------------------------------------------


def count_forward(context: Any, outer_state: Any) -> tuple[Tensor, Tensor]:
    """Count the iterations of a loop that exists.

    Args:
        context: the loop; operations are made in the context around it.
        outer_state: that of the loop around it, whose gradient is made too; or None.

    Returns:
        The number of iterations, behind the loop, and the counter's next value, in it.
    """
    start = constant(0, name="f_count")
    if outer_state is not None:
        # What the next run of this loop saves comes behind what this one does.
        start.op._add_control_input(outer_state.forward_index.op.inputs[0].op)
    with inside(context):
        variable = _entered(context, start, "f_count")
        context.loop_enters.append(variable)
        merged = merge([variable, variable])[0]
        last, current = switch(merged, context.pivot)
        following = next_iteration(binary.add(current, 1))
        merged.op._update_input(1, following)
        total = _left(context, last, "f_count")
        context.ExitResult([total])
    return total, following


def count_backward(context: Any, count: Tensor, outer_state: Any) -> Tensor:
    """Make the loop that `context` is: it runs `count` times.

    Args:
        context: the loop of a gradient, nothing of which is made yet.
        count: how often the forward loop ran.
        outer_state: that of the loop around it; or None.

    Returns:
        The counter's next value, in the loop.
    """
    one = constant(1, name="b_count")
    with inside(context):
        variable = _entered(context, count, "b_count")
        context.loop_enters.append(variable)
        merged = merge([variable, variable])[0]
        context._pivot_for_pred = merged
        context._pivot = loop_cond(binary.greater_equal(merged, one), name="b_count")
        last, current = switch(merged, context.pivot)
        index = binary.subtract(current, one)
        context._pivot_for_body = index
        following = next_iteration(index)
        merged.op._update_input(1, following)
        final = _left(context, last, "b_count")
        if outer_state is not None:
            # What the next run of this loop takes back comes behind what this one does.
            outer_state.grad_sync._add_control_input(final.op)
        context.ExitResult([final])
    return following


# -- accumulators ------------------------------------------------------------------------


def accumulate(context: Any, op: Operation, gradient: Tensor) -> Tensor:
    """Add up the gradients of something that is the same in all iterations.

    Args:
        context: the gradient's loop, which is open.
        op: the Enter by which the forward loop took it in.
        gradient: what an iteration gives.

    Returns:
        The sum, behind the loop.
    """
    with outside(context):
        start = _zeros_to_add_to(context, op, gradient)
    variable = _entered(context, start, "b_acc")
    context.loop_enters.append(variable)
    merged = merge([variable, variable], name="b_acc")[0]
    last, current = switch(merged, context.pivot)
    merged.op._update_input(1, next_iteration(binary.add(current, gradient)))
    result = _left(context, last, "b_acc")
    context.ExitResult([result])
    return result


def _zeros_to_add_to(context: Any, op: Operation, gradient: Tensor) -> Tensor:
    around = context.outer_context
    shape = gradient.shape
    if shape.is_fully_defined():
        with inside(around):
            return constant(0, gradient.dtype, shape=shape, name="b_acc")
    value = op.inputs[0]
    if around is None or not around.IsWhileContext() or around.grad_state is None:
        with inside(around):
            return zeros(shape_internal(value, optimize=False), gradient.dtype)
    # Inside the gradient of another loop: that saves the shape, too.
    state = context.grad_state
    with inside(state.forward_context.outer_context):
        sizes = shape_internal(value, optimize=False)
    history = state.outer_grad_state.AddForwardAccumulator(sizes)
    with inside(around):
        real_sizes = state.outer_grad_state.AddBackpropAccumulatedValue(history, sizes)
        return zeros(real_sizes, gradient.dtype)


def accumulate_slices(context: Any, op: Operation, gradient: IndexedSlices) -> IndexedSlices:
    """As `accumulate`, for rows: they are put one behind the other.

    Args:
        context: the gradient's loop, which is open.
        op: the Enter by which the forward loop took in what the rows belong to.
        gradient: what an iteration gives.
    """
    with outside(context):
        starts = _rows_to_begin_with(context.outer_context, op, gradient)
    # The variables grow, so that they have no shape from the start.
    for start in starts:
        context.AddName(start.name)
    variables = [_entered(context, start, "b_acc", use_input_shape=False) for start in starts]
    variables[0].set_shape([None])
    if starts[1].shape.ndims is not None:
        variables[1].set_shape([None, *starts[1].shape.as_list()[1:]])
    context.loop_enters.extend(variables)
    merges = [merge([variable, variable], name="b_acc")[0] for variable in variables]
    sides = [switch(merged, context.pivot) for merged in merges]
    parts = [gradient.indices, gradient.values]
    nexts = [concat([side[1], part], 0) for side, part in zip(sides[:2], parts, strict=True)]
    if len(starts) == 3:  # of the shapes the largest is kept
        nexts.append(binary.maximum(gradient.dense_shape, sides[2][1]))
    nexts = [next_iteration(value) for value in nexts]
    for merged, value in zip(merges, nexts, strict=True):
        merged.op._update_input(1, value)
    results = [exit(side[0], name="b_acc") for side in sides]
    context.loop_exits.extend(results)
    context.ExitResult(results)
    return IndexedSlices(results[1], results[0], results[2] if len(results) == 3 else None)


def _rows_to_begin_with(around: Any, op: Operation, gradient: IndexedSlices) -> list[Tensor]:
    """A row of zeros: its index, its values, and the shape of the whole if that is known."""
    values, dense_shape = gradient.values, gradient.dense_shape
    with inside(around):
        if values.shape.is_fully_defined():
            with inside(around):
                row = constant(0, values.dtype, shape=[1, *values.shape.as_list()[1:]], name="b_acc")
        else:
            sizes = concat([[1], _shape_behind(op.inputs[0])[1:]], 0)
            row = zeros(sizes, dtype=values.dtype)
        starts = [constant([0], gradient.indices.dtype), row]
        if dense_shape is not None:
            if dense_shape.shape.is_fully_defined():
                with inside(around):
                    starts.append(constant(0, dense_shape.dtype, shape=dense_shape.shape))
            else:
                sizes = shape_internal(op.inputs[0], optimize=False, out_type=dense_shape.dtype)
                starts.append(zeros_like(sizes, optimize=False))
    return starts


def _shape_behind(tensor: Tensor) -> Any:
    """The shape of a tensor, or of the variable that a handle stands for."""
    if tensor.dtype is not dtypes.resource:
        return shape_internal(tensor, optimize=False)
    while tensor.op.inputs:
        tensor = tensor.op.inputs[0]
    return tensor.op.attrs["shape"]
