"""Warnings about what TensorFlow 1.15 calls deprecated, for programs whose logs are compared."""

from __future__ import annotations

from perdure.graph.source import creation_site, source_line
from perdure.platform import logging

_warned: set[str] = set()


def warn_once(function: str, module: str, instructions: str, after: str | None = None) -> None:
    """Log that a function is deprecated, the first time it is called in the process.

    Args:
        function: its name, "BasicLSTMCell.__init__".
        module: the module of TensorFlow that has it.
        instructions: what to do instead.
        after: the day after which it was to be removed, "2016-11-30"; None if none was set.
    """
    if function in _warned:
        return
    _warned.add(function)
    line = source_line(creation_site())
    where = "" if line is None else f"From {line.filename}:{line.lineno}: "
    logging.warning(
        "%s%s (from %s) is deprecated and will be removed %s.\n"
        "Instructions for updating:\n%s",
        where, function, module, f"after {after}" if after else "in a future version", instructions,
    )  # fmt: skip
