"""What the operations of a graph that came from a file may do; docs/security.md has the whole picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from perdure.filesystem.policy import EVERYTHING, Policy, current_policy
from perdure.graph.graph import Graph


@contextmanager
def held_to(graph: Graph, policy: Policy) -> Iterator[None]:
    """Hold what is added to a graph in the block, and functions that come with it, to a policy.

    A `perdure.policy` that is in force takes its place: then the program has said what it wants.

    Args:
        graph: the graph.
        policy: which files its new operations may touch.
    """
    count, functions = len(graph._operations), {*graph.functions}
    yield
    if current_policy() != EVERYTHING:
        return
    for op in list(graph._operations.values())[count:]:
        vars(op)["_policy"] = policy
    for name, function in graph.functions.items():
        if name not in functions:
            function.hold_to(policy)
