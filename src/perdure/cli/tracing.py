"""`perdure run --trace FILE`: what the steps of a program did, for Perfetto."""

from __future__ import annotations

import atexit


def trace_to(path: str) -> None:
    """Record all steps of this process from now on, and write them to `path` at its end.

    Args:
        path: a file for https://ui.perfetto.dev or chrome://tracing.

    Raises:
        OSError: it cannot be written to.
    """
    from perdure.session import watching

    watching.trace_file = watching.TraceFile(path)
    atexit.register(watching.trace_file.close)
