"""What a session keeps for single nodes: random streams and counts of runs."""

from __future__ import annotations

from perdure.arrays.philox import Stream
from perdure.resources.resource import Resource, Sharing


class RandomStream(Resource, Stream):
    """The random numbers of one node in one session.

    Args:
        name: the node.
        seed: its first seed.
        seed2: its second seed.
    """

    kind = "random stream"
    sharing = Sharing.NODE
    is_listed = False

    def __init__(self, name: str, seed: int, seed2: int) -> None:
        Resource.__init__(self, name)
        Stream.__init__(self, seed, seed2)


class Calls(Resource):
    """Counts how often a node has run in a session.

    Args:
        name: the node.
    """

    kind = "counter of runs"
    sharing = Sharing.NODE
    is_listed = False

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._count = 0

    def next(self) -> int:
        """One more than at the last call, starting at 1."""
        self._count += 1
        return self._count
