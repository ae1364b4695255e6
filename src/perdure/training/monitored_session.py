"""Managed sessions: they initialize the model, call hooks, run threads and recover."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from perdure.graph.defaults import get_collection
from perdure.graph.errors import OutOfRangeError
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.stacks import get_default_graph
from perdure.queues.coordinator import Coordinator
from perdure.queues.queue_runner import start_queue_runners
from perdure.training.basic_session_run_hooks import (
    CheckpointSaverHook,
    StepCounterHook,
    SummarySaverHook,
)
from perdure.training.scaffold import Scaffold
from perdure.training.session_creators import (
    ChiefSessionCreator,
    SessionCreator,
    WorkerSessionCreator,
)
from perdure.training.session_run_hook import SessionRunHook
from perdure.training.wrapped_session import (
    StepContext,
    _CoordinatedSession,
    _HookedSession,
    _RecoverableSession,
    _WrappedSession,
)

USE_DEFAULT = object()


class _CoordinatedSessionCreator(SessionCreator):
    """Makes a session with its coordinator, queue runners and hooks."""

    def __init__(
        self,
        session_creator: SessionCreator,
        hooks: Sequence[SessionRunHook],
        stop_grace_period_secs: float,
    ) -> None:
        self._session_creator = session_creator
        self._hooks = hooks
        self._stop_grace_period_secs = stop_grace_period_secs
        self.coord: Coordinator | None = None
        self.tf_sess: Any = None

    def create_session(self) -> _CoordinatedSession:
        self.tf_sess = self._session_creator.create_session()
        # The end of the input is not swallowed: the managed session ends with it.
        self.coord = Coordinator(clean_stop_exception_types=[])
        if get_collection(GraphKeys.QUEUE_RUNNERS):
            start_queue_runners(sess=self.tf_sess, coord=self.coord)
        for hook in self._hooks:
            hook.after_create_session(self.tf_sess, self.coord)
        return _CoordinatedSession(
            _HookedSession(self.tf_sess, self._hooks), self.coord, self._stop_grace_period_secs
        )


class _MonitoredSession:
    """What the managed sessions share."""

    StepContext = StepContext
    _CoordinatedSessionCreator = _CoordinatedSessionCreator

    def __init__(
        self,
        session_creator: SessionCreator | None,
        hooks: Sequence[SessionRunHook] | None,
        should_recover: bool,
        stop_grace_period_secs: float = 120,
    ) -> None:
        self._graph_was_finalized = get_default_graph().finalized
        self._hooks = hooks or []
        for hook in self._hooks:
            hook.begin()
        self._coordinated_creator = _CoordinatedSessionCreator(
            session_creator or ChiefSessionCreator(), self._hooks, stop_grace_period_secs
        )
        self._sess: _WrappedSession | None = (
            _RecoverableSession(self._coordinated_creator)
            if should_recover
            else self._coordinated_creator.create_session()
        )

    @property
    def graph(self) -> Graph | None:
        """The graph, or None when closed."""
        session = self._tf_sess()
        return None if session is None else session.graph

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Run a step with the hooks; see `tf.Session.run`.

        Raises:
            RuntimeError: a stop was requested before.
        """
        return self._open().run(fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata)

    def run_step_fn(self, step_fn: Callable[..., Any]) -> Any:
        """Call a function that runs steps, some of them with the hooks.

        Args:
            step_fn: a function, or method, of one argument called `step_context`.

        Returns:
            What it returns.

        Raises:
            ValueError: it has other arguments.
            StopIteration: it called `step_context.request_stop()`.
        """
        names = _argument_names(step_fn)
        if names not in (("step_context",), ("self", "step_context")):
            raise ValueError(
                "`step_fn` may either have one `step_context` argument, or `self` and `step_context` "
                f"arguments if it's an instance method. Got {names} instead."
            )
        return self._open().run_step_fn(step_fn, self._tf_sess(), run_with_hooks=None)

    def should_stop(self) -> bool:
        """Whether the loop should end: a hook or thread has asked for it, or the session is closed."""
        return self._sess is None or self._sess.should_stop()

    def close(self) -> None:
        """Call the hooks' `end`, stop the threads and close the session.

        Raises:
            RuntimeError: it is closed already.
        """
        self._close_internal()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, exception_type: Any, exception_value: Any, traceback: Any) -> bool:
        # The end of the input is how training ends.
        if exception_type in (OutOfRangeError, StopIteration):
            exception_type = None
        self._close_internal(exception_type)
        return exception_type is None

    def _open(self) -> _WrappedSession:
        if self._sess is None:
            raise RuntimeError("Session is already closed.")
        return self._sess

    def _close_internal(self, exception_type: Any = None) -> None:
        try:
            if not exception_type:
                for hook in self._hooks:
                    hook.end(self._tf_sess())
        finally:
            try:
                self._open().close()
            finally:
                self._sess = None
                self._coordinated_creator.tf_sess = None
                self._coordinated_creator.coord = None
                if not self._graph_was_finalized:
                    get_default_graph()._unsafe_unfinalize()

    def _is_closed(self) -> bool:
        return self._coordinated_creator.tf_sess is None

    def _tf_sess(self) -> Any:
        return self._coordinated_creator.tf_sess


class MonitoredSession(_MonitoredSession):
    """A session that initializes the model, runs the queues, calls hooks, and recovers from failures.

    Its `with` block ends quietly at the end of the input (OutOfRangeError) or on StopIteration.  When a
    step fails with AbortedError or UnavailableError, a new session is made and the step is run again.

    Args:
        session_creator: makes the session; `ChiefSessionCreator()` if None.
        hooks: take part in the steps.
        stop_grace_period_secs: how long `close` waits for threads.
    """

    def __init__(
        self,
        session_creator: SessionCreator | None = None,
        hooks: Sequence[SessionRunHook] | None = None,
        stop_grace_period_secs: float = 120,
    ) -> None:
        super().__init__(
            session_creator,
            hooks,
            should_recover=True,
            stop_grace_period_secs=stop_grace_period_secs,
        )


class SingularMonitoredSession(_MonitoredSession):
    """A managed session in one process, which does not recover: every error is raised.

    Args:
        hooks: take part in the steps.
        scaffold: the operations that initialize.
        master: the target of the session.
        config: a `tf.ConfigProto`.
        checkpoint_dir: restore the newest checkpoint in this folder, if there is one.
        stop_grace_period_secs: how long `close` waits for threads.
        checkpoint_filename_with_path: restore this checkpoint.
    """

    def __init__(
        self,
        hooks: Sequence[SessionRunHook] | None = None,
        scaffold: Scaffold | None = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        stop_grace_period_secs: float = 120,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path)
        super().__init__(
            creator,
            hooks,
            should_recover=False,
            stop_grace_period_secs=stop_grace_period_secs,
        )

    def raw_session(self) -> Any:
        """The session itself: its steps do not call the hooks."""
        return self._tf_sess()


def MonitoredTrainingSession(
    master: str = "",
    is_chief: bool = True,
    checkpoint_dir: str | None = None,
    scaffold: Scaffold | None = None,
    hooks: Sequence[SessionRunHook] | None = None,
    chief_only_hooks: Sequence[SessionRunHook] | None = None,
    save_checkpoint_secs: Any = USE_DEFAULT,
    save_summaries_steps: Any = USE_DEFAULT,
    save_summaries_secs: Any = USE_DEFAULT,
    config: Any = None,
    stop_grace_period_secs: float = 120,
    log_step_count_steps: int | None = 100,
    max_wait_secs: float = 7200,
    save_checkpoint_steps: Any = USE_DEFAULT,
    summary_dir: str | None = None,
) -> MonitoredSession:
    """Make a `MonitoredSession` with the hooks that training needs.

    Args:
        master: the target of the session.
        is_chief: whether this process initializes the model.
        checkpoint_dir: the folder for checkpoints; the newest one is restored.
        scaffold: the operations that initialize.
        hooks: take part in the steps.
        chief_only_hooks: take part in the steps of the chief.
        save_checkpoint_secs: the seconds between two checkpoints; 600 unless `save_checkpoint_steps`.
        save_summaries_steps: the steps between two summaries; 100 unless `save_summaries_secs`.
        save_summaries_secs: the seconds between two summaries.
        config: a `tf.ConfigProto`.
        stop_grace_period_secs: how long `close` waits for threads.
        log_step_count_steps: the steps between two logs of the speed.
        max_wait_secs: how long a worker waits for the chief.
        save_checkpoint_steps: the steps between two checkpoints.
        summary_dir: the folder for summaries; `checkpoint_dir` if None.
    """
    if save_summaries_steps is USE_DEFAULT and save_summaries_secs is USE_DEFAULT:
        save_summaries_steps = 100
    if save_checkpoint_steps is USE_DEFAULT and save_checkpoint_secs is USE_DEFAULT:
        save_checkpoint_secs = 600
    summary_steps, summary_secs, checkpoint_steps, checkpoint_secs = (
        None if interval is USE_DEFAULT else interval
        for interval in (
            save_summaries_steps,
            save_summaries_secs,
            save_checkpoint_steps,
            save_checkpoint_secs,
        )
    )
    scaffold = scaffold or Scaffold()
    if not is_chief:
        return MonitoredSession(
            WorkerSessionCreator(scaffold, master, config, max_wait_secs),
            hooks or [],
            stop_grace_period_secs,
        )
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    all_hooks = list(chief_only_hooks or [])
    summary_dir = summary_dir or checkpoint_dir
    if summary_dir and _is_positive(log_step_count_steps):
        all_hooks.append(StepCounterHook(output_dir=summary_dir, every_n_steps=log_step_count_steps))
    if summary_dir and (_is_positive(summary_steps) or _is_positive(summary_secs)):
        all_hooks.append(SummarySaverHook(summary_steps, summary_secs, summary_dir, scaffold=scaffold))
    if checkpoint_dir and (_is_positive(checkpoint_secs) or _is_positive(checkpoint_steps)):
        all_hooks.append(
            CheckpointSaverHook(checkpoint_dir, checkpoint_secs, checkpoint_steps, scaffold=scaffold)
        )
    all_hooks.extend(hooks or [])
    return MonitoredSession(creator, all_hooks, stop_grace_period_secs)


def _is_positive(interval: float | None) -> bool:
    return interval is not None and interval > 0


def _argument_names(function: Any) -> tuple[str, ...]:
    """The names of a function's arguments, without what a method or a partial has bound."""
    if isinstance(function, functools.partial):
        free = _argument_names(function.func)[len(function.args) :]
        return tuple(name for name in free if name not in function.keywords)
    if not inspect.isroutine(function) and callable(function):
        function = function.__call__  # an object that can be called
    names = inspect.getfullargspec(function).args
    return tuple(names[1:] if inspect.ismethod(function) and names else names)
