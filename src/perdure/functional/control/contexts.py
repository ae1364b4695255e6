"""All kinds of contexts: which one a message holds."""

from __future__ import annotations

from typing import Any

from perdure.functional.control.cond_context import CondContext
from perdure.functional.control.while_context import WhileContext
from perdure.graph.control_flow import ControlFlowContext


def from_control_flow_context_def(context_def: Any, import_scope: str | None = None) -> ControlFlowContext:
    """The context that a `ControlFlowContextDef` describes.

    Args:
        context_def: the proto.
        import_scope: a name scope put in front of all names.

    Raises:
        NotImplementedError: it holds neither a conditional nor a loop.
    """
    if context_def.HasField("cond_ctxt"):
        return CondContext.from_proto(context_def.cond_ctxt, import_scope=import_scope)
    if context_def.HasField("while_ctxt"):
        return WhileContext.from_proto(context_def.while_ctxt, import_scope=import_scope)
    raise NotImplementedError(f"Unknown ControlFlowContextDef field: {context_def.WhichOneof('ctxt')}")
