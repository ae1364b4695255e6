"""Control-flow contexts: what an operation made inside a branch or a loop belongs to.

A graph has one context open (none outside of branches and loops), and hands it each operation that is made
(`Graph._get_control_flow_context`, `construction.add_operation`).  The context brings the inputs of the
operation into the branch or the loop and lets it wait for what it must wait for.  The kinds of contexts stand
in `functional/control`; here is what they have in common, and questions about operations and their contexts.

The methods have TensorFlow's names, by which programs call and override them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from perdure.graph.stacks import get_default_graph

if TYPE_CHECKING:
    from perdure.graph.operation import Operation
    from perdure.graph.tensor import Tensor


class ControlFlowContext:
    """A branch of a conditional, a loop, or another region of a graph.

    Attributes:
        _values: the names of the tensors that belong to the region or were brought into it.
        _external_values: by name of a tensor from outside, the tensor that stands for it in the region.
    """

    _name: str

    def __init__(self) -> None:
        self._nested_contexts: list[ControlFlowContext] = []
        self._outer_context: ControlFlowContext | None = get_default_graph()._get_control_flow_context()
        if self._outer_context is not None:
            self._outer_context._nested_contexts.append(self)
        self._context_stack: list[ControlFlowContext | None] = []
        self._values: set[str] = set()
        self._external_values: dict[str, Tensor] = {}

    @property
    def name(self) -> str:
        """Its name, unique in the graph; a loop's is the name of its frame."""
        return self._name

    @property
    def outer_context(self) -> ControlFlowContext | None:
        """The context around this one, or None."""
        return self._outer_context

    @property
    def grad_state(self) -> Any:
        """What is known of the loop that it makes the gradient of, or None."""
        raise NotImplementedError("Abstract method")

    @property
    def back_prop(self) -> bool:
        """Whether gradients flow through it."""
        raise NotImplementedError("Abstract method")

    # -- opening and closing -----------------------------------------------------------

    def Enter(self) -> None:
        """Let operations made from now on belong to it."""
        graph = get_default_graph()
        self._context_stack.append(graph._get_control_flow_context())
        graph._set_control_flow_context(self)

    def Exit(self) -> None:
        """Go back to the context that was open before."""
        get_default_graph()._set_control_flow_context(self._context_stack.pop())

    def ExitResult(self, result: Iterable[Tensor]) -> None:
        """Make its results known to the context around it."""
        if self._outer_context is not None:
            for tensor in result:
                self._outer_context.AddName(tensor.name)

    def EnterGradientColocation(self, op: Operation, gradient_uid: Any) -> None:
        """Note that operations are made for the gradient of `op`."""
        if self._outer_context is not None:
            self._outer_context.EnterGradientColocation(op, gradient_uid)

    def ExitGradientColocation(self, op: Operation, gradient_uid: Any) -> None:
        """Note that the operations for the gradient of `op` are made."""
        if self._outer_context is not None:
            self._outer_context.ExitGradientColocation(op, gradient_uid)

    # -- what belongs to it ------------------------------------------------------------

    def AddName(self, name: str) -> None:
        """Take the tensor of this name for one of its own."""
        self._values.add(name)

    def AddOp(self, op: Operation) -> None:
        """Take in an operation that was just made in it."""
        raise NotImplementedError("Abstract method")

    def AddValue(self, val: Tensor) -> Tensor:
        """What stands for a tensor in this context; makes the nodes that bring it in."""
        raise NotImplementedError("Abstract method")

    def AddInnerOp(self, op: Operation) -> None:
        """Note that an operation was made in a context inside this one."""
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(op)

    def GetControlPivot(self) -> Tensor | None:
        """The tensor that operations without inputs wait for, or None."""
        return None

    def GetWhileContext(self) -> ControlFlowContext | None:
        """The innermost loop that it is or lies in, or None."""
        return None if self._outer_context is None else self._outer_context.GetWhileContext()

    def IsWhileContext(self) -> bool:
        """Whether it is a loop."""
        return False

    def IsCondContext(self) -> bool:
        """Whether it is a branch of a conditional."""
        return False

    def IsXLAContext(self) -> bool:
        """Whether it is a region that the program wants compiled."""
        return False

    def _RemoveExternalControlEdges(self, op: Operation) -> tuple[list[Operation], list[Operation]]:
        """Take the control inputs from outside the innermost loop away from `op`.

        Returns:
            Those that stay, and those that were taken away.
        """
        controls = op.control_inputs
        loop = self.GetWhileContext()
        if loop is None:
            return controls, []
        internal: list[Operation] = []
        external: list[Operation] = []
        for control in controls:
            context = output_context(control)
            inside = context is not None and context.GetWhileContext() is loop
            (internal if inside else external).append(control)
        if external:
            op._remove_all_control_inputs()
            op._add_control_inputs(internal)
        return internal, external

    def _know_everywhere(self, names: Iterable[str]) -> None:
        """Take tensors for its own and for those of all contexts around it."""
        names = list(names)
        context: ControlFlowContext | None = self
        while context is not None:
            context._values.update(names)
            context = context._outer_context

    def to_control_flow_context_def(self, context_def: Any, export_scope: str | None = None) -> None:
        """Write it into a `ControlFlowContextDef`.

        Args:
            context_def: the proto.
            export_scope: a name scope taken away from all names.
        """
        raise NotImplementedError("Abstract method")

    def __str__(self) -> str:
        return self.name


# -- kinds of operations ---------------------------------------------------------------


def is_switch(op: Operation) -> bool:
    """Whether it hands its input to one of two sides."""
    return op.type in ("Switch", "RefSwitch")


def is_merge(op: Operation) -> bool:
    """Whether it hands on whichever input there is."""
    return op.type in ("Merge", "RefMerge")


def is_loop_enter(op: Operation) -> bool:
    """Whether it brings a value into a loop."""
    return op.type in ("Enter", "RefEnter")


def is_loop_exit(op: Operation) -> bool:
    """Whether it takes a value out of a loop."""
    return op.type in ("Exit", "RefExit")


def is_cond_switch(op: Operation) -> bool:
    """Whether it is the Switch of a conditional: all that takes its outputs lies in branches."""
    return (
        is_switch(op)
        and bool(op.outputs)
        and all(_takes_in_branch(consumer) for output in op.outputs for consumer in output.consumers())
    )


def _takes_in_branch(consumer: Operation) -> bool:
    context = consumer._control_flow_context
    if is_loop_enter(consumer) and context is not None:
        context = context.outer_context
    return context is not None and context.IsCondContext()


def is_cond_merge(op: Operation) -> bool:
    """Whether it is the Merge of a conditional: all its inputs come from branches."""
    if not is_merge(op) or not op.inputs:
        return False
    contexts = [output_context(tensor.op) for tensor in op.inputs]
    return all(context is not None and context.IsCondContext() for context in contexts)


def is_loop_switch(op: Operation) -> bool:
    """Whether it is the Switch of a loop variable."""
    context = op._control_flow_context
    return is_switch(op) and context is not None and context.IsWhileContext() and not is_cond_switch(op)


def is_loop_merge(op: Operation) -> bool:
    """Whether it is the Merge of a loop variable."""
    context = op._control_flow_context
    return is_merge(op) and context is not None and context.IsWhileContext() and not is_cond_merge(op)


def is_loop_constant_enter(op: Operation) -> bool:
    """Whether it brings something into a loop that stays the same there."""
    return is_loop_enter(op) and bool(op.attrs["is_constant"])


def loop_constant_enter(value: Tensor) -> Operation | None:
    """The Enter by which a loop's invariant came in, if `value` can be seen to be one."""
    op = value.op
    while op.type in ("Switch", "RefSwitch", "Identity", "RefIdentity"):
        op = op.inputs[0].op
    return op if is_loop_constant_enter(op) else None


# -- where operations are --------------------------------------------------------------


def output_context(op: Operation) -> ControlFlowContext | None:
    """The context in which the outputs of `op` can be used: of an Exit, the one around the loop."""
    context = op._control_flow_context
    if context is not None and is_loop_exit(op):
        return context.outer_context
    return context


def while_context(op: Operation) -> Any:
    """The innermost loop that `op` lies in, or None."""
    context = op._control_flow_context
    return None if context is None else context.GetWhileContext()


def containing_while_context(
    context: ControlFlowContext | None, stop_context: ControlFlowContext | None = None
) -> ControlFlowContext | None:
    """The innermost loop that `context` is or lies in; `stop_context` if that comes first."""
    while context is not None and not context.IsWhileContext() and context is not stop_context:
        context = context.outer_context
    return context


def containing_cond_context(context: ControlFlowContext | None) -> ControlFlowContext | None:
    """The innermost branch that `context` is or lies in."""
    while context is not None and not context.IsCondContext():
        context = context.outer_context
    return context


class XLAControlFlowContext(ControlFlowContext):
    """The base of regions that the program wants compiled."""

    def __init__(self) -> None:
        super().__init__()
        self._name = "XLAControlFlowContext"

    def IsXLAContext(self) -> bool:
        """Whether it is such a region."""
        return True

    def AddOp(self, op: Operation) -> None:
        """Take in an operation that was just made in it."""

    def AddValue(self, val: Tensor) -> Tensor:
        """What stands for a tensor in it: the tensor."""
        return val


def containing_xla_context(context: ControlFlowContext | None) -> ControlFlowContext | None:
    """The innermost region to be compiled that `context` is or lies in."""
    while context is not None and not context.IsXLAContext():
        context = context.outer_context
    return context


def is_containing_context(
    context: ControlFlowContext | None, maybe_containing: ControlFlowContext | None
) -> bool:
    """Whether `maybe_containing` is `context` or lies around it; None lies around all."""
    while context is not maybe_containing:
        if context is None:
            return False
        context = context.outer_context
    return True


def op_in_context(op: Operation, context: ControlFlowContext | None) -> bool:
    """Whether `op` was made in `context` or inside of it."""
    return is_containing_context(op._control_flow_context, context)


def check_input_from_valid_context(op: Operation, input_op: Operation) -> None:
    """Refuse an input from inside a loop that `op` does not lie in.

    Raises:
        ValueError: the input is made in a loop, and `op` neither in it nor in its gradient.
    """
    context, input_context = op._control_flow_context, output_context(input_op)
    if input_context is None or context is input_context:
        return
    loop: Any = containing_while_context(context)
    input_loop: Any = containing_while_context(input_context)
    if loop is None:
        # The nodes that bring a value into a region are made outside of it.
        if input_loop is None or is_loop_enter(op) or is_switch(op):
            return
        raise ValueError(
            f"Cannot use '{input_op.name}' as input to '{op.name}' because '{input_op.name}' is in a while "
            "loop. See info log for more details."
        )
    if is_containing_context(loop, input_loop) or _belongs_to_gradient(loop, input_context, input_loop):
        return
    raise ValueError(
        f"Cannot use '{input_op.name}' as input to '{op.name}' because they are in different while loops. "
        "See info log for more details."
    )


def _belongs_to_gradient(loop: Any, input_context: Any, input_loop: Any) -> bool:
    """Whether one loop makes the gradient of the other, or of one that lies around it."""
    if loop.grad_state is not None:
        forward = loop.grad_state.forward_context
        if is_containing_context(forward, input_loop) or forward is input_loop._outer_context:
            return True
    if input_loop.grad_state is None:
        return False
    forward = input_context.grad_state.forward_context
    if forward is loop:
        return True
    return forward.grad_state is not None and forward.grad_state.forward_context is loop
