"""Whether conditionals and loops are nodes of the graph that they are in, or functions."""

from __future__ import annotations

from perdure.graph.graph import Graph
from perdure.graph.stacks import get_default_graph

_in_all_graphs = False


def enable_control_flow_v2() -> None:
    """Let conditionals and loops be functions in all graphs, not only in the bodies of functions."""
    global _in_all_graphs
    _in_all_graphs = True


def disable_control_flow_v2() -> None:
    """Let them be nodes of the graph that they are in, outside of functions."""
    global _in_all_graphs
    _in_all_graphs = False


def control_flow_v2_enabled() -> bool:
    """Whether they are functions now."""
    return uses_functions(get_default_graph())


def uses_functions(graph: Graph) -> bool:
    """Whether conditionals and loops in a graph are functions."""
    return _in_all_graphs or graph.uses_functions
