"""Threads that stop together: Coordinator and LooperThread."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from perdure.graph.errors import OutOfRangeError
from perdure.graph.forking import free_in_children
from perdure.platform import logging

_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class Coordinator:
    """Lets any of several threads ask all of them to stop, and hands the first exception to who joins them.

    Thread-safe.

    Args:
        clean_stop_exception_types: exceptions that ask for a stop without being an error;
            `(tf.errors.OutOfRangeError,)` when None.
    """

    def __init__(self, clean_stop_exception_types: Any = None) -> None:
        if clean_stop_exception_types is None:
            clean_stop_exception_types = (OutOfRangeError,)
        self._clean_stop_exception_types = tuple(clean_stop_exception_types)
        self._lock = free_in_children(threading.RLock())
        self._stop_event = threading.Event()
        self._exc_info_to_raise: _ExceptionInfo | None = None
        self._joined = False
        self._registered_threads: set[threading.Thread] = set()

    def request_stop(self, ex: Any = None) -> None:
        """Ask all threads to stop.

        Args:
            ex: why: the exception that is being handled, or what `sys.exc_info()` returns; `join` raises it.

        Raises:
            Exception: `ex`, if the threads are joined already and nobody would hear of it.
        """
        with self._lock:
            error = ex[1] if isinstance(ex, tuple) else ex
            if error is not None and isinstance(error, self._clean_stop_exception_types):
                ex = error = None
            if self._joined and ex is not None:
                raise _raisable(ex)
            if self._stop_event.is_set():
                return
            if ex is not None and self._exc_info_to_raise is None:
                if isinstance(ex, tuple):
                    logging.info("Error reported to Coordinator: %s", error, exc_info=ex)
                else:
                    logging.info("Error reported to Coordinator: %s, %s", type(ex), ex)
                self._exc_info_to_raise = _exception_info(ex)
            self._stop_event.set()

    def clear_stop(self) -> None:
        """Forget the request to stop, so that the coordinator can be used again."""
        with self._lock:
            self._joined = False
            self._exc_info_to_raise = None
            self._stop_event.clear()

    def should_stop(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop_event.is_set()

    @contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """Pass an exception of the block to `request_stop` instead of raising it."""
        try:
            yield
        except:  # noqa: E722 - whatever ends a thread must reach who joins it
            self.request_stop(ex=sys.exc_info())

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Wait until a stop is asked for.

        Args:
            timeout: how long at most, in seconds.

        Returns:
            Whether it was asked for.
        """
        return self._stop_event.wait(timeout)

    def register_thread(self, thread: threading.Thread) -> None:
        """Let `join` wait for a thread."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(
        self,
        threads: Iterable[threading.Thread] | None = None,
        stop_grace_period_secs: float = 120,
        ignore_live_threads: bool = False,
    ) -> None:
        """Wait until the threads end, or until some time after a stop was asked for.

        Args:
            threads: threads to wait for, besides the registered ones.
            stop_grace_period_secs: how long they may take to end after the request.
            ignore_live_threads: whether it is no error if some go on after that.

        Raises:
            Exception: what was given to `request_stop` or caught by `stop_on_exception`.
            RuntimeError: some threads are still running.
        """
        with self._lock:
            waiting = list(self._registered_threads.union(threads or ()))
        while any(thread.is_alive() for thread in waiting) and not self.wait_for_stop(_tick(waiting)):
            pass
        deadline = time.monotonic() + stop_grace_period_secs
        for thread in waiting:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        stragglers = " ".join(thread.name for thread in waiting if thread.is_alive())
        with self._lock:
            self._joined = True
            self._registered_threads = set()
        self.raise_requested_exception()
        if stragglers:
            message = f"Coordinator stopped with threads still running: {stragglers}"
            if not ignore_live_threads:
                raise RuntimeError(message)
            logging.info("%s", message)

    @property
    def joined(self) -> bool:
        """Whether `join` has returned or raised since the last `clear_stop`."""
        return self._joined

    def raise_requested_exception(self) -> None:
        """Raise what was given to `request_stop`, if anything was."""
        with self._lock:
            if self._exc_info_to_raise is not None:
                _, error, traceback = self._exc_info_to_raise
                raise error.with_traceback(traceback)


def _tick(threads: list[threading.Thread]) -> float:
    """How long to wait for a request before looking again whether the threads have ended."""
    first = next((thread for thread in threads if thread.is_alive()), None)
    if first is not None:
        # Ends at once when the thread does, so that a program with quick threads is not held up.
        first.join(0.01)
    return 0.05


def _exception_info(ex: Any) -> _ExceptionInfo:
    """The three parts of an exception; a ValueError about it if it is none."""
    if isinstance(ex, BaseException):
        return type(ex), ex, ex.__traceback__
    if isinstance(ex, tuple) and len(ex) == 3 and ex[0] and ex[1]:
        return ex
    try:
        raise ValueError(f"ex must be an exception or what sys.exc_info() returns, not {ex!r}")
    except ValueError as error:
        return type(error), error, error.__traceback__


def _raisable(ex: Any) -> BaseException:
    _, error, traceback = _exception_info(ex)
    return error.with_traceback(traceback)


class LooperThread(threading.Thread):
    """A daemon thread that calls a function again and again until its coordinator asks it to stop.

    Args:
        coord: the Coordinator; an exception of the function is given to it.
        timer_interval_secs: seconds from one call to the next; None to call it back to back.
        target: the function; without one, override `run_loop`.
        args: its positional arguments.
        kwargs: its keyword arguments.

    Raises:
        ValueError: `coord` is no Coordinator, or there are arguments without a function.
    """

    def __init__(
        self,
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any] | None = None,
        args: Any = None,
        kwargs: Any = None,
    ) -> None:
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        super().__init__(daemon=True)
        self._coord = coord
        self._timer_interval_secs = timer_interval_secs
        self._target = target
        if target is not None:
            self._args = args or ()
            self._kwargs = kwargs or {}
        elif args or kwargs:
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        coord.register_thread(self)

    @staticmethod
    def loop(
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: Any = None,
        kwargs: Any = None,
    ) -> LooperThread:
        """Make such a thread and start it; arguments as of the class."""
        looper = LooperThread(coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def run(self) -> None:
        """The thread: call `start_loop`, `run_loop` until it must stop, and `stop_loop`."""
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._timer_interval_secs is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                next_time = time.time()
                while not self._coord.wait_for_stop(max(0.0, next_time - time.time())):
                    next_time += self._timer_interval_secs
                    self.run_loop()
            self.stop_loop()

    def start_loop(self) -> None:
        """Called once when the thread starts; does nothing unless overridden."""

    def stop_loop(self) -> None:
        """Called once when the loop ends without an exception; does nothing unless overridden."""

    def run_loop(self) -> None:
        """One turn of the loop: calls `target`, if there is one."""
        if self._target is not None:
            self._target(*self._args, **self._kwargs)
