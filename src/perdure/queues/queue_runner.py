"""Threads that fill queues."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from perdure.graph import errors
from perdure.graph.defaults import add_to_collection, get_collection
from perdure.graph.forking import free_in_children
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph, get_default_session
from perdure.platform import logging
from perdure.queues.coordinator import Coordinator
from perdure.session import Session

# Sessions that start their queue runners themselves.
_STARTS_ITS_OWN = ("MonitoredSession", "SingularMonitoredSession")


class QueueRunner:
    """Runs enqueue operations, each in a thread of its own, until the queue is closed or must stop.

    Args:
        queue: the queue.
        enqueue_ops: the operations; an operation that is listed twice gets two threads.
        close_op: run when all threads have reached their end; closes the queue when None.
        cancel_op: run when the coordinator asks to stop; closes the queue and cancels pending enqueue
            operations when None.
        queue_closed_exception_types: the errors that are the end of the input;
            `(tf.errors.OutOfRangeError,)` when None.
        queue_runner_def: a `QueueRunnerDef` to take all of this from instead.
        import_scope: a name scope to put before the names of that message.

    Raises:
        ValueError: no queue or no operations, or a message besides them.
        TypeError: `queue_closed_exception_types` is no tuple of errors.
    """

    def __init__(
        self,
        queue: Any = None,
        enqueue_ops: Any = None,
        close_op: Any = None,
        cancel_op: Any = None,
        queue_closed_exception_types: Any = None,
        queue_runner_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if queue_runner_def:
            if queue or enqueue_ops:
                raise ValueError("queue_runner_def and queue are mutually exclusive.")
            self._init_from_proto(queue_runner_def, import_scope)
        else:
            if not queue or not enqueue_ops:
                raise ValueError("Must provide queue and enqueue_ops.")
            _check_error_types(queue_closed_exception_types)
            self._queue = queue
            self._enqueue_ops = enqueue_ops
            self._close_op = queue.close() if close_op is None else close_op
            self._cancel_op = queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
            self._queue_closed_exception_types = queue_closed_exception_types or (errors.OutOfRangeError,)
        self._lock = free_in_children(threading.RLock())
        # How many threads are still running for each session.
        self._runs_per_session: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._exceptions_raised: list[Exception] = []

    def _init_from_proto(self, message: Any, import_scope: str | None) -> None:
        graph = get_default_graph()

        def element(name: str) -> Any:
            return graph.as_graph_element(f"{import_scope}/{name}" if import_scope else name)

        self._queue = element(message.queue_name)
        self._enqueue_ops = [element(name) for name in message.enqueue_op_name]
        self._close_op = element(message.close_op_name)
        self._cancel_op = element(message.cancel_op_name)
        # Messages from before there was this field have none.
        self._queue_closed_exception_types = tuple(
            errors.exception_type_from_error_code(code) for code in message.queue_closed_exception_types
        ) or (errors.OutOfRangeError,)

    @property
    def queue(self) -> Any:
        """The queue."""
        return self._queue

    @property
    def enqueue_ops(self) -> list[Any]:
        """What its threads run."""
        return self._enqueue_ops

    @property
    def close_op(self) -> Operation:
        """What is run when all threads have reached their end."""
        return self._close_op

    @property
    def cancel_op(self) -> Operation:
        """What is run when the coordinator asks to stop."""
        return self._cancel_op

    @property
    def queue_closed_exception_types(self) -> tuple[type[errors.OpError], ...]:
        """The errors that are the end of the input."""
        return self._queue_closed_exception_types

    @property
    def exceptions_raised(self) -> list[Exception]:
        """What the threads raised, if there was no coordinator to tell; may change while they run."""
        return self._exceptions_raised

    @property
    def name(self) -> str:
        """The name of the queue."""
        return self._queue.name

    def create_threads(
        self, sess: Any, coord: Coordinator | None = None, daemon: bool = False, start: bool = False
    ) -> list[threading.Thread]:
        """The threads for a session.

        Args:
            sess: the session they run steps of.
            coord: asked when to stop and told of errors; the threads are registered with it.
            daemon: whether they end with the program.
            start: whether they are started now.

        Returns:
            One thread for each operation, and one that waits for the coordinator; none if those of an
            earlier call for this session are still running.
        """
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = [
            threading.Thread(
                target=self._run, args=(sess, op, coord), name=f"QueueRunnerThread-{self.name}-{op.name}"
            )
            for op in self._enqueue_ops
        ]
        if coord is not None:
            threads.append(
                threading.Thread(
                    target=self._close_on_stop,
                    args=(sess, self._cancel_op, coord),
                    name=f"QueueRunnerThread-{self.name}-close_on_stop",
                )
            )
        for thread in threads:
            if coord is not None:
                coord.register_thread(thread)
            if daemon:
                thread.daemon = True
            if start:
                thread.start()
        return threads

    def _run(self, sess: Any, enqueue_op: Any, coord: Coordinator | None = None) -> None:
        counted = True
        try:
            enqueue = sess.make_callable(enqueue_op)
            while coord is None or not coord.should_stop():
                try:
                    enqueue()
                except self._queue_closed_exception_types:
                    with self._lock:
                        self._runs_per_session[sess] -= 1
                        counted = False
                        is_last = self._runs_per_session[sess] == 0
                    if is_last:
                        self._run_quietly(sess, self._close_op)
                    return
        except Exception as error:
            if coord is not None:
                coord.request_stop(error)
                return
            logging.error("Exception in QueueRunner: %s", error)
            with self._lock:
                self._exceptions_raised.append(error)
            raise
        finally:
            if counted:
                with self._lock:
                    self._runs_per_session[sess] -= 1

    # Runners that programs derive from this start it, too, with these arguments.
    def _close_on_stop(self, sess: Any, cancel_op: Any, coord: Coordinator) -> None:
        coord.wait_for_stop()
        self._run_quietly(sess, cancel_op)

    def _run_quietly(self, sess: Any, op: Any) -> None:
        # Whoever closes the queue at the end may find it closed, or the session.
        try:
            sess.run(op)
        except Exception as error:
            logging.debug("Ignored exception: %s", error)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """This as a `QueueRunnerDef`.

        Args:
            export_scope: a name scope to take away from the names.

        Returns:
            The message, or None if the queue is outside the scope.
        """
        from perdure.formats.messages import QueueRunnerDef  # protobuf, which few programs need

        if export_scope is not None and not self.name.startswith(export_scope):
            return None
        message = QueueRunnerDef()
        prefix = f"{export_scope}/" if export_scope else ""
        message.queue_name = self.name.removeprefix(prefix)
        message.enqueue_op_name.extend(op.name.removeprefix(prefix) for op in self._enqueue_ops)
        message.close_op_name = self._close_op.name.removeprefix(prefix)
        message.cancel_op_name = self._cancel_op.name.removeprefix(prefix)
        message.queue_closed_exception_types.extend(
            errors.error_code_from_exception_type(kind) for kind in self._queue_closed_exception_types
        )
        return message

    @staticmethod
    def from_proto(queue_runner_def: Any, import_scope: str | None = None) -> QueueRunner:
        """A QueueRunner of the default graph from a `QueueRunnerDef`; see the class."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)


def _check_error_types(kinds: Any) -> None:
    if kinds is None:
        return
    if (
        not isinstance(kinds, tuple)
        or not kinds
        or not all(issubclass(kind, errors.OpError) for kind in kinds)
    ):
        raise TypeError(
            "queue_closed_exception_types, when provided, must be a tuple of tf.error types, but saw: "
            f"{kinds}"
        )


def add_queue_runner(qr: QueueRunner, collection: str = GraphKeys.QUEUE_RUNNERS) -> None:
    """Add a QueueRunner to a collection, so that `start_queue_runners` starts it."""
    add_to_collection(collection, qr)


def start_queue_runners(
    sess: Any = None,
    coord: Coordinator | None = None,
    daemon: bool = True,
    start: bool = True,
    collection: str = GraphKeys.QUEUE_RUNNERS,
) -> list[threading.Thread]:
    """Start the queue runners of the graph.

    Args:
        sess: the session they run steps of; the default session when None.
        coord: tells them when to stop.
        daemon: whether their threads end with the program.
        start: whether the threads are started, or just made.
        collection: the collection that holds the queue runners.

    Returns:
        The threads.

    Raises:
        ValueError: there is no session.
        TypeError: `sess` is no session.
    """
    if sess is None:
        sess = get_default_session()
        if sess is None:
            raise ValueError(
                "Cannot start queue runners: No default session is registered. Use `with sess.as_default()` "
                "or pass an explicit session to tf.start_queue_runners(sess=sess)"
            )
    if not isinstance(sess, Session):
        if type(sess).__name__ in _STARTS_ITS_OWN:
            return []
        raise TypeError(f"sess must be a `tf.Session` object. Given class: {type(sess)}")
    if not get_collection(collection):
        logging.warning(
            "`tf.train.start_queue_runners()` was called when no queue runners were defined. You can safely "
            "remove the call to this deprecated function."
        )
    threads: list[threading.Thread] = []
    with sess.graph.as_default():
        for runner in get_collection(collection):
            threads += runner.create_threads(sess, coord=coord, daemon=daemon, start=start)
    return threads
