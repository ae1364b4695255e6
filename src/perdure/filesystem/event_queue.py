"""Events on their way to a file: a bounded queue, and a thread that empties it from time to time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any
from weakref import WeakSet

from perdure.filesystem.events_writer import EventsWriter
from perdure.graph.errors import NotFoundError, OpError
from perdure.graph.forking import held_in_forks, in_children

_queues: WeakSet[EventQueue] = WeakSet()


class EventQueue:
    """Serialized events that wait to be written.

    They stay in the queue until they are in the file.  The queue is emptied when it is over-full, by whoever
    adds to it, and every few seconds, by a thread that lives as long as there is something to write to.  If
    that thread fails, the next call says so.

    Thread-safe, also for a signal handler that adds an event.  In a forked process the queue is empty, and
    what is added there goes into a file of its own.

    Args:
        writer: writes them.
        most: so many events may wait; `math.inf` for any number.
        seconds: how long they wait at most; not at all if it is not positive.
        first_waits: whether the first event waits, too.
    """

    def __init__(self, writer: EventsWriter, most: float, seconds: float, first_waits: bool = False) -> None:
        self._writer = writer
        self._most = most
        self._seconds = seconds
        self._first_waits = first_waits
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._waiting: list[bytes] = []
        self._failure: OpError | None = None
        self._thread: threading.Thread | None = None
        self._is_ending = False
        _queues.add(self)

    def add(self, event: bytes) -> None:
        """Add an event.

        Raises:
            OpError: what waits cannot be written; the event is not added.
        """
        with self._lock:
            if self._failure is not None:
                self._say_failure()
            self._waiting.append(event)
            is_first = self._thread is None
            if (is_first and not self._first_waits) or len(self._waiting) > self._most or self._seconds <= 0:
                try:
                    self._write()
                except BaseException:
                    self._waiting.pop()
                    raise
            if is_first and self._seconds > 0:
                self._begin()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            OpError: it cannot be written; it stays in the queue.
        """
        with self._lock:
            self._failure = None  # it is tried again
            self._writer.look()
            self._write()

    def close(self) -> None:
        """Write what waits, end the thread and close the file; even if that fails.

        Raises:
            OpError: it cannot be written.
        """
        with self._changed:
            self._failure = None
            thread, self._thread = self._thread, None
            self._is_ending = True
            self._changed.notify_all()
        if thread is not None:
            thread.join()
        with self._lock:
            try:
                self._writer.look()
                self._write()
            finally:
                self._waiting.clear()
                self._writer.close()

    def drop(self) -> None:
        """Close it when nobody is left who could add to it; called by whatever thread collects garbage."""
        if threading.current_thread() is self._thread:
            self._is_ending = True  # that is in the middle of something; it closes the queue when it is done
            return
        try:
            self.close()
        except NotFoundError:
            pass  # who has deleted the folder does not want what was written to it

    def _begin(self) -> None:
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="perdure events", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        me = threading.current_thread()
        due = time.monotonic() + self._seconds
        with self._changed:
            while self._thread is me and not self._is_ending:
                left = due - time.monotonic()
                if left > 0:
                    self._changed.wait(min(left, threading.TIMEOUT_MAX))
                    continue
                try:
                    self._writer.look()
                    self._write()
                except OpError as error:
                    self._failure = error
                due = time.monotonic() + self._seconds
            if self._thread is me:  # nobody else closes it
                self._thread = None
                self.close()

    def _write(self) -> None:
        """Write what waits; the lock is held."""
        events, self._waiting = self._waiting, []
        if not events:
            return
        try:
            self._writer.write(events)
        except BaseException:
            self._waiting[:0] = events
            raise

    def _say_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _renew(self) -> None:
        """In a forked process: the thread is not there, and what waits is the parent's."""
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._waiting = []
        self._failure = self._thread = None
        self._writer.abandon()


@held_in_forks
def _locks() -> Iterable[Any]:
    # Thus no fork comes in the middle of writing.
    return [queue._lock for queue in _queues]


@in_children
def _renew_queues() -> None:
    for queue in _queues:
        queue._renew()
