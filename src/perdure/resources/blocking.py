"""What queues and staging areas share: attempts that wait until they can be carried out.

A step that finds a queue full or empty leaves an attempt behind and waits for it.  Whoever changes the
object next carries out the attempts that have become possible, also those of other steps, in the order
they came.  So a blocked step holds no lock and uses no time of the interpreter until its attempt is done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, MutableSequence
from contextlib import suppress
from typing import Any, Protocol

from perdure.graph.errors import CancelledError, DeadlineExceededError, OpError
from perdure.graph.forking import free_in_children
from perdure.resources.resource import Resource

# What `Attempt.advance` says: nothing could be done, something but not all, or all.
WAITING, ADVANCED, DONE = range(3)


class Waiter(Protocol):
    """What can wait for an attempt: a step of a session."""

    def wait(self, event: Signal) -> None:
        """Return when `event` is set; raise if the step must end before."""


class Signal:
    """What one thread waits for; waiting takes it back.

    Its lock is free for a signal handler of the thread that waits: that of a `threading.Event` is not.
    """

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Let the thread go on."""
        with suppress(RuntimeError):  # it is set
            self._lock.release()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set; returns whether it was, within `timeout` seconds."""
        return self._lock.acquire(timeout=-1 if timeout is None else timeout)


class Deferred(Exception):
    """Raised instead of waiting by an operation that is run side by side with others; not an error."""


class Deferring:
    """What a step remembers of operations that are run side by side until none of them waits.

    Attributes:
        event: set when one of them need not wait any more.
        current: the operation that is running.
        attempts: what the others wait for, by operation.
    """

    __slots__ = ("event", "current", "attempts")

    def __init__(self) -> None:
        self.event = Signal()
        self.current: Any = None
        self.attempts: dict[Any, tuple[Blocking, MutableSequence[Attempt], Attempt]] = {}

    def waits(self, operation: Any) -> bool:
        """Whether an operation would still have to wait if it was run again."""
        kept = self.attempts.get(operation)
        return kept is not None and not kept[2].finished

    def withdraw(self) -> None:
        """Let nobody wait any more."""
        for blocking, line, attempt in self.attempts.values():
            blocking._withdraw(line, attempt)


def has_waited(waiter: Any) -> bool:
    """Whether an operation that is run side by side with others is run again, after it had to wait."""
    deferring = getattr(waiter, "deferring", None)
    return deferring is not None and deferring.current in deferring.attempts


class Attempt:
    """Something a step wants of an object, carried out as soon as it is possible.

    Attributes:
        what: names it in messages, such as "Dequeue".
        result: what the step gets.
        error: what the step raises instead.
        finished: whether either is settled.
        event: set when it is finished; None while nobody waits for it.
        owner: the resources of the session whose step waits for it.
    """

    __slots__ = ("what", "result", "error", "finished", "event", "owner")

    def __init__(self, what: str) -> None:
        self.what = what
        self.result: Any = None
        self.error: OpError | None = None
        self.finished = False
        self.event: Signal | None = None
        self.owner: Any = None

    def advance(self) -> int:
        """Do what can be done now, under the object's lock; returns WAITING, ADVANCED or DONE."""
        raise NotImplementedError

    def withdraw(self) -> None:
        """Undo what was done, under the object's lock: nobody waits for the rest any more."""

    def finish(self) -> None:
        """Let the step go on."""
        self.finished = True
        if self.event is not None:
            self.event.set()


class Simple(Attempt):
    """An attempt that is done at once or not at all.

    Args:
        what: names it in messages.
        function: does it and returns the result, or `Simple.NOT_YET`.
    """

    __slots__ = ("_function",)
    NOT_YET = object()

    def __init__(self, what: str, function: Callable[[], Any]) -> None:
        super().__init__(what)
        self._function = function

    def advance(self) -> int:
        """See `Attempt.advance`."""
        try:
            self.result = self._function()
        except OpError as error:
            self.error = error
            return DONE
        return WAITING if self.result is Simple.NOT_YET else DONE


class Blocking(Resource):
    """An object of a session or a server that steps wait for.  Thread-safe.

    Args:
        name: its name in messages.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._lock = free_in_children(threading.RLock())
        self._cancelled = False
        self._apart: list[list[Attempt]] = []

    def forget_threads(self) -> None:
        for line in self._lines():
            line.clear()
        self._apart.clear()

    def _lines(self) -> Iterable[MutableSequence[Attempt]]:
        """The attempts that wait, as lines in which only the first may be carried out."""
        raise NotImplementedError

    def _carry_out(self, line: MutableSequence[Attempt] | None, attempt: Attempt, waiter: Waiter) -> Any:
        """Put `attempt` at the end of a line and wait for its result.

        Args:
            line: the line; None for one of its own: it waits for nobody, and nobody waits for it.
            attempt: what is wanted.
            waiter: who waits for it.

        Raises:
            CancelledError: the session was closed.
            tf.errors.OpError: the attempt failed.
        """
        deferring = getattr(waiter, "deferring", None)
        if deferring is not None and has_waited(waiter):
            _, line, attempt = deferring.attempts.pop(deferring.current)
        else:
            with self._lock:
                if self._cancelled:
                    raise _cancelled(attempt)
                if line is None:
                    line = []
                    self._apart.append(line)
                line.append(attempt)
                self._advance()
                if not attempt.finished:
                    attempt.event = Signal() if deferring is None else deferring.event
                    attempt.owner = owner = getattr(waiter, "owner", None)
                    # Nobody would end the wait of a session that is closed; a handler may have ended it.
                    if owner is not None and owner.is_closed and not attempt.finished:
                        self._cancel_one(line, attempt)
        if not attempt.finished:
            if deferring is not None:
                deferring.attempts[deferring.current] = self, line, attempt
                raise Deferred
            assert attempt.event is not None
            try:
                waiter.wait(attempt.event)
            except DeadlineExceededError:
                self._withdraw(line, attempt)
                if not attempt.finished:  # else it was carried out at the last moment
                    raise
            except BaseException:
                self._withdraw(line, attempt)
                raise
        if attempt.error is not None:
            raise attempt.error
        changed = getattr(waiter, "changed_something_shared", None)
        if changed is not None:
            changed()
        return attempt.result

    def _withdraw(self, line: MutableSequence[Attempt], attempt: Attempt) -> None:
        """Nobody waits for `attempt` any more, unless it is finished."""
        with self._lock:
            if not attempt.finished:
                line.remove(attempt)
                attempt.withdraw()
                self._advance()

    def _advance(self) -> None:
        """Carry out what has become possible; under the lock."""
        try:
            self._advance_all()
        except Exception:
            # It was emptied meanwhile by a signal handler, which has ended all waits.
            if not self._cancelled:
                raise

    def _advance_all(self) -> None:
        progress = True
        while progress:
            progress = False
            for line in (*self._lines(), *self._apart):
                while line:
                    attempt = line[0]
                    outcome = attempt.advance()
                    progress = progress or outcome != WAITING
                    if outcome != DONE:
                        break
                    # An attempt that closes the object may have emptied the line.
                    if line and line[0] is attempt:
                        del line[0]
                    attempt.finish()
        if self._apart:
            self._apart = [line for line in self._apart if line]

    def _cancel_line(self, line: MutableSequence[Attempt]) -> None:
        for attempt in line:
            attempt.error = _cancelled(attempt)
            attempt.finish()
        line.clear()

    def cancel(self) -> None:
        """Let all steps that wait, and all that come later, fail with CancelledError."""
        with self._lock:
            self._cancelled = True
            for line in (*self._lines(), *self._apart):
                self._cancel_line(line)
            self._clear()

    def cancel_steps_of(self, owner: Any) -> None:
        """Let the steps of one session that wait fail with CancelledError, and no others."""
        with self._lock:
            for line in (*self._lines(), *self._apart):
                for attempt in [attempt for attempt in line if attempt.owner is owner]:
                    self._cancel_one(line, attempt)
            self._advance()

    def _cancel_one(self, line: MutableSequence[Attempt], attempt: Attempt) -> None:
        line.remove(attempt)
        attempt.withdraw()
        attempt.error = CancelledError(
            None, None, "The step was cancelled by a call to Session.close() while it waited."
        )
        attempt.finish()

    def _clear(self) -> None:
        """Drop the contents; under the lock."""
        raise NotImplementedError


def _cancelled(attempt: Attempt) -> CancelledError:
    return CancelledError(None, None, f"{attempt.what} operation was cancelled")
