"""`perdure explain`: how the steps of a program were run."""

from __future__ import annotations

import atexit
import sys
from typing import Any

from perdure.runtime.explain import explain
from perdure.session.session import close_observers, open_sessions
from perdure.session.steps import StepKey


def explain_at_exit() -> None:
    """Print how a session's steps were run, when it is closed or at the end of the process."""
    close_observers.append(_print_steps)
    atexit.register(_print_open_sessions)


def _print_open_sessions() -> None:
    for session in list(open_sessions):
        _print_steps(session)


def _print_steps(session: Any) -> None:
    # A session drops its plans when it is closed, so there is nothing to say of it twice.
    for number, (key, executable) in enumerate(session._executables.items(), 1):
        print(f"\nstep {number} of the session made at {session.made_at}: {_named(key)}", file=sys.stderr)
        print(explain(executable), file=sys.stderr)


def _named(key: StepKey) -> str:
    """What a planned step fetches and is fed."""
    fed = _listed(key.feed_names)
    parts = ", in parts" if key.in_parts else ""
    return f"{_listed(key.fetch_names) or 'nothing'}{f', fed {fed}' if fed else ''}{parts}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more
