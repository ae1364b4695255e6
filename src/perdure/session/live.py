"""Which sessions are open, and what each of them owns."""

from __future__ import annotations

import atexit
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from perdure.resources.resource import Resource
from perdure.resources.resources import Variable
from perdure.runtime.execution.cluster import Cluster
from perdure.session import servers
from perdure.session.session import BaseSession, open_sessions


@dataclass(frozen=True, slots=True)
class LiveSession:
    """An open session.

    Attributes:
        made_at: the file and line that made it.
        operations: how many operations its graph has.
        variables: the bytes of each variable that has a value, by name.
        planned_steps: how many pairs of fetches and feeds it has planned.
        compiled_programs: how many programs were compiled for it.
        others: queues, staging areas and other objects, as "kind name".
        others_nbytes: the bytes that these hold.
        target: that of its server, which owns the variables and shared objects then; "" without one.
    """

    made_at: str
    operations: int
    variables: dict[str, int]
    planned_steps: int
    compiled_programs: int
    others: tuple[str, ...]
    others_nbytes: int
    target: str = ""

    @property
    def nbytes(self) -> int:
        """The bytes of all variables and other objects."""
        return sum(self.variables.values()) + self.others_nbytes

    def __str__(self) -> str:
        lines = [f"session made at {self.made_at}"]
        if self.target:
            lines[0] += f", on {self.target}, which owns the variables"
        nbytes = sum(self.variables.values())
        lines.append(
            f"  {len(self.variables)} variables, {nbytes:,} bytes; {self.planned_steps} planned steps, "
            f"{self.compiled_programs} compiled programs"
        )
        largest = sorted(self.variables.items(), key=lambda item: -item[1])
        lines += [f"  {nbytes:>14,} bytes  {name}" for name, nbytes in largest[:5]]
        if len(largest) > 5:
            lines.append(f"  and {len(largest) - 5} more variables")
        lines += [f"  {other}" for other in self.others]
        return "\n".join(lines)


def live_sessions() -> list[LiveSession]:
    """The sessions of this process that are not closed, with what each owns."""
    return [_described(session) for session in list(open_sessions)]


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A server of this process that somebody can still open sessions on.

    Attributes:
        target: its target.
        made_at: the file and line that made it.
        sessions: how many sessions on it are open.
        variables: the bytes of each variable that has a value, by name.
        others: shared queues and other objects, as "kind name".
        others_nbytes: the bytes that these hold.
    """

    target: str
    made_at: str
    sessions: int
    variables: dict[str, int]
    others: tuple[str, ...]
    others_nbytes: int


def live_servers() -> list[LiveServer]:
    """The servers of this process that are still kept, with what each owns."""
    return [
        LiveServer(
            server.name,
            server.made_at,
            sum(session._server is server for session in list(open_sessions)),
            _sizes(server.state.objects[Variable.kind].values()),
            *_others(server.state.listed()),
        )
        for server in servers.live()
    ]


def _described(session: BaseSession) -> LiveSession:
    resources = session._resources
    executables = list(session._executables.values())
    owns_state = resources.owns_state
    return LiveSession(
        session.made_at,
        len(session.graph.get_operations()),
        _sizes(resources.variables.values()) if owns_state else {},
        len(executables),
        sum(_programs(executable) for executable in executables),
        *_others(resources.listed(shared=owns_state)),
        "" if session._server is None else session._server.name,
    )


def _sizes(variables: Iterable[Variable]) -> dict[str, int]:
    return {v.name: v.nbytes for v in list(variables) if v.initialized}


def _others(owned: list[tuple[str, Resource]]) -> tuple[tuple[str, ...], int]:
    """Objects as "kind name", and the bytes they hold."""
    names = tuple(f"{found.kind} {name}".strip() for name, found in owned)
    return names, sum(found.nbytes for _, found in owned)


def _programs(executable: Any) -> int:
    return sum(
        specialisation.program is not None
        for unit in executable.units
        if isinstance(unit, Cluster)
        for specialisation in unit.specialisations.values()
    )


def report_leaks_at_exit() -> None:
    """Tell at the end of the process which sessions were never closed; what `perdure run --leaks` does."""
    # Those that were dropped are reported by their finalizers, which are silent unless asked for.
    warnings.filterwarnings("always", "unclosed Session", ResourceWarning)
    atexit.register(_report)


def _report() -> None:
    leaked = live_sessions()
    if leaked:
        print(f"\nperdure: {len(leaked)} sessions were never closed", file=sys.stderr)
        for session in leaked:
            print(session, file=sys.stderr)
