"""Hooks: what takes part in the steps of a managed session, and what they are told."""

from __future__ import annotations

from typing import Any, NamedTuple


class SessionRunHook:
    """Takes part in the life of a managed session; every method may be left out.

    The order is `begin` (the graph may still be changed), `after_create_session`, then for each step
    `before_run` and `after_run`, and `end` unless the session ends with an exception.
    """

    def begin(self) -> None:
        """Called once, before the session is made; the only one that may add nodes."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Called when a session was made, and again for each that replaces one after a failure.

        Args:
            session: the new session, with initialized variables.
            coord: the `tf.train.Coordinator` of its threads.
        """

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Called before a step.

        Args:
            run_context: what the step was called with; asks the loop to stop.

        Returns:
            What to fetch and feed in addition, or None.
        """
        return None

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Called after a step that did not fail.

        Args:
            run_context: the context that `before_run` got.
            run_values: what the step gave for this hook's fetches.
        """

    def end(self, session: Any) -> None:
        """Called when the managed session is left without an exception.

        Args:
            session: the session, still open.
        """


class SessionRunArgs(NamedTuple):
    """What is fetched and fed in a step.

    Args:
        fetches: a tensor, an operation, or any nesting of them.
        feed_dict: the values fed.
        options: a `tf.RunOptions`.
    """

    fetches: Any
    feed_dict: Any = None
    options: Any = None


class SessionRunValues(NamedTuple):
    """What a step gave: `results` has the structure of the fetches that a hook asked for."""

    results: Any
    options: Any
    run_metadata: Any


class SessionRunContext:
    """What a hook knows of the step it takes part in.

    Args:
        original_args: the `SessionRunArgs` that the program itself gave.
        session: the session that runs it.
    """

    def __init__(self, original_args: SessionRunArgs, session: Any) -> None:
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self) -> SessionRunArgs:
        """What the program itself asked for in this step."""
        return self._original_args

    @property
    def session(self) -> Any:
        """The session that runs the step."""
        return self._session

    @property
    def stop_requested(self) -> bool:
        """Whether a hook has asked the loop to stop."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Ask the loop to stop: `should_stop` of the managed session is true from now on."""
        self._stop_requested = True
