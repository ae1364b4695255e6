"""Signals in tests: what a process does about them is set by the test, and put back."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# The first lines of a program that is to hear Ctrl-C: one that is started in the background ignores it.
HEARS_CTRL_C = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"


@contextmanager
def handled(number: int, handler: Callable[..., Any] = signal.default_int_handler) -> Iterator[None]:
    """Let `handler` hear a signal while the block runs; KeyboardInterrupt unless told otherwise."""
    previous = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, previous)
