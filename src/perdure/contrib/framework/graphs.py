"""What a program asks of graphs: the one for some inputs, the open name scope, the placeholders."""

from __future__ import annotations

from typing import Any

from perdure.graph.defaults import get_default_graph, graph_of
from perdure.graph.graph import Graph
from perdure.graph.tensor import Tensor


def get_graph_from_inputs(op_input_list: Any, graph: Graph | None = None) -> Graph:
    """The graph that an operation on these things is made in.

    Args:
        op_input_list: a list of tensors, operations and others.
        graph: the graph, if it is known; then they must be of it.

    Raises:
        TypeError: `graph` is none.
        ValueError: they are of different graphs.
    """
    if graph and not isinstance(graph, Graph):
        raise TypeError(f"Input graph needs to be a Graph: {graph}")
    return graph_of(op_input_list, graph)


def get_name_scope() -> str:
    """The name of the scope that operations are made in now."""
    return get_default_graph().get_name_scope()


def get_placeholders(graph: Graph) -> list[Tensor]:
    """The tensors of `tf.placeholder` in a graph.

    Raises:
        TypeError: it is no graph.
    """
    if not isinstance(graph, Graph):
        raise TypeError(f"Input graph needs to be a Graph: {graph}")
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]
