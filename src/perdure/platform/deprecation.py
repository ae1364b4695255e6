"""Warnings about what TensorFlow 1.15 calls deprecated, for programs whose logs are compared."""

from __future__ import annotations

from collections.abc import Callable

from perdure.graph.source import creation_site, source_line
from perdure.platform import logging

_warned: set[str] = set()


def silence_when(asked: Callable[[], bool]) -> None:
    """Say when these warnings are not wanted: for the module of TensorFlow's that has the switch.

    Args:
        asked: whether the program has switched them off.
    """
    global _is_silenced
    _is_silenced = asked


def _is_silenced() -> bool:
    return False


def warn_once(function: str, module: str, instructions: str, after: str | None = None) -> None:
    """Log that a function is deprecated, the first time it is called in the process.

    Args:
        function: its name, "BasicLSTMCell.__init__".
        module: the module of TensorFlow that has it.
        instructions: what to do instead.
        after: the day after which it was to be removed, "2016-11-30"; None if none was set.
    """
    if function in _warned or _is_silenced():
        return
    _warned.add(function)
    line = source_line(creation_site())
    where = "" if line is None else f"From {line.filename}:{line.lineno}: "
    logging.warning(
        "%s%s (from %s) is deprecated and will be removed %s.\n"
        "Instructions for updating:\n%s",
        where, function, module, f"after {after}" if after else "in a future version", instructions,
    )  # fmt: skip
