"""The layers of a managed session: hooks, threads, recovery; each is a session around a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.graph.errors import AbortedError, UnavailableError
from perdure.platform import logging
from perdure.queues.coordinator import Coordinator
from perdure.training.session_run_hook import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)

# What a machine that goes away looks like to the others; a new session may then do better.
PREEMPTION_ERRORS = (AbortedError, UnavailableError)


class StepContext:
    """What a function given to `run_step_fn` may use.

    Args:
        session: the session below all layers.
        run_with_hooks_fn: runs a step with the hooks.
    """

    def __init__(self, session: Any, run_with_hooks_fn: Callable[..., Any]) -> None:
        self._session = session
        self._run_with_hooks_fn = run_with_hooks_fn

    @property
    def session(self) -> Any:
        """The session itself: its steps do not call the hooks."""
        return self._session

    def run_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        """Run a step with the hooks; the arguments are those of `Session.run`."""
        return self._run_with_hooks_fn(*args, **kwargs)

    def request_stop(self) -> None:
        """Leave the loop, by raising StopIteration."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class _WrappedSession:
    """A session around another one, which may be wrapped itself; it can be asked whether to stop."""

    def __init__(self, sess: Any) -> None:
        self._sess = sess
        self._wrapped_is_stoppable = isinstance(sess, _WrappedSession)

    @property
    def graph(self) -> Any:
        return self._sess.graph

    @property
    def sess_str(self) -> Any:
        return self._sess.sess_str

    def should_stop(self) -> bool:
        """Whether this layer or one below wants to stop; true when closed."""
        if self._check_stop() or not self._sess:
            return True
        return self._wrapped_is_stoppable and self._sess.should_stop()

    def _check_stop(self) -> bool:
        return False

    def close(self) -> None:
        """Close the session; a machine that has gone away meanwhile is only logged."""
        if not self._sess:
            return
        try:
            self._sess.close()
        except PREEMPTION_ERRORS as error:
            logging.warning(
                "An error occurred when attempting to close the session. This may be due to a preemption "
                "in a connected worker or parameter server. Error: %s",
                error,
            )
        finally:
            self._sess = None

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self._sess.run(*args, **kwargs)

    def run_step_fn(
        self,
        step_fn: Callable[[StepContext], Any],
        raw_session: Any,
        run_with_hooks: Callable[..., Any] | None,
    ) -> Any:
        return step_fn(StepContext(raw_session, run_with_hooks or self.run))


class _RecoverableSession(_WrappedSession):
    """Makes a new session, and runs the step again, when a machine has gone away."""

    def __init__(self, sess_creator: Any) -> None:
        self._sess_creator = sess_creator
        super().__init__(self._create_session())

    def _create_session(self) -> Any:
        while True:
            try:
                return self._sess_creator.create_session()
            except PREEMPTION_ERRORS as error:
                _log_preemption(
                    "An error was raised while a session was being created. This may be due to a "
                    "preemption of a connected worker or parameter server. A new session will be created.",
                    error,
                )

    def _check_stop(self) -> bool:
        try:
            return self._sess._check_stop() if self._sess else True
        except PREEMPTION_ERRORS as error:
            _log_preemption(
                "An error was raised while considering whether the session is complete. " + _REPLACED,
                error,
            )
            self.close()
            self._sess = self._create_session()
            return False
        except Exception:
            # The next step, or close, raises it.
            return True

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        return self._with_recovery(
            lambda session: session.run(
                fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata
            )
        )

    def run_step_fn(
        self,
        step_fn: Callable[[StepContext], Any],
        raw_session: Any,
        run_with_hooks: Callable[..., Any] | None,
    ) -> Any:
        return self._with_recovery(lambda session: session.run_step_fn(step_fn, raw_session, session.run))

    def _with_recovery(self, step: Callable[[Any], Any]) -> Any:
        while True:
            try:
                if not self._sess:
                    self._sess = self._create_session()
                return step(self._sess)
            except PREEMPTION_ERRORS as error:
                _log_preemption("An error was raised. " + _REPLACED, error)
                self.close()


_REPLACED = (
    "This may be due to a preemption in a connected worker or parameter server. The current session will "
    "be closed and a new session will be created."
)


def _log_preemption(what: str, error: Exception) -> None:
    logging.info(
        "%s This error may also occur due to a gRPC failure caused by high memory or network bandwidth "
        "usage in the parameter servers. If this error occurs repeatedly, try increasing the number of "
        "parameter servers assigned to the job. Error: %s",
        what,
        error,
    )


class _CoordinatedSession(_WrappedSession):
    """Stops with the threads of a coordinator, and raises what they failed with."""

    def __init__(self, sess: Any, coord: Coordinator, stop_grace_period_secs: float = 120) -> None:
        super().__init__(sess)
        self._coord = coord
        self._stop_grace_period_secs = stop_grace_period_secs

    def _check_stop(self) -> bool:
        self._coord.raise_requested_exception()
        return self._coord.should_stop()

    def close(self) -> None:
        self._coord.request_stop()
        try:
            self._coord.join(stop_grace_period_secs=self._stop_grace_period_secs, ignore_live_threads=True)
        finally:
            try:
                super().close()
            except Exception:
                # What the threads failed with is the cause; failing to close is a consequence.
                logging.debug("Closing a managed session failed", exc_info=True)

    def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._sess.run(*args, **kwargs)
        except PREEMPTION_ERRORS:
            raise
        except Exception as error:
            try:
                self._coord.raise_requested_exception()
            except PREEMPTION_ERRORS:
                # A thread saw first that a machine has gone away: that can be recovered from.
                raise
            except Exception:
                raise error from None
            raise


class _HookedSession(_WrappedSession):
    """Lets hooks take part in each step."""

    def __init__(self, sess: Any, hooks: Sequence[SessionRunHook]) -> None:
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    def _check_stop(self) -> bool:
        return self._should_stop

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        from perdure.formats.messages import RunMetadata, RunOptions

        all_fetches = {"caller": fetches}
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict), self._sess)
        options = options or RunOptions()
        feeds = self._call_hook_before_run(context, all_fetches, feed_dict, options)
        run_metadata = run_metadata or RunMetadata()
        outputs = super().run(
            fetches=all_fetches, feed_dict=feeds, options=options, run_metadata=run_metadata
        )
        for hook in self._hooks:
            hook.after_run(context, SessionRunValues(outputs.get(hook), options, run_metadata))
        self._should_stop = self._should_stop or context.stop_requested
        return outputs["caller"]

    def _call_hook_before_run(
        self, context: SessionRunContext, fetches: dict[Any, Any], user_feeds: Any, options: Any
    ) -> Any:
        """Ask the hooks what they want: adds to `fetches` and `options`; returns all feeds."""
        hook_feeds: dict[Any, Any] = {}
        for hook in self._hooks:
            request = hook.before_run(context)
            if request is None:
                continue
            if request.fetches is not None:
                fetches[hook] = request.fetches
            if request.feed_dict:
                _check_disjoint(hook_feeds, request.feed_dict, "Same tensor is fed by two hooks.")
                hook_feeds.update(request.feed_dict)
            if request.options:
                _merge_run_options(options, request.options)
        if not hook_feeds:
            return user_feeds
        if user_feeds:
            _check_disjoint(user_feeds, hook_feeds, "Same tensor is fed by a SessionRunHook and user.")
            hook_feeds.update(user_feeds)
        return hook_feeds


def _check_disjoint(feeds: Any, others: Any, message: str) -> None:
    shared = [key for key in feeds if key in others]
    if shared:
        raise RuntimeError(f"{message} Conflict(s): {shared}")


def _merge_run_options(options: Any, incoming: Any) -> None:
    """Add what a hook asks for to the options of the step: the larger numbers, all the switches."""
    for field in (
        "trace_level",
        "timeout_in_ms",
        "inter_op_thread_pool",
        "output_partition_graphs",
        "report_tensor_allocations_upon_oom",
    ):
        setattr(options, field, max(getattr(options, field), getattr(incoming, field)))
    debug, incoming_debug = options.debug_options, incoming.debug_options
    debug.debug_tensor_watch_opts.extend(incoming_debug.debug_tensor_watch_opts)
    debug.reset_disk_byte_usage |= incoming_debug.reset_disk_byte_usage
