"""`perdure run --trace FILE`: what the steps of a program did, as a page or for Perfetto."""

from __future__ import annotations

import atexit
import platform
import sys
from typing import IO, Any


def trace_to(path: str) -> None:
    """Record all steps of this process from now on, and write them to `path` at its end.

    Args:
        path: a page if it ends with .html, else a file for https://ui.perfetto.dev or chrome://tracing.

    Raises:
        OSError: it cannot be written to.
    """
    from perdure.session import watching
    from perdure.session.recording import Recording

    file = open(path, "w", encoding="utf-8")  # noqa: SIM115 - a path that cannot be written to fails at once
    watching.recording = Recording()
    atexit.register(_write, file, watching.recording)


def _write(file: IO[str], recording: Any) -> None:
    data = recording.data()
    with file:
        if file.name.endswith(".html"):
            from perdure.drawing.trace_page import trace_page

            file.write(trace_page(data, " ".join(sys.argv), _facts()))
        else:
            from perdure.drawing.perfetto import perfetto_trace

            file.write(perfetto_trace(data))
    print(f"perdure: {data['left_out']['of_steps']} steps recorded in {file.name}", file=sys.stderr)


def _facts() -> dict[str, str]:
    from importlib import metadata

    import numpy as np

    import perdure
    from perdure.runtime.options import current_options

    facts = {
        "perdure": perdure.__version__, "Python": platform.python_version(), "NumPy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}", "tier": current_options().tier,
    }  # fmt: skip
    if "jax" in sys.modules:
        facts["JAX"] = metadata.version("jax")
    return facts
