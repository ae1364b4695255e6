"""Gradients of what conditionals and loops are made of.

A Switch becomes a Merge and a Merge a Switch, an Exit an Enter and an Enter an Exit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.control.control_flow import enter, exit, merge, switch, switch_ref_or_tensor
from perdure.functional.control.while_context import add_back_edge
from perdure.functional.math import binary
from perdure.functional.structure import leaves_of
from perdure.gradients.loop_nodes import accumulate, accumulate_slices, inside, outside
from perdure.graph import dtypes
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.control_flow import output_context
from perdure.graph.defaults import get_default_graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


def _open_context() -> Any:
    return get_default_graph()._get_control_flow_context()


def _switch(op: Operation, d_false: Any, d_true: Any) -> Any:
    context: Any = op._control_flow_context
    if context is None:
        without = switch(d_false, op.inputs[1])[0]
        with_ = switch(d_true, op.inputs[1])[1]
        return merge([without, with_])[0], None
    if context.IsWhileContext():
        return _switch_of_loop(op, d_false, d_true), None
    d_other = (d_false, d_true)[1 - context.branch]
    if d_other is None:
        # Of a type that has no zeros; a handle stands for numbers, which the other branch does not give.
        if op.inputs[0].dtype is dtypes.resource:
            return merge([(d_false, d_true)[context.branch]] * 2, name="cond_resource_grad")[0], None
        return None, None
    return merge([d_false, d_true], name="cond_grad")[0], None


def _switch_of_loop(op: Operation, d_exit: Any, d_body: Any) -> Any:
    """A loop variable's Switch comes twice: from its Exit, and from the body."""
    switch_map = _open_context().grad_state.switch_map
    if op in switch_map:
        if d_body is not None:
            add_back_edge(switch_map[op], d_body, enforce_shape_invariant=False)
        return None
    if d_exit is None:
        return None
    # The second input is put right when the body has been passed.
    merged = switch_map[op] = merge([d_exit, d_exit], name="b_switch")[0]
    return merged


def _merge(op: Operation, d_output: Any, _: Any) -> Any:
    context: Any = output_context(op.inputs[0].op)
    if context is None:
        chosen = [binary.equal(op.outputs[1], i) for i in range(len(op.inputs))]
        return [switch_ref_or_tensor(d_output, each)[1] for each in chosen]
    open_context = _open_context()
    if context.IsWhileContext():
        return switch_ref_or_tensor(d_output, open_context.pivot)
    pred = context.pred
    if open_context is not None and open_context.grad_state is not None:
        pred = _saved_pred(open_context.grad_state, pred)
    return switch_ref_or_tensor(d_output, pred, name="cond_grad")


def _saved_pred(state: Any, pred: Tensor) -> Tensor:
    """The condition that a conditional in a loop had in the iteration."""
    saved = state.history_map.get(pred.name)
    if saved is None:
        with outside(state.grad_context):
            history = state.AddForwardAccumulator(pred)
        saved = state.history_map[pred.name] = state.AddBackpropAccumulatedValue(history, pred)
    return saved


def _exit(op: Operation, d_output: Any) -> Any:
    context = _open_context()
    if not context.back_prop:
        return None
    forward: Any = op._control_flow_context
    if forward.grad_state is not None:
        raise TypeError("Second-order gradient for while loops not supported.")
    if not isinstance(d_output, (Tensor, IndexedSlices, SparseTensor)):
        raise TypeError(f"Type {type(d_output)} not supported")
    for part in leaves_of(d_output):
        context.AddName(part.name)
    with inside(context):
        result = enter(
            d_output,
            context.name,
            is_constant=False,
            parallel_iterations=context.parallel_iterations,
            name="b_exit",
        )
    context.loop_enters.append(result)
    return result


def _enter(op: Operation, d_output: Any) -> Any:
    context = _open_context()
    if not context.back_prop or context.grad_state is None:
        return d_output
    if not op.attrs["is_constant"]:
        result = exit(d_output)
        context.loop_exits.append(result)
        context.ExitResult(leaves_of(result))
        return result
    if isinstance(d_output, Tensor):
        return accumulate(context, op, d_output)
    if isinstance(d_output, IndexedSlices):
        return accumulate_slices(context, op, d_output)
    raise TypeError(f"Type {type(d_output)} not supported")


def _next_iteration(op: Operation, d_output: Any) -> Any:
    return d_output  # the way to the next iteration is made with the Switch


def _loop_cond(op: Operation, d_output: Any) -> None:
    return None


# By op type, from the operation and the gradients of its outputs to those of its inputs.
RULES: dict[str, Callable[..., Any]] = {
    "Switch": _switch,
    "RefSwitch": _switch,
    "Merge": _merge,
    "RefMerge": _merge,
    "Exit": _exit,
    "RefExit": _exit,
    "Enter": _enter,
    "RefEnter": _enter,
    "NextIteration": _next_iteration,
    "RefNextIteration": _next_iteration,
    "LoopCond": _loop_cond,
}
