"""The steps a session has planned: each one once, in whatever structure and order it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.resources.resources import Resources
from perdure.runtime.plan import plan
from perdure.runtime.planning.place import Placer
from perdure.runtime.planning.simplify import NONE
from perdure.session import watching
from perdure.session.config import Settings
from perdure.session.feeds import as_fed
from perdure.session.fetches import FetchMapping

# A program may fetch in ever new structures and orders; those beyond so many are forgotten.
MAX_READY = 1000


class StepKey(NamedTuple):
    """What a step computes, in the order of the graph: equal keys are one step.

    Attributes:
        tensors: what is fetched.
        targets: what is run besides.
        feeds: what is fed.
        in_parts: whether it is run in parts, and then every operation of it just as the graph has it.
    """

    tensors: tuple[Tensor, ...]
    targets: tuple[Operation, ...]
    feeds: tuple[Tensor, ...]
    in_parts: bool

    @property
    def fetch_names(self) -> list[str]:
        """The names of what is fetched and run."""
        names = [tensor.name.removesuffix(":0") for tensor in self.tensors]
        return names + [op.name for op in self.targets]

    @property
    def feed_names(self) -> list[str]:
        """The names of what is fed."""
        return [tensor.name.removesuffix(":0") for tensor in self.feeds]


def step_key(
    tensors: Sequence[Tensor], targets: Sequence[Operation], feeds: Sequence[Tensor], in_parts: bool = False
) -> StepKey:
    """The key of a step.

    Args:
        tensors: the distinct tensors that are fetched.
        targets: the distinct operations that are run.
        feeds: the distinct tensors that are fed.
        in_parts: whether it is run in parts.
    """
    fed = set(feeds)
    # An operation runs anyway if a tensor of it is computed.
    computed = {tensor.op for tensor in tensors if tensor not in fed}
    return StepKey(
        tuple(sorted(tensors, key=_place)),
        tuple(sorted((op for op in targets if op not in computed), key=lambda op: op.node_id)),
        tuple(sorted(feeds, key=_place)),
        in_parts,
    )


def _positions(where: Sequence[Tensor], tensors: Sequence[Tensor]) -> list[int]:
    positions = {tensor: position for position, tensor in enumerate(where)}
    return [positions[tensor] for tensor in tensors]


def _place(tensor: Tensor) -> tuple[int, int]:
    return tensor.op.node_id, tensor.value_index


class Steps:
    """What a session has planned.

    Args:
        graph: the graph.
        resources: what the session owns.
        placer: says where operations run.
        settings: what its ConfigProto says.
        made_at: where the session was made.

    Attributes:
        planned: the planned steps.
        ready: for each mapping of fetches, alone or followed by the fed tensors, what runs it: a planned
            step, with its fetches and feeds in that order.
    """

    def __init__(
        self, graph: Graph, resources: Resources, placer: Placer, settings: Settings, made_at: str
    ) -> None:
        self.planned: dict[StepKey, Any] = {}
        self.ready: dict[Any, Any] = {}
        self._graph = graph
        self._resources = resources
        self._placer = placer
        self._settings = settings
        self._made_at = made_at
        self._structure = graph._structure_version

    def clear(self) -> None:
        """Forget them."""
        self.planned.clear()
        self.ready.clear()

    def step(self, mapping: FetchMapping, feeds: tuple[Tensor, ...]) -> Any:
        """What runs a step, planned if it is not known yet or operations of the graph have changed.

        Args:
            mapping: what is fetched.
            feeds: what is fed, in the order in which the values will be given.

        Raises:
            tf.errors.OpError: the step cannot be planned.
        """
        self._check_structure()
        key = (mapping, *feeds) if feeds else mapping
        found = self.ready.get(key)
        if found is None:
            step = step_key(mapping.tensors, mapping.targets, feeds)
            planned = self._planned(step)
            found = planned.reordered(
                _positions(step.tensors, mapping.tensors), _positions(step.feeds, feeds)
            )
            found = as_fed(found, mapping.tensors, mapping.targets, feeds)
            if len(self.ready) >= MAX_READY:
                self.ready.clear()
            self.ready[key] = found
        return found

    def in_parts(self, key: StepKey) -> Any:
        """The executable of a step that is run in parts, for fetches and feeds in the order of `key`."""
        self._check_structure()
        return self._planned(key)

    def _check_structure(self) -> None:
        if self._structure != self._graph._structure_version:
            self.clear()
            self._structure = self._graph._structure_version

    def _planned(self, key: StepKey) -> Any:
        found = self.planned.get(key)
        if found is None:
            self._graph.check_types()
            self._graph.looked_at()
            simplifications = NONE if key.in_parts else self._settings.simplifications
            executable: Any = plan(
                key.tensors, key.targets, key.feeds, self._resources, self._placer, simplifications
            )
            if not key.in_parts:
                executable = watching.watched(
                    executable,
                    (*key.tensors, *key.targets),
                    key.feeds,
                    self._made_at,
                    self._settings.timeout_seconds,
                    self._placer,
                )
            # Another thread may have planned it meanwhile: runs of one plan are counted in one place.
            found = self.planned.setdefault(key, executable)
        return found
