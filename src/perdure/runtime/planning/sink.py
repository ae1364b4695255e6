"""Work moves to the latest cluster that its results allow.

The phases that cutting begins with are the earliest ones.  A step in which a host operation stands between
clusters would so compute in the first cluster what only the second one needs, and hand it over: a copy of
every variable that the second one updates, for example.  As late as possible, most of such a step is one
cluster.

Work does not move into a cluster that is specialised by values, or by sizes that the host finds (`tf.where`):
with each new size it would be compiled, or interpreted, anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.inference.shapes import sizes_follow
from perdure.runtime.planning.order import Node


@dataclass(slots=True)
class Placed:
    """A node in a phase.

    Attributes:
        node: the node; one that renews a snapshot is placed each time.
        phase: its phase; None if it only orders others.
        is_compilable: whether it is in the phase's cluster, and not among the host operations before that.
        before: what it waits for.
    """

    node: Node
    phase: int | None
    is_compilable: bool
    before: Sequence[Node]


def latest_phases(
    placed: Sequence[Placed], pinned: Collection[Node], open_phases: Sequence[int]
) -> list[int | None]:
    """The latest phases of nodes of clusters; host operations and what nothing waits for stay.

    Args:
        placed: all nodes, each behind what it waits for.
        pinned: nodes that stay.
        open_phases: the clusters into which nodes may move, in order.

    Returns:
        The new phase of each of `placed`.
    """
    # The last cluster in which a node's results are in time for all that waits for it.
    in_time: dict[Node, int] = {}
    phases: list[int | None] = []
    for place in reversed(placed):
        # What waits for an earlier run of the same node comes before this one.
        limit = in_time.pop(place.node, None)
        phase = place.phase
        if phase is not None:
            if place.is_compilable and limit is not None and place.node not in pinned:
                found = bisect_right(open_phases, limit)
                if found:
                    phase = max(phase, open_phases[found - 1])
            limit = phase if place.is_compilable else phase - 1
        phases.append(phase)
        if limit is not None:
            for earlier in place.before:
                in_time[earlier] = min(limit, in_time.get(earlier, limit))
    phases.reverse()
    return phases


def check_phases(placed: Sequence[Placed], phases: Sequence[int | None]) -> None:
    """What must hold afterwards: everything runs behind what it waits for, writers behind readers too.

    Raises:
        AssertionError: it does not; a bug of perdure.
    """
    # The first phases of host operations and of clusters behind a node.
    behind: dict[Node, tuple[int, int]] = {}
    for place, phase in zip(placed, phases, strict=True):
        earliest = [max((behind[n][kind] for n in place.before if n in behind), default=0) for kind in (0, 1)]
        if phase is None:
            behind[place.node] = earliest[0], earliest[1]
            continue
        if phase < earliest[place.is_compilable]:
            raise AssertionError(f"{place.node} moved before what it waits for")
        behind[place.node] = (phase + 1, phase) if place.is_compilable else (phase, phase)


def phases_of_varying_sizes(
    placed: Sequence[Placed], inputs_of: Callable[[Operation], Iterable[Tensor]]
) -> set[int]:
    """The clusters some inputs of which have sizes that neither the graph nor the feeds determine.

    Args:
        placed: all nodes, each behind what it waits for.
        inputs_of: the tensors that an operation takes; those that are fed may be missing.
    """
    varying: set[Tensor] = set()
    found: set[int] = set()
    for place in placed:
        node = place.node
        if place.phase is None or not isinstance(node, Operation):
            continue
        is_varying = not varying.isdisjoint(inputs_of(node))
        if is_varying and place.is_compilable:
            found.add(place.phase)
        if is_varying or not place.is_compilable and not sizes_follow(node):
            varying.update(t for t in node.outputs if t._shape is None or None in t._shape)
    return found
