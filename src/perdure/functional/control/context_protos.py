"""Contexts as the messages of `control_flow.proto`, both ways."""

from __future__ import annotations

from typing import Any

from perdure.formats import messages
from perdure.graph import hooks
from perdure.graph.control_flow import ControlFlowContext, is_loop_enter
from perdure.graph.scopes import prepend_name_scope, strip_name_scope
from perdure.graph.stacks import get_default_graph


class Names:
    """The names in a message, as they are in the default graph.

    Args:
        import_scope: the name scope that is put in front of them, or None.
    """

    def __init__(self, import_scope: str | None) -> None:
        self.import_scope = import_scope
        self._graph = get_default_graph()

    def prefixed(self, name: str) -> str:
        """A name of the message with the scope in front of it."""
        return prepend_name_scope(name, self.import_scope)

    def element(self, name: str) -> Any:
        """The tensor or operation of a name of the message."""
        return self._graph.as_graph_element(self.prefixed(name))


# -- writing ---------------------------------------------------------------------------


def cond_to_proto(context: Any, export_scope: str | None) -> Any:
    """A branch as a `CondContextDef`, None if it lies outside of the scope."""
    if not _lies_in(context, export_scope):
        return None
    proto = messages.CondContextDef(
        context_name=strip_name_scope(context.name, export_scope),
        pred_name=strip_name_scope(context.pred.name, export_scope),
        pivot_name=strip_name_scope(context.pivot.name, export_scope),
        branch=context.branch,
        values_def=_values_to_proto(context, export_scope),
    )
    _nested_to_proto(context, proto)
    return proto


def while_to_proto(context: Any, export_scope: str | None) -> Any:
    """A loop as a `WhileContextDef`, None if it lies outside of the scope."""
    if not _lies_in(context, export_scope):
        return None

    def name_of(tensor: Any) -> str:
        return strip_name_scope(tensor.name, export_scope)

    limit = context.maximum_iterations
    proto = messages.WhileContextDef(
        context_name=strip_name_scope(context.name, export_scope),
        parallel_iterations=context.parallel_iterations,
        maximum_iterations_name="" if limit is None else name_of(limit),
        back_prop=context.back_prop,
        swap_memory=context.swap_memory,
        pivot_for_pred_name=name_of(context._pivot_for_pred),
        pivot_for_body_name=name_of(context._pivot_for_body),
        pivot_name=name_of(context.pivot),
        loop_exit_names=map(name_of, context.loop_exits),
        loop_enter_names=map(name_of, context.loop_enters),
        values_def=_values_to_proto(context, export_scope),
    )
    _nested_to_proto(context, proto)
    return proto


def _lies_in(context: ControlFlowContext, export_scope: str | None) -> bool:
    return export_scope is None or context.name.startswith(export_scope)


def _values_to_proto(context: ControlFlowContext, export_scope: str | None) -> Any:
    proto = messages.ValuesDef(
        values=[strip_name_scope(name, export_scope) for name in sorted(context._values)]
    )
    for name, tensor in context._external_values.items():
        proto.external_values[strip_name_scope(name, export_scope)] = strip_name_scope(
            tensor.name, export_scope
        )
    return proto


def _nested_to_proto(context: ControlFlowContext, proto: Any) -> None:
    for nested in context._nested_contexts:
        nested.to_control_flow_context_def(proto.nested_contexts.add())


# -- reading ---------------------------------------------------------------------------


def take_values(context: ControlFlowContext, values_def: Any, names: Names) -> None:
    """Give a context the tensors that a `ValuesDef` lists, and their operations the context."""
    context._values = set(map(names.prefixed, values_def.values))
    for name, inner in values_def.external_values.items():
        context._external_values[names.prefixed(name)] = names.element(inner)
    graph = get_default_graph()
    for op_name in {name.split(":")[0] for name in context._values - context._external_values.keys()}:
        graph.as_graph_element(op_name)._set_control_flow_context(context)


def rename_frame(context: ControlFlowContext) -> None:
    """Give the Enters of a loop that was read under another name its new one."""
    graph = get_default_graph()
    for name in context._values:
        op = graph.as_graph_element(name).op
        if is_loop_enter(op):
            op._set_attr("frame_name", context.name)


def take_nested(context: ControlFlowContext, proto: Any, import_scope: str | None) -> None:
    """Make the contexts inside of one that was read."""
    context.Enter()
    for nested in proto.nested_contexts:
        hooks.context_from_proto(nested, import_scope)
    context.Exit()
