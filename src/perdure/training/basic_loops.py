"""The simplest loop of training with a supervisor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph.errors import AbortedError
from perdure.training.supervisor import Supervisor


def basic_train_loop(
    supervisor: Supervisor,
    train_step_fn: Callable[..., Any],
    args: Any = None,
    kwargs: Any = None,
    master: str = "",
) -> None:
    """Call a function until the supervisor says stop, starting anew when a step fails with AbortedError.

    Args:
        supervisor: makes the sessions.
        train_step_fn: called as `train_step_fn(session, *args, **kwargs)`.
        args: its further arguments.
        kwargs: its keyword arguments.
        master: the target of the sessions.
    """
    while True:
        try:
            with supervisor.managed_session(master) as session:
                while not supervisor.should_stop():
                    train_step_fn(session, *(args or ()), **(kwargs or {}))
            return
        except AbortedError:
            # A machine went away: the next session recovers.
            continue
