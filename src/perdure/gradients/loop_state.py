"""What the gradient of a loop remembers: its own loop, and the values of the forward loop that it needs.

The forward loop pushes such a value onto a stack (`f_acc`) in each iteration, and the gradient's loop pops
it.  A push waits for the counter of its iteration and comes before the next one; so does a pop.
"""

from __future__ import annotations

from typing import Any

from perdure.functional.control.control_flow import switch_ref_or_tensor
from perdure.functional.control.while_context import WhileContext
from perdure.gradients.loop_nodes import count_backward, count_forward, inside, outside
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant, constant_value
from perdure.graph.control_flow import (
    containing_while_context,
    containing_xla_context,
    is_containing_context,
    loop_constant_enter,
    output_context,
)
from perdure.graph.defaults import colocate_with, control_dependencies, get_default_graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


class GradLoopState:
    """What is known of one loop whose gradient is made.

    Args:
        forward_context: the loop; its gradient is made in the context that is open.
        outer_grad_state: that of the loop around it, if its gradient is made as well.

    Attributes:
        history_map: for the name of a tensor of the forward loop what stands for it in the gradient's.
        switch_map: for a loop variable's Switch the Merge of its gradient.
        unused_exits: the loop's results that no gradient comes to.
        deferred_exits: those that wait until all have been reached.
        pending_exits_count: how many have not been reached yet.
    """

    def __init__(self, forward_context: Any, outer_grad_state: GradLoopState | None) -> None:
        self.grad_context: WhileContext
        self._forward_sync: Operation | None = None
        self._grad_sync: Operation | None = None
        self.history_map: dict[str, Tensor] = {}
        self.switch_map: dict[Operation, Any] = {}
        self.unused_exits: list[Tensor] = []
        self.deferred_exits: list[Tensor] = []
        self.forward_loop_exits = list(forward_context.loop_exits)
        self.pending_exits_count = len(forward_context.loop_exits)
        self.outer_grad_state = outer_grad_state
        self.forward_context = forward_context
        if outer_grad_state is None:
            around = forward_context.outer_context
        else:
            around = outer_grad_state.forward_context
        with forward_context._graph.as_default(), inside(around):
            count, self.forward_index = count_forward(forward_context, outer_grad_state)
        if outer_grad_state is None:
            with inside(around):
                self.grad_context = self._new_context()
                self.grad_index = count_backward(self.grad_context, count, None)
            return
        # The loop runs several times: how often each time is saved by the loop around it.
        around.AddName(count.name)
        history = outer_grad_state.AddForwardAccumulator(count)
        with inside(outer_grad_state.grad_context):
            self.grad_context = self._new_context()
            real_count = outer_grad_state.AddBackpropAccumulatedValue(history, count)
            self.grad_index = count_backward(self.grad_context, real_count, outer_grad_state)

    def _new_context(self) -> WhileContext:
        forward = self.forward_context
        return WhileContext(
            maximum_iterations=forward.maximum_iterations,
            parallel_iterations=forward.parallel_iterations,
            back_prop=forward.back_prop,
            swap_memory=forward.swap_memory,
            name=forward.name,
            grad_state=self,
        )

    @property
    def forward_sync(self) -> Operation:
        """What the next iteration of the forward loop waits for: the pushes in branches."""
        if self._forward_sync is None:
            with control_dependencies(None):
                self._forward_sync = g.control_trigger(name="f_sync")
            self._forward_sync._set_control_flow_context(self.forward_context)
            self.forward_index.op._add_control_input(self._forward_sync)
        return self._forward_sync

    @property
    def grad_sync(self) -> Operation:
        """What the next iteration of the gradient's loop waits for: the pops."""
        if self._grad_sync is None:
            with control_dependencies(None):
                self._grad_sync = g.control_trigger(name="b_sync")
            self._grad_sync._set_control_flow_context(self.grad_context)
            self.grad_index.op._add_control_input(self._grad_sync)
            if self.grad_context.outer_context is not None:
                self.grad_context.outer_context.AddInnerOp(self._grad_sync)
        return self._grad_sync

    # -- saving values ---------------------------------------------------------------------

    def AddForwardAccumulator(self, value: Tensor, dead_branch: bool = False) -> Tensor:
        """Push a value of the forward loop onto a stack, in each iteration.

        Args:
            value: the value.
            dead_branch: whether it is one of the branch that was not taken.

        Returns:
            The stack.

        Raises:
            TypeError: `value` lies neither in the loop nor in a branch inside of it.
        """
        with self.forward_index.graph.as_default():
            here = get_default_graph()._get_control_flow_context()
            with control_dependencies(None):
                with inside(here), colocate_with(value):
                    stack = g.stack_v2(
                        self._stack_size(value), elem_type=value.dtype.base_dtype, name="f_acc"
                    )
                entered = self.forward_context.AddValue(stack)
                self._push(entered, value, dead_branch)
            return stack

    def _push(self, stack: Tensor, value: Tensor, dead_branch: bool) -> None:
        forward = self.forward_context
        context: Any = output_context(value.op)
        if context is not forward and (context is None or not context.IsCondContext()):
            raise TypeError(f"value_ctxt is not a CondContext: {context}")
        # What is dead is pushed where its branch would have been taken from.
        with inside(context.outer_context if dead_branch else context):
            push = g.stack_push_v2(stack, value, swap_memory=forward.swap_memory).op
        if context is forward:
            self.forward_index.op._add_control_input(push)
        else:
            if dead_branch:
                push._set_control_flow_context(context)
            self.forward_sync._add_control_input(push)
        push._add_control_input(self.forward_index.op.inputs[0].op)

    def _stack_size(self, value: Tensor) -> Tensor:
        if containing_xla_context(value.op._control_flow_context) is None:
            return constant(-1, dtypes.int32)
        return _largest_stack(value, self.forward_context)

    def AddBackpropAccumulatedValue(
        self, history_value: Tensor, value: Tensor, dead_branch: bool = False
    ) -> Tensor:
        """Pop a value off its stack, in each iteration of the gradient's loop.

        Args:
            history_value: the stack.
            value: what was pushed.
            dead_branch: whether it is one of the branch that was not taken.
        """
        branch = self._branch_around(value, history_value.op._control_flow_context)
        with control_dependencies(None), inside(self.grad_context):
            if branch is not None:
                side = 1 - branch.branch if dead_branch else branch.branch
                history_value = switch_ref_or_tensor(history_value, self._real_pred(branch))[side]
            pop = g.stack_pop_v2(history_value, elem_type=value.dtype.base_dtype)
            pop.set_shape(value.shape)
        if self.grad_context.parallel_iterations > 1:
            self.grad_sync._add_control_input(pop.op)
        return pop

    @staticmethod
    def _branch_around(value: Tensor, outer: Any) -> Any:
        context: Any = value.op._control_flow_context
        while context is not None and context is not outer:
            if context.IsCondContext():
                return context
            context = context.outer_context
        return None

    def _real_pred(self, branch: Any) -> Tensor:
        """The condition of a branch, as it was in the iteration."""
        state: GradLoopState | None = self
        while state is not None:
            found = state.history_map.get(branch.pred.name)
            if found is not None:
                return found
            state = state.outer_grad_state
        return branch.pred

    def GetRealValue(self, value: Tensor) -> Tensor:
        """What stands for a tensor of the forward loop in the gradient's loop, which is open."""
        real_value = self.history_map.get(value.name)
        if real_value is None:
            real_value = self.history_map[value.name] = self._recalled(value)
        return real_value

    def _recalled(self, value: Tensor) -> Tensor:
        state = self
        while True:
            invariant = loop_constant_enter(value)
            if invariant is None:
                break
            value = invariant.inputs[0]
            if state.outer_grad_state is None:  # it comes from outside of all loops
                return self.grad_context.AddValue(value)
            state = state.outer_grad_state
        if value.op.type == "Const":
            return constant(constant_value(value), dtype=value.dtype)
        with outside(self.grad_context):
            history = state.AddForwardAccumulator(value)
        real_value = state.AddBackpropAccumulatedValue(history, value)
        return real_value if state is self else self.grad_context.AddValue(real_value)


def _largest_stack(value: Tensor, loop: Any) -> Any:
    """How often a value in loops to be compiled is pushed at most: their bounds, multiplied.

    Raises:
        ValueError: a loop has no bound, or one that is not known where the gradient is made.
    """
    here = get_default_graph()._get_control_flow_context()
    size: Any = constant(1)
    while loop is not None and loop is not here:
        limit = loop.maximum_iterations
        if limit is None:
            raise ValueError(
                f"Cannot create a gradient accumulator for tensor '{value.name}' inside XLA while_loop "
                f"because maximum_iterations was not passed to the tf.while_loop call ('{loop.name}')."
            )
        made_in = limit.op._control_flow_context
        if is_containing_context(here, made_in):
            size *= limit
        else:
            known = constant_value(limit)
            if known is None:
                raise ValueError(
                    f"Cannot create a gradient accumulator for tensor '{value.name}' inside XLA while_loop. "
                    f"maximum_iterations tensor '{limit.name}' for while_loop context '{loop.name}' must be "
                    "statically known (e.g. a constant value or known shape dimension), or be defined at or "
                    f"outside the while loop context '{here.name if here is not None else ''}' (currently "
                    f"defined in '{made_in}')."
                )
            size *= known
        loop = containing_while_context(loop.outer_context, stop_context=here)
    return size
