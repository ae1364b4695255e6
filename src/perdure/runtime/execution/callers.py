"""What a session owns, as the function of a call sees it: what belongs to a node belongs to a node of a call.

TensorFlow puts the body of a function in the place of each call of it, unless it is said not to, so that each
call draws its own random numbers.
"""

from __future__ import annotations

from typing import Any

from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.resources.resources import Resources
from perdure.resources.streams import Calls, RandomStream


class OfCall:
    """What a session owns, but for streams and counters of nodes, which are those of a call.

    Args:
        resources: what the caller sees.
        caller: comes before the names of nodes.
    """

    def __init__(self, resources: Any, caller: str) -> None:
        self._resources = resources
        self._caller = caller

    def get(self, cls: Any, node_name: str = "", *place: str, **details: Any) -> Any:
        """See `Resources.get`."""
        if cls in (RandomStream, Calls):
            node_name = self._caller + node_name
        return self._resources.get(cls, node_name, *place, **details)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._resources, name)


def seen_by(function: Function, op: Operation, resources: Resources) -> Resources:
    """What `resources` are to a function that `op` calls.

    Args:
        function: the function; one that planning has made of nodes sees what these do.
        op: the caller.
        resources: what the caller sees.
    """
    if type(function) is Function and function.is_lifted:
        return resources
    caller = function.name if getattr(function, "is_kept_apart", False) else f"{op.name}/{function.name}"
    found: Any = OfCall(resources, f"{caller}/")
    return found  # type: ignore[no-any-return]
