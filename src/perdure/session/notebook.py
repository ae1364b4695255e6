"""What a session owns, for `Session._repr_html_`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perdure.drawing.session import session_html
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.executable import HostUnit
from perdure.session.steps import StepKey

if TYPE_CHECKING:
    from perdure.session.session import BaseSession

_LISTED = 4


def describe(session: BaseSession) -> str:
    """A session as HTML."""
    state = "closed" if session._closed else "closed by Session.reset" if session._was_reset else "open"
    resources = session._resources
    variables = [
        (v.name, v.dtype.name, _shape(v.shape), v.nbytes)
        for v in list(resources.variables.values())
        if v.initialized
    ]
    objects = [(found.kind, name, found.state) for name, found in resources.listed()]
    steps = [_step(key, executable) for key, executable in list(session._executables.items())]
    operations = len(session.graph.get_operations())
    return session_html(type(session).__name__, state, session.made_at, operations, variables, objects, steps)


def _shape(shape: Any) -> str:
    return "any shape" if shape is None else f"[{', '.join('?' if n is None else str(n) for n in shape)}]"


def _step(key: StepKey, executable: Any) -> tuple[str, str, int, int, int]:
    clusters = [unit for unit in executable.units if isinstance(unit, Cluster)]
    programs = sum(s.program is not None for cluster in clusters for s in cluster.specialisations.values())
    host = sum(len(unit.instructions) for unit in executable.units if isinstance(unit, HostUnit))
    return _listed(key.fetch_names), _listed(key.feed_names), len(clusters), host, programs


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
