"""Servers of this process: what the sessions that are opened on one target have in common."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from perdure.graph.errors import (
    AbortedError,
    CancelledError,
    FailedPreconditionError,
    NotFoundError,
    UnimplementedError,
    UnknownError,
)
from perdure.graph.forking import free_in_children
from perdure.graph.source import creation_site, source_line
from perdure.resources.resources import Resources
from perdure.resources.state import State
from perdure.runtime.planning.place import Placer
from perdure.session.config import cpu_count, placer_on_server

if TYPE_CHECKING:
    from perdure.session.session import BaseSession

# Nothing listens at these ports: they only tell servers apart.  They are those that systems hand out.
_FIRST_PORT, _LAST_PORT = 49152, 65535

_registry_lock = free_in_children(threading.RLock())
_servers: weakref.WeakValueDictionary[str, LocalServer] = weakref.WeakValueDictionary()
_last_port = _FIRST_PORT - 1


class Target(str):
    """The target of a server, which it keeps: the server is there as long as somebody can name it."""

    __slots__ = ("_server",)
    _server: LocalServer

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)  # another process has no such server

    def __copy__(self) -> Target:
        return self

    def __deepcopy__(self, memo: Any) -> Target:
        return self


class LocalServer:
    """Owns the variables and shared objects of the sessions on its target; they outlive each session.

    It is kept by its `tf.train.Server`, by its target and by its sessions; when all are gone, it gives
    everything back.  Thread-safe.

    Args:
        job: the name of its job.
        task: its number in the job.
        port: the port in its target; 0 for any.
        config: a ConfigProto: its devices, and what holds for sessions that do not say otherwise.

    Raises:
        UnknownError: another server of this process has that port.
        NotFoundError: the configuration leaves no CPU.
    """

    def __init__(self, job: str, task: int, port: int, config: Any) -> None:
        self.state = State(f"/job:{job}/replica:0/task:{task}", container=job)
        self.is_started = False
        self._config = config
        self._cpu_count = cpu_count(config)
        self._lock = free_in_children(threading.RLock())
        self._sessions: weakref.WeakSet[BaseSession] = weakref.WeakSet()
        line = source_line(creation_site())
        self.made_at = "?" if line is None else f"{line.filename}:{line.lineno}"
        self.name = _register(self, port)
        finalizer = weakref.finalize(self, self.state.close)
        finalizer.atexit = False

    @property
    def target(self) -> Target:
        """What sessions are opened on."""
        target = Target(self.name)
        target._server = self
        return target

    def config_for(self, config: Any) -> Any:
        """The configuration of a session that is given `config`, a ConfigProto or None."""
        if not self._config.ByteSize():
            return config
        merged = type(self._config)()
        merged.MergeFrom(self._config)
        if config is not None:
            merged.MergeFrom(config)
        return merged

    def provide(self, config: Any) -> tuple[Placer, Resources]:
        """What a session runs with.

        Args:
            config: what `config_for` says.

        Returns:
            Its placer, and its resources: all its own if it is to be isolated.
        """
        isolated = config is not None and config.isolate_session_state
        state = State(self.state.host, self.state.container) if isolated else self.state
        placer = placer_on_server(config, self._cpu_count, self.state.host)
        return placer, Resources(state, owns_state=isolated)

    def admit(self, session: BaseSession) -> None:
        """Let a session run steps; as in TensorFlow, the server knows nothing of it before.

        Raises:
            FailedPreconditionError: the server was not started; TensorFlow would wait for it.
        """
        if not self.is_started:
            raise FailedPreconditionError(
                None, None, f"the server {self.name} was not started: call its start() first"
            )
        with self._lock:
            self._sessions.add(session)

    def dismiss(self, session: BaseSession) -> None:
        """Forget a session that was closed."""
        with self._lock:
            self._sessions.discard(session)

    def reset(self, containers: Iterable[str | bytes] | None) -> None:
        """Abort all sessions that have run steps, and drop the variables and objects of some containers.

        Args:
            containers: their names; None or none for the one that is named after the job.
        """
        names = {name.decode() if isinstance(name, bytes) else name for name in containers or ()}
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session._was_reset = True
            session._give_back()
        self.state.clear(names or {self.state.container})


def _register(server: LocalServer, port: int) -> str:
    """Enter a server under a target that no other has; returns the target."""
    global _last_port
    with _registry_lock:
        name = f"grpc://localhost:{port}"
        if port and name in _servers:
            raise UnknownError(None, None, f"Could not start gRPC server: port {port} is that of another one")
        while not port:
            _last_port = _last_port + 1 if _last_port < _LAST_PORT else _FIRST_PORT
            name = f"grpc://localhost:{_last_port}"
            port = 0 if name in _servers else _last_port
        _servers[name] = server
    return name


def live() -> list[LocalServer]:
    """The servers of this process."""
    with _registry_lock:
        return list(_servers.values())


def find(target: str | bytes | None) -> LocalServer | None:
    """The server of a target; None for this process as such.

    Raises:
        UnimplementedError: it is on another machine, or gone.
        NotFoundError: there is no such target.
    """
    if not target:
        return None
    name = target if isinstance(target, str) else target.decode()
    with _registry_lock:
        server = _servers.get(name)
    if server is not None:
        return server
    if name.startswith("grpc://"):
        raise UnimplementedError(
            None,
            None,
            f"target {name!r}: no server of this process has it, and sessions on other machines are not "
            "supported yet",
        )
    raise NotFoundError(
        None,
        None,
        f'No session factory registered for the given session options: {{target: "{name}"}} '
        'Registered factories are {DIRECT_SESSION}, for the target "", and {GRPC_SESSION}, for those of '
        "servers.",
    )


def aborted(session: BaseSession) -> Exception:
    """Why a session that was reset runs nothing any more."""
    if session._server is None:
        return CancelledError(None, None, "Session has been closed.")
    return AbortedError(None, None, f"Session {id(session):016x} is not found: Session.reset has closed it.")
