"""The context of a branch: its inputs come in through Switches, and what has none waits for the pivot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import identity
from perdure.functional.control import context_protos
from perdure.functional.control.control import no_op, with_dependencies
from perdure.functional.control.control_flow import switch_ref_or_tensor
from perdure.functional.control.tensor_arrays import flow_of
from perdure.functional.structure import leaves_of
from perdure.graph import nest
from perdure.graph.control_flow import ControlFlowContext, is_loop_exit, op_in_context
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


class CondContext(ControlFlowContext):
    """One branch of a conditional.

    Args:
        pred: the condition, a boolean scalar.
        pivot: `pred` as this branch has it: what operations without inputs wait for.
        branch: 1 for the branch that runs if `pred` holds, 0 for the other one.
        name: its name, made unique.
        context_def: a `CondContextDef` to take everything from instead.
        import_scope: a name scope put in front of the names in `context_def`.
    """

    def __init__(
        self,
        pred: Any = None,
        pivot: Any = None,
        branch: Any = None,
        name: str = "cond_text",
        context_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        self._name = get_default_graph().unique_name(name)
        super().__init__()
        if context_def is not None:
            names = context_protos.Names(import_scope)
            self._name = names.prefixed(context_def.context_name)
            self._pred: Tensor = names.element(context_def.pred_name)
            self._pivot: Tensor = names.element(context_def.pivot_name)
            self._branch: int = context_def.branch
            context_protos.take_values(self, context_def.values_def, names)
            return
        self._pred, self._pivot, self._branch = pred, pivot, branch
        self._values |= {pred.name, pivot.name}
        self._external_values[pred.name] = pred
        pivot.op._set_control_flow_context(self)

    @property
    def pred(self) -> Tensor:
        """The condition."""
        return self._pred

    @property
    def pivot(self) -> Tensor:
        """The condition as this branch has it."""
        return self._pivot

    @property
    def branch(self) -> int:
        """1 if it runs when the condition holds, 0 if it runs when not."""
        return self._branch

    @property
    def grad_state(self) -> Any:
        """That of the loop around it."""
        loop = self.GetWhileContext()
        return None if loop is None else loop.grad_state

    @property
    def back_prop(self) -> bool:
        """False: gradients pass through its Switches, not through a loop of its own."""
        return False

    def GetControlPivot(self) -> Tensor:
        return self._pivot

    def IsCondContext(self) -> bool:
        return True

    # -- what is made and used in it -----------------------------------------------------

    def AddValue(self, val: Tensor) -> Tensor:
        if val.name in self._values:
            return self._external_values.get(val.name, val)
        self._values.add(val.name)
        outside = self._value_outside(val)
        with control_dependencies(None):
            result = switch_ref_or_tensor(outside, self._pred)[self._branch]
            if self._outer_context is not None:
                self._outer_context.AddInnerOp(result.op)
        result.graph.prevent_fetching(result.op)
        result.op._set_control_flow_context(self)
        self._know_everywhere([result.name])
        self._external_values[val.name] = result
        return result

    def _value_outside(self, val: Tensor) -> Tensor:
        """What stands for `val` in the context around this one."""
        if self._outer_context is None:
            return val
        outside = self._outer_context.AddValue(val)
        self._values.add(outside.name)
        self._external_values[outside.name] = outside
        return outside

    def AddOp(self, op: Operation) -> None:
        self._AddOpInternal(op)

    def _AddOpInternal(self, op: Operation) -> None:
        if op.inputs:
            self._bring_in_inputs(op)
            self._RemoveExternalControlEdges(op)
            if op.signature.calls_functions:
                op._add_control_input(self._pivot.op)
        else:
            internal, _ = self._RemoveExternalControlEdges(op)
            if not any(op_in_context(control, self) for control in internal):
                op._add_control_input(self._pivot.op)
        self._know_everywhere([output.name for output in op.outputs])
        if self._outer_context is not None or not is_loop_exit(op):
            op.graph.prevent_fetching(op)
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(op)

    def _bring_in_inputs(self, op: Operation) -> None:
        for index, tensor in enumerate(op.inputs):
            # The back edge of a loop that is read from a GraphDef: its NextIteration is taken in later.
            if op.type == "Merge" and tensor.op.type == "NextIteration":
                continue
            inside = self.AddValue(tensor)
            if inside is not tensor:
                op._update_input(index, inside)

    # -- what it returns -----------------------------------------------------------------

    def BuildCondBranch(self, fn: Callable[[], Any]) -> tuple[Any, Any]:
        """Make the operations of `fn` in it.

        Returns:
            What `fn` returned, and its tensors as they are in this branch; None twice if it returned None.
        """
        before = get_collection(GraphKeys._SUMMARY_COLLECTION)
        returned = fn()
        after = get_collection(GraphKeys._SUMMARY_COLLECTION)
        if len(after) > len(before):
            # Summaries of a branch are written by whoever uses what the branch returns.
            get_collection_ref(GraphKeys._SUMMARY_COLLECTION)[:] = before
            with control_dependencies(after[len(before) :]):
                if returned is None:
                    return no_op(), None
                returned = nest.map_structure(identity, returned, expand_composites=True)
        if returned is None:
            return None, None
        result = nest.map_structure(self._output, returned, expand_composites=True)
        return returned, result if isinstance(result, (list, tuple)) else [result]

    def _output(self, value: Any) -> Tensor:
        if isinstance(value, Operation):
            return with_dependencies([value], self._pivot)
        (flow,) = leaves_of(flow_of(value))
        return self._ProcessOutputTensor(convert_to_tensor(flow))

    def _ProcessOutputTensor(self, val: Tensor) -> Tensor:
        if val.name in self._values:
            return self._external_values.get(val.name, val)
        # A tensor from outside, returned as it is.
        self._values.add(val.name)
        outside = self._value_outside(val)
        inside = switch_ref_or_tensor(outside, self._pred)[self._branch]
        self._external_values[val.name] = inside
        return inside

    # -- as a proto ----------------------------------------------------------------------

    def to_proto(self, export_scope: str | None = None) -> Any:
        """It as a `CondContextDef`; None if it lies outside of `export_scope`.

        Args:
            export_scope: a name scope taken away from all names.
        """
        return context_protos.cond_to_proto(self, export_scope)

    @staticmethod
    def from_proto(context_def: Any, import_scope: str | None = None) -> CondContext:
        """The context that a `CondContextDef` describes, with those inside of it.

        Args:
            context_def: the proto.
            import_scope: a name scope put in front of all names.
        """
        context = CondContext(context_def=context_def, import_scope=import_scope)
        context_protos.take_nested(context, context_def, import_scope)
        return context

    def to_control_flow_context_def(self, context_def: Any, export_scope: str | None = None) -> None:
        """Write it into a `ControlFlowContextDef`."""
        context_def.cond_ctxt.CopyFrom(self.to_proto(export_scope))
