"""What a program may choose about how steps run: `perdure.options(tier=...)`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

TIERS = ("auto", "interpret", "compile")


@dataclass(frozen=True, slots=True)
class Options:
    """How steps run.

    Attributes:
        tier: "auto" compiles what has earned it, "interpret" compiles nothing, "compile" everything that can
            be, at its first run.
        cache: whether compiled programs are kept on disk for the next process.
    """

    tier: str = "auto"
    cache: bool = True


_process = Options()
# Whether this is a child of a process that has used JAX: XLA's threads are not there in it.
_must_interpret = False
_current: ContextVar[Options | None] = ContextVar("perdure options", default=None)


def current_options() -> Options:
    """The options in force here."""
    found = _current.get() or _process
    return replace(found, tier="interpret") if _must_interpret else found


def interpret_only() -> None:
    """Compile nothing in this process any more."""
    global _must_interpret
    _must_interpret = True


@contextmanager
def options(**changes: Any) -> Iterator[None]:
    """Change options while the block runs.

    Args:
        tier: "auto", "interpret" or "compile"; see `Options`.
        cache: whether compiled programs are kept on disk.

    Raises:
        ValueError: there is no such tier.
        TypeError: there is no such option.
    """
    token = _current.set(_checked(changes))
    try:
        yield
    finally:
        _current.reset(token)


def set_process_options(**changes: Any) -> None:
    """Change options for all threads from now on; what the command line's flags do.

    Raises:
        ValueError, TypeError: as `options`.
    """
    global _process
    _process = _checked(changes)


def _checked(changes: dict[str, Any]) -> Options:
    made = replace(current_options(), **changes)
    if made.tier not in TIERS:
        raise ValueError(f"tier must be one of {', '.join(TIERS)}, not {made.tier!r}")
    return made
