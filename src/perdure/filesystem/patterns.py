"""Patterns of names as TensorFlow reads them: those of fnmatch(3), where a wildcard matches no slash."""

from __future__ import annotations

import re
from functools import lru_cache

_SPECIAL = re.compile(r"[*?\[\\]")


def fixed_prefix(pattern: str) -> str:
    """What comes before the first special character."""
    found = _SPECIAL.search(pattern)
    return pattern if found is None else pattern[: found.start()]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression for a whole name."""
    parts, i = [], 0
    while i < len(pattern):
        letter = pattern[i]
        i += 1
        if letter == "*":
            parts.append("[^/]*")
        elif letter == "?":
            parts.append("[^/]")
        elif letter == "\\" and i < len(pattern):
            parts.append(re.escape(pattern[i]))
            i += 1
        elif letter == "[" and (end := _end_of_set(pattern, i)):
            parts.append(_set(pattern[i:end]))
            i = end + 1
        else:
            parts.append(re.escape(letter))
    return re.compile("".join(parts), re.DOTALL)


def _end_of_set(pattern: str, start: int) -> int:
    """Where the set that begins at `start` ends; 0 if it does not."""
    first = start + (pattern[start : start + 1] in ("!", "^"))
    # A bracket that comes first is part of the set.
    return max(pattern.find("]", first + 1), 0)


def _set(content: str) -> str:
    negated = content[0] in "!^"
    inside = re.sub(r"([\\\]\[^&~|])", r"\\\1", content[negated:])
    return f"(?!/)[{'^' if negated else ''}{inside}]"
