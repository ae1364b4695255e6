"""The context of a loop: what it uses from outside comes in through constant Enters; how a loop is built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.array.array import identity
from perdure.functional.control import context_protos
from perdure.functional.control.control_flow import (
    as_indexed_slices,
    enter,
    exit,
    loop_cond,
    merge,
    next_iteration,
    pass_on,
    switch_ref_or_tensor,
)
from perdure.functional.control.loop_shapes import check_next, invariant_of, set_shape_invariants
from perdure.functional.control.tensor_arrays import TensorArray, flow_of, with_flows
from perdure.functional.structure import check_same, has_parts, leaves_of, pack
from perdure.graph import nest
from perdure.graph.composite import IndexedSlices, convert_to_tensor_or_indexed_slices
from perdure.graph.control_flow import (
    ControlFlowContext,
    containing_xla_context,
    is_loop_constant_enter,
    is_loop_exit,
    output_context,
    while_context,
)
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import (
    control_dependencies,
    get_collection,
    get_collection_ref,
    get_default_graph,
)
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

# Made in the forward loop where the gradient asks for them: what is saved are their results, which are small.
_MADE_FORWARD = {"Shape", "Size", "Rank"}


class WhileContext(ControlFlowContext):
    """A loop.

    Args:
        maximum_iterations: a scalar tensor that bounds the number of iterations, or None.
        parallel_iterations: how many iterations may run at a time.
        back_prop: whether gradients flow through it.
        swap_memory: whether what its gradient needs may be moved to the host.
        name: its name, made unique: the name of the frame.
        grad_state: for the loop of a gradient, what is known of the loop it belongs to.
        context_def: a `WhileContextDef` to take everything from instead.
        import_scope: a name scope put in front of the names in `context_def`.

    Raises:
        ValueError: `parallel_iterations` is not a positive integer.
    """

    _pivot_for_pred: Any = None  # what the condition's operations without inputs wait for
    _pivot_for_body: Any = None  # what those of the body wait for
    _pivot: Any = None  # whether there is another iteration

    def __init__(
        self,
        maximum_iterations: Any = None,
        parallel_iterations: int = 10,
        back_prop: bool = True,
        swap_memory: bool = False,
        name: str = "while_context",
        grad_state: Any = None,
        context_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        super().__init__()
        self._grad_state = grad_state
        self._graph = get_default_graph()
        self._loop_exits: list[Tensor] = []
        self._loop_enters: list[Tensor] = []
        if context_def is not None:
            self._take_proto(context_def, import_scope)
            return
        if not isinstance(parallel_iterations, int) or parallel_iterations <= 0:
            raise ValueError(f"`parallel_iterations` must be a positive integer: {parallel_iterations}")
        self._name = self._graph.unique_name(name)
        self._maximum_iterations = maximum_iterations
        self._parallel_iterations = parallel_iterations
        self._back_prop = back_prop
        self._swap_memory = swap_memory

    @property
    def maximum_iterations(self) -> Any:
        """The bound on the number of iterations, a tensor or None."""
        return self._maximum_iterations

    @property
    def parallel_iterations(self) -> int:
        """How many iterations may run at a time."""
        return self._parallel_iterations

    @property
    def back_prop(self) -> bool:
        """Whether gradients flow through it."""
        return self._back_prop

    @property
    def swap_memory(self) -> bool:
        """Whether what its gradient needs may be moved to the host."""
        return self._swap_memory

    @property
    def pivot(self) -> Tensor:
        """Whether there is another iteration."""
        return self._pivot

    @property
    def loop_enters(self) -> list[Tensor]:
        """The loop variables where they come in."""
        return self._loop_enters

    @property
    def loop_exits(self) -> list[Tensor]:
        """The loop variables where they leave."""
        return self._loop_exits

    @property
    def grad_state(self) -> Any:
        """For the loop of a gradient, what is known of the loop it belongs to; else None."""
        return self._grad_state

    def GetWhileContext(self) -> WhileContext:
        return self

    def IsWhileContext(self) -> bool:
        return True

    def GetControlPivot(self) -> Tensor | None:
        return self._pivot_for_pred if self._pivot_for_body is None else self._pivot_for_body

    # -- what is made and used in it -----------------------------------------------------

    def AddValue(self, val: Tensor) -> Tensor:
        # What is read from a GraphDef belongs to the context before its name is known here.
        if val.name in self._values or val.op._control_flow_context is self:
            return self._external_values.get(val.name, val)
        self._values.add(val.name)
        state = _open_grad_state()
        if state is not None and _loop_of_value(val) is state.forward_context:
            result = state.GetRealValue(val)
        else:
            result = self._entered(val)
        self._external_values[val.name] = result
        return result

    def _entered(self, val: Tensor) -> Tensor:
        outside = val if self._outer_context is None else self._outer_context.AddValue(val)
        with control_dependencies(None):
            result = self._enter(outside, is_constant=True)
            self._note_enter(result)
        self._FixControlInputsAndContext([result])
        self._values.add(result.name)
        return result

    def _enter(self, value: Any, is_constant: bool = False, **options: Any) -> Any:
        return enter(
            value,
            self._name,
            is_constant=is_constant,
            parallel_iterations=self._parallel_iterations,
            **options,
        )

    def _note_enter(self, entered: Tensor) -> None:
        entered.graph.prevent_feeding(entered)
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(entered.op)

    def AddOp(self, op: Operation) -> None:
        if op.type in _MADE_FORWARD and containing_xla_context(self) is None:
            state = _open_grad_state()
            if state is not None and while_context(op.inputs[0].op) is state.forward_context:
                forward: Any = op.inputs[0].op._control_flow_context
                op._set_control_flow_context(forward)
                forward._AddOpInternal(op)
                return
        self._AddOpInternal(op)

    def _AddOpInternal(self, op: Operation) -> None:
        if op.inputs:
            for index, tensor in enumerate(op.inputs):
                inside = self.AddValue(tensor)
                if inside is not tensor:
                    op._update_input(index, inside)
            _, external = self._RemoveExternalControlEdges(op)
            if _is_free(op):
                self._wait_for_pivot(op)
        else:
            internal, external = self._RemoveExternalControlEdges(op)
            if not internal:
                self._wait_for_pivot(op)
        self._values.update(output.name for output in op.outputs)
        if external:
            op._add_control_inputs(self._inside(external))
        if self._outer_context is not None or not is_loop_exit(op):
            op.graph.prevent_fetching(op)
            for output in op.outputs:
                op.graph.prevent_feeding(output)
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(op)

    def _wait_for_pivot(self, op: Operation) -> None:
        pivot = self.GetControlPivot()
        if pivot is None:
            raise AttributeError(f"the loop {self._name!r} has no node yet that '{op.name}' could wait for")
        op._add_control_input(pivot.op)

    def _inside(self, controls: Sequence[Operation]) -> list[Operation]:
        """Operations of the loop that wait for operations outside: by their outputs, if they have some."""
        with control_dependencies(None):
            self.Enter()
            waiting = [identity(control.outputs[0]).op for control in controls if control.outputs]
            self.Exit()
        return waiting

    def _FixControlInputsAndContext(self, enters: Sequence[Tensor]) -> None:
        """Put Enters into this context, waiting for what the open scopes say outside of the loop."""
        scopes = get_default_graph().scopes
        for entered in enters:
            op = entered.op
            controls = [control for control in scopes.control_inputs(op.inputs) if self._is_around(control)]
            op._set_control_flow_context(self)
            op._add_control_inputs(controls)
            scopes.has_seen(op)

    def _is_around(self, control: Operation) -> bool:
        """Whether `control` lies around this loop, within the next one."""
        wanted, context = output_context(control), self._outer_context
        loop = None if context is None else context.GetWhileContext()
        while context is not wanted:
            if context is None or context is loop:
                return False
            context = context.outer_context
        return True

    # -- building it -------------------------------------------------------------------

    def BuildLoop(
        self,
        pred: Callable[..., Any],
        body: Callable[..., Any],
        loop_vars: Any,
        shape_invariants: Any,
        return_same_structure: bool,
    ) -> Any:
        """Make the operations of `pred` and `body` in it.

        Args:
            pred, body, loop_vars, return_same_structure: as of `tf.while_loop`.
            shape_invariants: the shapes of the loop variables' tensors, nested in any way, or None.

        Returns:
            The loop variables behind the loop.
        """
        flows = [convert_to_tensor_or_indexed_slices(flow_of(item)) for item in nest.flatten(loop_vars)]
        starts = leaves_of(flows)
        if shape_invariants is None:
            shape_invariants = [invariant_of(item) for item in flows]
        shapes = nest.flatten(shape_invariants)
        try:
            self.Enter()
            result, exits = self._build(pred, body, loop_vars, starts, shapes)
        finally:
            self.Exit()
        packed = pack(result, with_flows(leaves_of(result), exits))
        return packed if return_same_structure or len(exits) > 1 else packed[0]

    def _build(
        self,
        pred: Callable[..., Any],
        body: Callable[..., Any],
        loop_vars: Any,
        starts: list[Tensor],
        shapes: list[Any],
    ) -> tuple[Any, list[Tensor]]:
        arrays = leaves_of(loop_vars)
        merges = [merge([entered, entered])[0] for entered in self._enter_variables(starts, shapes)]
        self._pivot_for_pred = merges[0]
        condition = convert_to_tensor(pred(*pack(loop_vars, with_flows(arrays, merges))))
        self._pivot = loop_cond(condition, name="LoopCond")
        switches = [switch_ref_or_tensor(merged, self._pivot) for merged in merges]
        values = [pass_on(side[1]) for side in switches]
        self._pivot_for_body = values[0]
        arguments = pack(loop_vars, with_flows(arrays, values))
        result = _called(body, arguments)
        check_same(list(arguments), list(result))
        nexts = [convert_to_tensor_or_indexed_slices(flow_of(item)) for item in leaves_of(result)]
        if len(merges) != len(nexts):
            raise ValueError(
                f"Number of inputs and outputs of body must match loop_vars: {len(merges)}, {len(nexts)}"
            )
        for merged, value in zip(merges, nexts, strict=True):
            add_back_edge(merged, value)
        exits = [exit(side[0]) for side in switches]
        self._loop_exits = exits
        self.ExitResult(exits)
        return result, exits

    def _enter_variables(self, starts: list[Tensor], shapes: list[Any]) -> list[Tensor]:
        outer = self._outer_context
        self._values = {start.name for start in starts}
        if outer is not None:
            starts = [outer.AddValue(start) for start in starts]
        with control_dependencies(None):
            entered = [self._enter(start, use_input_shape=False) for start in starts]
            for variable in entered:
                self._note_enter(variable)
        pivot = _pivot_around(outer)
        if pivot is not None:
            for variable in entered:
                if is_loop_constant_enter(variable.op.inputs[0].op):
                    variable.op._add_control_input(pivot.op)
        set_shape_invariants(starts, entered, shapes)
        self._FixControlInputsAndContext(entered)
        self._values = {variable.name for variable in entered}
        self._loop_enters = entered
        return entered

    # -- as a proto ----------------------------------------------------------------------

    def to_proto(self, export_scope: str | None = None) -> Any:
        """It as a `WhileContextDef`; None if it lies outside of `export_scope`.

        Args:
            export_scope: a name scope taken away from all names.
        """
        return context_protos.while_to_proto(self, export_scope)

    @staticmethod
    def from_proto(context_def: Any, import_scope: str | None = None) -> WhileContext:
        """The context that a `WhileContextDef` describes, with those inside of it.

        Args:
            context_def: the proto.
            import_scope: a name scope put in front of all names.
        """
        context = WhileContext(context_def=context_def, import_scope=import_scope)
        context_protos.take_nested(context, context_def, import_scope)
        return context

    def to_control_flow_context_def(self, context_def: Any, export_scope: str | None = None) -> None:
        """Write it into a `ControlFlowContextDef`."""
        context_def.while_ctxt.CopyFrom(self.to_proto(export_scope))

    def _take_proto(self, proto: Any, import_scope: str | None) -> None:
        names = context_protos.Names(import_scope)
        limit = proto.maximum_iterations_name
        self._name = names.prefixed(proto.context_name)
        self._maximum_iterations = names.element(limit) if limit else None
        self._parallel_iterations = proto.parallel_iterations
        self._back_prop = proto.back_prop
        self._swap_memory = proto.swap_memory
        self._pivot_for_pred = names.element(proto.pivot_for_pred_name)
        self._pivot_for_body = names.element(proto.pivot_for_body_name)
        self._pivot = names.element(proto.pivot_name)
        self._loop_exits = list(map(names.element, proto.loop_exit_names))
        self._loop_enters = list(map(names.element, proto.loop_enter_names))
        context_protos.take_values(self, proto.values_def, names)
        if import_scope:
            context_protos.rename_frame(self)


def _open_grad_state() -> Any:
    """What is known of the forward loop, if a loop of a gradient is open."""
    context = get_default_graph()._get_control_flow_context()
    loop: Any = None if context is None else context.GetWhileContext()
    return None if loop is None else loop.grad_state


def _loop_of_value(val: Tensor) -> Any:
    """The loop inside of which `val` is a value: of an Exit, the one around its own."""
    context = output_context(val.op)
    return None if context is None else context.GetWhileContext()


def _is_free(op: Operation) -> bool:
    """Whether nothing but the pivot keeps `op` from running when the loop does not."""
    if op._control_inputs:
        return False
    return op.signature.calls_functions or all(is_loop_constant_enter(t.op) for t in op.inputs)


def _pivot_around(context: ControlFlowContext | None) -> Tensor | None:
    """The pivot of the innermost context that has one."""
    while context is not None:
        pivot = context.GetControlPivot()
        if pivot is not None:
            return pivot
        context = context.outer_context
    return None


def _called(body: Callable[..., Any], arguments: Any) -> Any:
    """What the body returns; it waits for the summaries that the body makes."""
    before = get_collection(GraphKeys._SUMMARY_COLLECTION)
    result = body(*arguments)
    after = get_collection(GraphKeys._SUMMARY_COLLECTION)
    if not has_parts(result):
        result = [result]
    if len(after) == len(before):
        return result
    get_collection_ref(GraphKeys._SUMMARY_COLLECTION)[:] = before
    with control_dependencies(after[len(before) :]):
        return nest.map_structure(
            lambda item: item if isinstance(item, TensorArray) else identity(item),
            result,
            expand_composites=True,
        )


def add_back_edge(merged: Any, value: Any, enforce_shape_invariant: bool = True) -> Any:
    """Lead a value back to the Merge of a loop variable.

    Args:
        merged: the output of the Merge, or a composite of such.
        value: the variable's next value.
        enforce_shape_invariant: whether the value must have the static shape of the variable.

    Returns:
        The value behind its NextIteration.
    """
    if isinstance(merged, Tensor):
        value = next_iteration(convert_to_tensor(value))
        if enforce_shape_invariant:
            check_next(merged, value)
        merged.op._update_input(1, value)
        return value
    if isinstance(merged, IndexedSlices):
        value = as_indexed_slices(value)
    value = next_iteration(value)
    for part, next_part in zip(leaves_of(merged), leaves_of(value), strict=True):
        part.op._update_input(1, next_part)
    return value
