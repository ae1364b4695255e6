"""Functions of the program that are called side by side: one may wait for what another one of the step does.

TensorFlow calls them in threads of its own.  Here the first one has some time to end before the next one is
called, so that functions that do not wait run one after another, in the order of the graph.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import Any

from perdure.graph.stacks import graph_stack, session_stack
from perdure.resources.blocking import Deferred, Deferring, Signal
from perdure.runtime.execution.step import Step

# So long (seconds) nothing else is done.
_HEAD_START = 0.1


class OutsideCall:
    """A call of a function of the program in a thread of its own.

    Args:
        call: the kernel that calls it.
        step: the step, which lets others see and write variables meanwhile.
        arguments: what the kernel takes behind the step.
        event: set when the function has ended.
    """

    def __init__(self, call: Callable[..., Any], step: Step, arguments: Sequence[Any], event: Signal) -> None:
        self.finished = False
        self._event = event
        self._ended = Signal()
        self._result: Any = None
        self._error: BaseException | None = None
        self._defaults = list(graph_stack.stack), list(session_stack.stack)
        step.hand_over()
        run = copy_context().run
        self._thread = threading.Thread(
            target=run, args=(self._run, call, _Outside(step), arguments), daemon=True
        )
        self._thread.start()

    def _run(self, call: Callable[..., Any], step: _Outside, arguments: Sequence[Any]) -> None:
        graph_stack.stack, session_stack.stack = self._defaults
        try:
            self._result = call(step, *arguments)
        except BaseException as error:
            self._error = error
        self.finished = True
        self._ended.set()
        self._event.set()

    def has_head_start(self) -> bool:
        """Wait a while; returns whether the function has ended."""
        return self._ended.wait(_HEAD_START)

    def result(self) -> Any:
        """What the kernel made of it.

        Raises:
            BaseException: what the function raised, in TensorFlow's words.
        """
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result

    def _withdraw(self, *_: Any) -> None:
        """A function that runs cannot be ended; nobody waits for it any more."""


class _Outside:
    """The step as a kernel in another thread sees it, which has handed over what it wrote."""

    __slots__ = ("read",)

    def __init__(self, step: Step) -> None:
        self.read = step.read

    def hand_over(self) -> None:
        """It was done before."""


def call_beside_others(call: Callable[..., Any], run: tuple[Step, Deferring], *arguments: Any) -> Any:
    """Call a function of the program, or get what it returned if it was called before.

    Args:
        call: the kernel that calls it.
        run: the step, and what it remembers of operations that are put off.
        *arguments: what the kernel takes behind the step.

    Raises:
        Deferred: it takes longer; other parts of the step go on.
    """
    step, deferring = run
    kept: Any = deferring.attempts.get(deferring.current)
    if kept is None:
        made = OutsideCall(call, step, arguments, deferring.event)
        if not made.has_head_start():
            deferring.attempts[deferring.current] = made, [], made  # type: ignore[assignment]
            raise Deferred
    else:
        del deferring.attempts[deferring.current]
        made = kept[2]
    return made.result()
