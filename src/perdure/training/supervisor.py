"""Supervisor: the older way to run a training session with its threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from perdure.functional.control.control import group
from perdure.functional.state.resources import tables_initializer
from perdure.functional.summaries.merging import merge_all
from perdure.graph.defaults import add_to_collection, get_collection
from perdure.graph.dtypes import int32, int64
from perdure.graph.errors import AbortedError
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.interchange.graph_io import write_graph
from perdure.interchange.meta_graph import create_meta_graph_def
from perdure.platform import logging
from perdure.queues.coordinator import Coordinator, LooperThread
from perdure.session.session import Session
from perdure.summaries.writer import FileWriter
from perdure.training.saving.saver import Saver
from perdure.training.session_manager import SessionManager
from perdure.training.supervisor_services import (
    SVStepCounterThread,
    SVSummaryThread,
    SVTimerCheckpointThread,
)
from perdure.training.training_util import global_step as global_step_value
from perdure.variables.collections import (
    global_variables,
    global_variables_initializer,
    local_variables_initializer,
    report_uninitialized_variables,
)


class Supervisor:
    """Initializes a model, runs its queues, and stops all threads together.

    New programs use `tf.train.MonitoredTrainingSession`.  With a `logdir` the chief restores the newest
    checkpoint there, saves others, and writes summaries and the graph.  The graph is finalized.

    Args:
        graph: the graph; the default one if None.
        ready_op: a vector of strings, the names of what is not initialized; None to check nothing.
        ready_for_local_init_op: the same for what `local_init_op` needs.
        is_chief: whether this process initializes the model; others wait until it is ready.
        init_op: initializes the model.
        init_feed_dict: what to feed for it.
        local_init_op: initializes local variables and tables.
        logdir: the folder for checkpoints and summaries.
        summary_op: the summaries; None to write none.
        saver: saves checkpoints; None to save none.
        global_step: counts the steps.
        save_summaries_secs: the seconds between two summaries; 0 to write none.
        save_model_secs: the seconds between two checkpoints; 0 to save none.
        recovery_wait_secs: the seconds between two looks at a model that the chief initializes.
        stop_grace_secs: how long `stop` waits for threads.
        checkpoint_basename: what the names of checkpoints begin with.
        session_manager: makes the sessions.
        summary_writer: writes the summaries; one for the `logdir` is made unless given, None to write none.
        init_fn: called with the session after `init_op`.
        local_init_run_options: a `tf.RunOptions` for `local_init_op`.

    Raises:
        ValueError: not the chief, and a variable has no device.
    """

    USE_DEFAULT = 0

    def __init__(
        self,
        graph: Graph | None = None,
        ready_op: Any = USE_DEFAULT,
        ready_for_local_init_op: Any = USE_DEFAULT,
        is_chief: bool = True,
        init_op: Any = USE_DEFAULT,
        init_feed_dict: dict[Any, Any] | None = None,
        local_init_op: Any = USE_DEFAULT,
        logdir: str | None = None,
        summary_op: Any = USE_DEFAULT,
        saver: Any = USE_DEFAULT,
        global_step: Any = USE_DEFAULT,
        save_summaries_secs: float = 120,
        save_model_secs: float = 600,
        recovery_wait_secs: float = 30,
        stop_grace_secs: float = 120,
        checkpoint_basename: str = "model.ckpt",
        session_manager: SessionManager | None = None,
        summary_writer: Any = USE_DEFAULT,
        init_fn: Callable[[Any], Any] | None = None,
        local_init_run_options: Any = None,
    ) -> None:
        self._graph = get_default_graph() if graph is None else graph
        with self._graph.as_default():
            # In the order in which TensorFlow makes their nodes.
            self._ready_op = _given_or_default(ready_op, GraphKeys.READY_OP, report_uninitialized_variables)
            self._ready_for_local_init_op = _given_or_default(
                ready_for_local_init_op, GraphKeys.READY_FOR_LOCAL_INIT_OP
            )
            self._init_op = _given_or_default(init_op, GraphKeys.INIT_OP, global_variables_initializer)
            self._local_init_op = _given_or_default(
                local_init_op, GraphKeys.LOCAL_INIT_OP, _default_local_init_op
            )
            self._saver = _given_or_default(saver, GraphKeys.SAVERS, _default_saver)
            self._summary_op = _given_or_default(summary_op, GraphKeys.SUMMARY_OP, merge_all)
            self._global_step = _given_or_default(global_step, GraphKeys.GLOBAL_STEP, _default_global_step)
        self._is_chief = is_chief
        self._init_feed_dict = init_feed_dict
        self._init_fn = init_fn
        self._save_summaries_secs = save_summaries_secs if is_chief else None
        self._save_model_secs = save_model_secs if is_chief else None
        self._stop_grace_secs = stop_grace_secs
        self._coord = Coordinator()
        self._logdir = logdir if is_chief else None
        self._save_path = os.path.join(logdir, checkpoint_basename) if is_chief and logdir else None
        self._summary_writer: Any = self._chosen_writer(summary_writer) if is_chief else None
        self._graph_added_to_summary = False
        self._session_manager = session_manager or SessionManager(
            local_init_op=self._local_init_op,
            ready_op=self._ready_op,
            ready_for_local_init_op=self._ready_for_local_init_op,
            graph=self._graph,
            recovery_wait_secs=recovery_wait_secs,
            local_init_run_options=local_init_run_options,
        )
        if not is_chief:
            _check_variables_have_devices(self._graph)
        self._graph.finalize()

    def _chosen_writer(self, summary_writer: Any) -> Any:
        if summary_writer is not Supervisor.USE_DEFAULT:
            return summary_writer
        return FileWriter(self._logdir) if self._logdir else None

    # -- what it was made with ------------------------------------------------------------

    @property
    def is_chief(self) -> bool:
        """Whether this process initializes the model."""
        return self._is_chief

    @property
    def session_manager(self) -> SessionManager:
        """Makes the sessions."""
        return self._session_manager

    @property
    def coord(self) -> Coordinator:
        """The coordinator of the threads."""
        return self._coord

    @property
    def init_op(self) -> Any:
        """Initializes the model."""
        return self._init_op

    @property
    def init_feed_dict(self) -> dict[Any, Any] | None:
        """What to feed for `init_op`."""
        return self._init_feed_dict

    @property
    def ready_op(self) -> Any:
        """The names of what is not initialized."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self) -> Any:
        """The names of what `local_init_op` needs and is not initialized."""
        return self._ready_for_local_init_op

    @property
    def summary_writer(self) -> Any:
        """Writes summaries; None if not the chief, or without a `logdir`."""
        return self._summary_writer

    @property
    def summary_op(self) -> Any:
        """The summaries, or None."""
        return self._summary_op

    @property
    def save_summaries_secs(self) -> float | None:
        """The seconds between two summaries; None if not the chief."""
        return self._save_summaries_secs

    @property
    def global_step(self) -> Any:
        """Counts the steps, or None."""
        return self._global_step

    @property
    def saver(self) -> Any:
        """The saver, or None."""
        return self._saver

    @property
    def save_model_secs(self) -> float | None:
        """The seconds between two checkpoints; None if not the chief."""
        return self._save_model_secs

    @property
    def save_path(self) -> str | None:
        """What the names of checkpoints begin with; None if not the chief, or without a `logdir`."""
        return self._save_path

    # -- sessions -------------------------------------------------------------------------

    @contextmanager
    def managed_session(
        self,
        master: str = "",
        config: Any = None,
        start_standard_services: bool = True,
        close_summary_writer: bool = True,
    ) -> Iterator[Session]:
        """A session in which the model is initialized and the queues run, for a `with` block.

        At its end the threads are stopped and the session is closed.  The block ends quietly at the end of
        the input (OutOfRangeError); other exceptions, of threads as well, are raised again.

        Args:
            master: the target of the session.
            config: a `tf.ConfigProto`.
            start_standard_services: whether to start the standard services and the queue runners.
            close_summary_writer: see `stop`.
        """
        session = None
        try:
            session = self.prepare_or_wait_for_session(
                master=master, config=config, start_standard_services=start_standard_services
            )
            yield session
        except Exception as error:
            self.request_stop(error)
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                # Wakes threads that are blocked in a queue.
                if session is not None:
                    with suppress(AbortedError):  # its server was reset
                        session.close()

    def prepare_or_wait_for_session(
        self,
        master: str = "",
        config: Any = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        start_standard_services: bool = True,
    ) -> Session:
        """Make a session; the chief initializes the model in it, others wait until it is.

        Args:
            master: the target of the session.
            config: a `tf.ConfigProto`.
            wait_for_checkpoint: whether the chief waits for a checkpoint in the `logdir`.
            max_wait_secs: how long it waits, and others for the model to be initialized.
            start_standard_services: whether to start the standard services and the queue runners.
        """
        self._coord.clear_stop()
        if self._summary_writer:
            self._summary_writer.reopen()
        if self._is_chief:
            session = self._session_manager.prepare_session(
                master,
                init_op=self._init_op,
                saver=self._saver,
                checkpoint_dir=self._logdir,
                wait_for_checkpoint=wait_for_checkpoint,
                max_wait_secs=max_wait_secs,
                config=config,
                init_feed_dict=self._init_feed_dict,
                init_fn=self._init_fn,
            )
            self._write_graph()
            if start_standard_services:
                logging.info("Starting standard services.")
                self.start_standard_services(session)
        else:
            session = self._session_manager.wait_for_session(
                master, config=config, max_wait_secs=max_wait_secs
            )
        if start_standard_services:
            logging.info("Starting queue runners.")
            self.start_queue_runners(session)
        return session

    def _write_graph(self) -> None:
        """Write the graph to the `logdir`, and once to the event file."""
        graph_def = self._graph.as_graph_def(add_shapes=True)
        if self._logdir:
            write_graph(graph_def, self._logdir, "graph.pbtxt")
        if self._summary_writer and not self._graph_added_to_summary:
            saver_def = self._saver.saver_def if self._saver else None
            with self._graph.as_default():
                meta_graph_def = create_meta_graph_def(graph_def=graph_def, saver_def=saver_def)
            self._summary_writer.add_graph(self._graph)
            self._summary_writer.add_meta_graph(meta_graph_def)
            self._graph_added_to_summary = True

    def start_standard_services(self, sess: Session) -> list[LooperThread] | None:
        """Start the threads that write summaries, the speed, and checkpoints.

        Args:
            sess: the session.

        Returns:
            The threads; None without a `logdir`, of which is warned.

        Raises:
            RuntimeError: this is not the chief.
        """
        if not self._is_chief:
            raise RuntimeError(
                "Only chief supervisor can start standard services. Because only chief supervisors can "
                "write events."
            )
        if not self._logdir:
            logging.warning("Standard services need a 'logdir' passed to the SessionManager")
            return None
        if self._global_step is not None and self._summary_writer:
            self._log_session("START", global_step_value(sess, self._global_step))
        threads: list[LooperThread] = []
        if self._save_summaries_secs and self._summary_writer:
            if self._summary_op is not None:
                threads.append(SVSummaryThread(self, sess))
            if self._global_step is not None:
                threads.append(SVStepCounterThread(self, sess))
        if self._saver and self._save_model_secs:
            threads.append(SVTimerCheckpointThread(self, sess))
        for thread in threads:
            thread.start()
        return threads

    def _log_session(self, status: str, step: int | None = None) -> None:
        from perdure.formats.messages import SessionLog

        self._summary_writer.add_session_log(SessionLog(status=SessionLog.SessionStatus.Value(status)), step)

    def start_queue_runners(self, sess: Session, queue_runners: Sequence[Any] | None = None) -> list[Any]:
        """Start the threads of queue runners.

        Args:
            sess: the session.
            queue_runners: the runners; those of the graph if None, which a new session starts anyway.

        Returns:
            The threads.
        """
        if queue_runners is None:
            queue_runners = self._graph.get_collection(GraphKeys.QUEUE_RUNNERS)
        return [
            thread
            for runner in queue_runners
            for thread in runner.create_threads(sess, coord=self._coord, daemon=True, start=True)
        ]

    def loop(
        self,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: Any = None,
        kwargs: Any = None,
    ) -> LooperThread:
        """Start a thread that calls a function again and again until a stop is requested.

        Args:
            timer_interval_secs: the seconds between two calls; None for no pause.
            target: the function.
            args: its arguments.
            kwargs: its keyword arguments.
        """
        looper = LooperThread(self._coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    # -- stopping ---------------------------------------------------------------------------

    def stop(
        self,
        threads: Sequence[Any] | None = None,
        close_summary_writer: bool = True,
        ignore_live_threads: bool = False,
    ) -> None:
        """Stop the threads and wait for them; raises what the first of them failed with.

        Args:
            threads: further threads to wait for.
            close_summary_writer: whether to close the summary writer.
            ignore_live_threads: whether threads that go on running are no error.

        Raises:
            RuntimeError: a thread goes on running.
        """
        self._coord.request_stop()
        try:
            self._coord.join(
                threads,
                stop_grace_period_secs=self._stop_grace_secs,
                ignore_live_threads=ignore_live_threads,
            )
        finally:
            if close_summary_writer and self._summary_writer:
                self._log_session("STOP")
                self._summary_writer.close()
                self._graph_added_to_summary = False

    def request_stop(self, ex: Any = None) -> None:
        """Ask the threads to stop; see `tf.train.Coordinator.request_stop`."""
        self._coord.request_stop(ex=ex)

    def should_stop(self) -> bool:
        """Whether a stop was requested."""
        return self._coord.should_stop()

    def stop_on_exception(self) -> AbstractContextManager[None]:
        """A `with` block whose exceptions stop the threads."""
        return self._coord.stop_on_exception()

    def wait_for_stop(self) -> None:
        """Wait until a stop is requested."""
        self._coord.wait_for_stop()

    def summary_computed(self, sess: Session, summary: Any, global_step: Any = None) -> None:
        """Write a summary.

        Args:
            sess: the session.
            summary: a `Summary`, or one serialized.
            global_step: the step it is of; the one the session has reached if None.

        Raises:
            RuntimeError: there is no summary writer.
        """
        if not self._summary_writer:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self._global_step is not None:
            global_step = global_step_value(sess, self._global_step)
        self._summary_writer.add_summary(summary, global_step)

    # The names of the first release.
    PrepareSession = prepare_or_wait_for_session
    StartQueueRunners = start_queue_runners
    StartStandardServices = start_standard_services
    Stop = stop
    RequestStop = request_stop
    Loop = loop
    ShouldStop = should_stop
    StopOnException = stop_on_exception
    WaitForStop = wait_for_stop
    SummaryComputed = summary_computed


def _given_or_default(value: Any, collection: str, make: Callable[[], Any] = lambda: None) -> Any:
    """What was given, else the first of a collection, else what `make` makes, which is put there."""
    # By identity: tensors do not compare with numbers.
    if value is not Supervisor.USE_DEFAULT:
        return value
    found = get_collection(collection)
    if len(found) > 1:
        logging.info("Found %d %s operations. Returning the first one.", len(found), collection)
    if found:
        return found[0]
    made = make()
    if made is not None:
        add_to_collection(collection, made)
    return made


def _default_saver() -> Saver | None:
    return Saver() if global_variables() else None


def _default_local_init_op() -> Any:
    return group(local_variables_initializer(), tables_initializer())


def _default_global_step() -> Tensor | None:
    try:
        step = get_default_graph().get_tensor_by_name("global_step:0")
    except KeyError:
        return None
    if step.dtype.base_dtype in (int32, int64):
        return step
    logging.warning("Found 'global_step' is not an int type: %s", step.dtype)
    return None


def _check_variables_have_devices(graph: Graph) -> None:
    for op in graph.get_operations():
        if op.type in ("Variable", "VariableV2") and not op.device:
            raise ValueError(f"When using replicas, all Variables must have their device set: {op}")
