"""All loops that one call of `tf.gradients` comes through, and zeros where no gradient comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from perdure.functional.array.array import identity, shape_internal, zeros, zeros_like
from perdure.functional.control.control_flow import next_iteration, switch, switch_ref_or_tensor
from perdure.gradients.loop_nodes import inside, outside
from perdure.gradients.loop_state import GradLoopState
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.control_flow import is_loop_exit, is_loop_switch, is_switch, output_context, while_context
from perdure.graph.defaults import control_dependencies
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


class ControlFlowState:
    """The loops between ys and xs, each with what its gradient remembers."""

    def __init__(self) -> None:
        self._states: dict[Any, GradLoopState] = {}

    def state_of(self, op: Operation, before: bool) -> GradLoopState | None:
        """That of the loop which an operation lies in, or None.

        Args:
            op: the operation.
            before: whether an Exit counts to what is around its loop.
        """
        if before:
            context = output_context(op)
            loop = None if context is None else context.GetWhileContext()
        else:
            loop = while_context(op)
        return None if loop is None else self._states.get(loop)

    @contextmanager
    def gradient_of(self, op: Operation, before: bool) -> Iterator[None]:
        """Make operations in the loop of the gradient of `op`, if it lies in a loop; see `state_of`."""
        state = self.state_of(op, before)
        with inside(None if state is None else state.grad_context):
            yield

    def add_loop(self, op: Operation) -> list[Tensor]:
        """Make the loop of the gradient for the loop of an Exit.

        Returns:
            All results of the loop, if it is a new one.
        """
        loop = while_context(op)
        if loop is None:
            raise ValueError(
                "Failed to call gradients on a while loop withoutproperly serializing graph via MetaGraphDef"
            )
        if loop in self._states:
            return []
        state = self._states[loop] = GradLoopState(loop, self._around(loop))
        return state.forward_loop_exits

    def _around(self, loop: Any) -> GradLoopState | None:
        context = loop.outer_context
        return None if context is None else self._states.get(context.GetWhileContext())

    def unused_exits(self, pending: dict[Operation, int], ys: set[Operation]) -> list[Tensor]:
        """The results of loops that no gradient comes to, of those loops where no other is waited for.

        Args:
            pending: how many gradients come to each operation.
            ys: the operations that gradients start from.
        """
        found: list[Tensor] = []
        for state in self._states.values():
            for tensor in state.forward_loop_exits:
                if pending.get(tensor.op, 0) == 0:
                    state.pending_exits_count -= 1
                    if tensor.op not in ys:
                        state.unused_exits.append(tensor)
                    if state.pending_exits_count == 0:
                        found.extend(state.unused_exits)
            for tensor in state.forward_context.loop_enters:  # for second derivatives
                if pending.get(tensor.op, 0) == 0:
                    pending[tensor.op] = 1
        return found

    # -- zeros ---------------------------------------------------------------------------

    def zeros_for_exit(self, tensor: Tensor) -> Tensor:
        """The gradient of a loop's result that is not used; made where `tf.gradients` was called."""
        forward: Any = tensor.op._control_flow_context
        outer = self._around(forward)
        known = tensor.shape.is_fully_defined()
        if outer is None:
            return zeros(tensor.shape, tensor.dtype) if known else zeros_like(tensor, optimize=False)
        if known:
            with inside(outer.grad_context):
                return zeros(tensor.shape, tensor.dtype)
        with inside(forward.outer_context):
            sizes = shape_internal(tensor, optimize=False)
        history = outer.AddForwardAccumulator(sizes)
        with inside(outer.grad_context):
            return zeros(outer.AddBackpropAccumulatedValue(history, sizes), tensor.dtype)

    def zeros_like(self, op: Operation, index: int) -> Tensor | None:
        """Zeros for an output that no gradient comes to; made in the loop of the gradient.

        Args:
            op: the operation.
            index: which output.
        """
        if is_loop_switch(op):
            return None
        if op.graph.building_function:
            return zeros_like(op.outputs[index])
        state = self._states.get(while_context(op))
        if state is None:
            return zeros_outside_loops(op, index)
        tensor = op.outputs[index]
        if tensor.shape.is_fully_defined():
            result = constant(0, shape=tensor.shape, dtype=tensor.dtype)
            if is_switch(op):  # of the branch that was not taken
                context: Any = op._control_flow_context
                pred = state.history_map.get(context.pred.name)
                result = switch_ref_or_tensor(result, pred)[1 - context.branch]
            return result
        sizes = _forward_shape(op, tensor)
        with outside(state.grad_context):
            history = state.AddForwardAccumulator(sizes, dead_branch=is_switch(op))
        real_sizes = state.AddBackpropAccumulatedValue(history, sizes, is_switch(op))
        return zeros(real_sizes, tensor.dtype)

    # -- the end -------------------------------------------------------------------------

    def complete(self) -> None:
        """Lead zeros back where a gradient does not depend on the one of the iteration before."""
        for state in self._states.values():
            for merged in state.switch_map.values():
                if merged.op.inputs[0] is merged.op.inputs[1]:
                    merged.op._update_input(1, _zeros_from_then_on(state, merged))


def _forward_shape(op: Operation, tensor: Tensor) -> Tensor:
    """The shape of an output in the forward loop, as a vector made there."""
    context: Any = op._control_flow_context
    if not is_switch(op):
        with inside(context):
            return shape_internal(tensor, optimize=False)
    # There is nothing of the branch that was not taken but what would have come in.
    with inside(context.outer_context):
        value = switch_ref_or_tensor(op.inputs[0], context.pred)[1 - context.branch]
        sizes = shape_internal(value, optimize=False)
    value.op._set_control_flow_context(context)
    sizes.op._set_control_flow_context(context)
    return sizes


def _zeros_from_then_on(state: GradLoopState, merged: Tensor) -> Tensor:
    start = merged.op.inputs[0]
    if start.shape.is_fully_defined():
        with inside(state.grad_context):
            return next_iteration(constant(0, dtype=start.dtype, shape=start.shape))
    with inside(state.grad_context.outer_context):
        value = zeros(shape_internal(start.op.inputs[0], optimize=False))
    with inside(state.grad_context):
        return next_iteration(value)


def zeros_outside_loops(op: Operation, index: int) -> Tensor:
    """Zeros for an output that no gradient comes to, of an operation that is in no loop of the gradient.

    Args:
        op: the operation.
        index: which output.
    """
    tensor = op.outputs[index]
    context: Any = op._control_flow_context
    if not is_switch(op) or context is None:
        if tensor.dtype is dtypes.resource and not is_switch(op):
            return zeros(g.variable_shape(tensor))
        return zeros_like(tensor, optimize=False)
    # Only needed if this branch was not taken.
    value = switch(op.inputs[0], context.pred)[1 - context.branch]
    pivot = identity(value)
    if tensor.dtype is dtypes.resource:
        with control_dependencies([pivot]):
            return zeros(g.variable_shape(value))
    sizes = shape_internal(value, optimize=False)
    with control_dependencies([pivot]):
        return zeros(sizes, dtype=tensor.dtype)


def states_between(ops: list[Operation], colocate: Any = None) -> ControlFlowState | None:
    """What is known of the loops whose results are among `ops`, to which all their results are added.

    Args:
        ops: the operations that gradients come through.
        colocate: from a result's operation to the scope of what is made for its loop, or None.
    """
    states: ControlFlowState | None = None
    known = set(ops)
    for op in ops:  # grows meanwhile
        if not is_loop_exit(op):
            continue
        states = states or ControlFlowState()
        with nullcontext() if colocate is None else colocate(op):
            results = states.add_loop(op)
        for tensor in results:
            if tensor.op not in known:
                known.add(tensor.op)
                ops.append(tensor.op)
    return states
