"""Threads that do jobs for the iterators of a context."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from perdure.graph.errors import CancelledError

# More threads than this do not help: they share one interpreter.
_MOST = 16


class Job:
    """A call that is done by another thread."""

    __slots__ = ("_call", "_argument", "_done", "_result", "_error")

    def __init__(self, call: Callable[[Any], Any], argument: Any) -> None:
        self._call, self._argument = call, argument
        self._done = threading.Event()
        self._result: Any = None
        self._error: BaseException | None = None

    @staticmethod
    def failed(error: BaseException) -> Job:
        """A job that is done: it has failed."""
        job = Job(bool, None)
        job._error = error
        job._done.set()
        return job

    @staticmethod
    def done(result: Any) -> Job:
        """A job that is done."""
        job = Job(bool, None)
        job._result = result
        job._done.set()
        return job

    def outcome(self) -> tuple[Any, BaseException | None]:
        """What came of it, once it is done: what the call returned, and what it raised instead."""
        self._done.wait()
        return self._result, self._error

    def run(self) -> None:
        """Do it."""
        try:
            self._result = self._call(self._argument)
        except BaseException as error:
            self._error = error
        self._done.set()

    def cancel(self) -> None:
        """Say that nobody does it."""
        if not self._done.is_set():
            self._error = CancelledError(None, None, "Iterator was cancelled")
            self._done.set()

    def result(self, context: Any) -> Any:
        """What the call returned.

        Raises:
            BaseException: what it raised.
            CancelledError: the context was closed.
        """
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._result


class Workers:
    """Threads that do jobs in the order they come.

    Args:
        prepare: called first in each thread.
    """

    def __init__(self, prepare: Callable[[], None]) -> None:
        self._prepare = prepare
        self._changed = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._running: set[Job] = set()
        self._threads = self._idle = 0
        self._most = 0
        self._closed = False

    def allow(self, count: int) -> None:
        """Let there be up to `count` threads, if that is not too many."""
        self._most = max(self._most, min(count, _MOST))

    def do(self, call: Callable[[Any], Any], argument: Any) -> Job:
        """Let a thread call a function."""
        job = Job(call, argument)
        with self._changed:
            if self._closed:
                job.cancel()
                return job
            self._jobs.append(job)
            if self._idle:
                self._changed.notify()
            elif self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._work, name="perdure-data", daemon=True).start()
        return job

    def _work(self) -> None:
        self._prepare()
        while True:
            with self._changed:
                while not self._jobs and not self._closed:
                    self._idle += 1
                    self._changed.wait()
                    self._idle -= 1
                if self._closed:
                    return
                job = self._jobs.popleft()
                self._running.add(job)
            job.run()
            with self._changed:
                self._running.discard(job)

    def close(self) -> None:
        """End the threads; one that is in the middle of a call ends behind it, and nobody waits for it."""
        with self._changed:
            self._closed = True
            left = [*self._jobs, *self._running]
            self._jobs.clear()
            self._changed.notify_all()
        for job in left:
            job.cancel()
