"""Questions about operations and contexts that only programs ask which import from inside TensorFlow."""

from __future__ import annotations

from typing import Any

from perdure.graph.control_flow import (
    ControlFlowContext,
    containing_cond_context,
    containing_while_context,
    containing_xla_context,
    op_in_context,
)
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


def IsInWhileLoop(op: Operation) -> bool:  # noqa: N802 - TensorFlow's name
    """Whether an operation lies in a loop."""
    return containing_while_context(op._control_flow_context) is not None


def IsInCond(op: Operation) -> bool:  # noqa: N802 - TensorFlow's name
    """Whether an operation lies in a branch of a conditional."""
    return containing_cond_context(op._control_flow_context) is not None


def IsInXLAContext(op: Operation) -> bool:  # noqa: N802 - TensorFlow's name
    """Whether an operation lies in a region that the program wants compiled."""
    return bool(op.attrs.get("_XlaCompile")) or containing_xla_context(op._control_flow_context) is not None


def InXlaContext(graph: Graph) -> bool:  # noqa: N802 - TensorFlow's name
    """Whether operations are made now in a region that the program wants compiled."""
    return containing_xla_context(graph._get_control_flow_context()) is not None


def GraphOrParentsInXlaContext(graph: Any) -> bool:  # noqa: N802 - TensorFlow's name
    """As `InXlaContext`, of a graph or of those around it."""
    while graph is not None:
        if InXlaContext(graph):
            return True
        graph = graph.outer
    return False


def TensorInContext(tensor: Tensor, ctxt: ControlFlowContext | None) -> bool:  # noqa: N802 - TensorFlow's name
    """Whether a tensor was made in a context or inside of it."""
    return op_in_context(tensor.op, ctxt)
