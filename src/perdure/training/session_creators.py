"""Who makes the sessions of a managed session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from perdure.graph.stacks import get_default_graph
from perdure.training.scaffold import Scaffold
from perdure.training.session_manager import SessionManager


class SessionCreator(ABC):
    """Makes a session for a `tf.train.MonitoredSession`."""

    @abstractmethod
    def create_session(self) -> Any:
        """Make a session in which the model is initialized."""
        raise NotImplementedError(f"create_session is not implemented for {self}.")


class _ScaffoldSessionCreator(SessionCreator):
    def __init__(self, scaffold: Scaffold | None, master: str, config: Any) -> None:
        self._scaffold = scaffold or Scaffold()
        self._session_manager: SessionManager | None = None
        self._master = master
        self._config = config

    def _get_session_manager(self) -> SessionManager:
        """Made when the scaffold is final."""
        if self._session_manager is None:
            self._session_manager = SessionManager(
                local_init_op=self._scaffold.local_init_op,
                ready_op=self._scaffold.ready_op,
                ready_for_local_init_op=self._scaffold.ready_for_local_init_op,
                graph=get_default_graph(),
            )
        return self._session_manager


class ChiefSessionCreator(_ScaffoldSessionCreator):
    """Makes sessions and initializes the model in them.

    Args:
        scaffold: the operations that initialize; finalized when a session is made.
        master: the target of the sessions.
        config: a `tf.ConfigProto`.
        checkpoint_dir: restore the newest checkpoint in this folder, if there is one.
        checkpoint_filename_with_path: restore this checkpoint.
    """

    def __init__(
        self,
        scaffold: Scaffold | None = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        super().__init__(scaffold, master, config)
        self._checkpoint_dir = checkpoint_dir
        self._checkpoint_filename_with_path = checkpoint_filename_with_path

    def create_session(self) -> Any:
        """Make a session in which the model is restored or initialized."""
        scaffold = self._scaffold.finalize()
        return self._get_session_manager().prepare_session(
            self._master,
            init_op=scaffold.init_op,
            saver=scaffold.saver,
            checkpoint_dir=self._checkpoint_dir,
            checkpoint_filename_with_path=self._checkpoint_filename_with_path,
            config=self._config,
            init_feed_dict=scaffold.init_feed_dict,
            init_fn=scaffold.init_fn,
        )


class WorkerSessionCreator(_ScaffoldSessionCreator):
    """Makes sessions once the chief has initialized the model.

    Args:
        scaffold: the operations that say whether the model is ready.
        master: the target of the sessions.
        config: a `tf.ConfigProto`.
        max_wait_secs: how long to wait for the chief.
    """

    def __init__(
        self,
        scaffold: Scaffold | None = None,
        master: str = "",
        config: Any = None,
        max_wait_secs: float = 30 * 60,
    ) -> None:
        super().__init__(scaffold, master, config)
        self._max_wait_secs = max_wait_secs

    def create_session(self) -> Any:
        """Make a session in which the model is initialized."""
        self._scaffold.finalize()
        return self._get_session_manager().wait_for_session(
            self._master, config=self._config, max_wait_secs=self._max_wait_secs
        )
