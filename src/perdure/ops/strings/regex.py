"""Regular expressions, those of RE2: its library decides what matches."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np

from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import as_bytes, of_each


def _same_shape(input):
    return input


@lru_cache(maxsize=256)
def _pattern(text: bytes) -> Any:
    """A compiled pattern.

    Raises:
        InvalidArgumentError: RE2 does not know it.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        why = error.args[0]
        why = why.decode("utf-8", "replace") if isinstance(why, bytes) else why
        raise invalid(f"Invalid pattern: {text.decode('utf-8', 'replace')}, error: {why}") from None


def _scalar(value, name):
    if np.ndim(value):
        raise invalid(f"{name} must be scalar, but received {format_shape(np.shape(value))}")
    return np.asarray(value, object).item()


# -- RegexFullMatch -----------------------------------------------------------------------

regex_full_match = op("RegexFullMatch", host=True)
regex_full_match.not_differentiable("it compares strings")


@regex_full_match.shape
def regex_full_match_shape(input, pattern):
    with_rank(pattern, 0)
    return input


@regex_full_match.kernel
def regex_full_match_kernel(xp, input, pattern):
    return _full_matches(input, _scalar(pattern, "Pattern"))


static_regex_full_match = op("StaticRegexFullMatch", host=True)
static_regex_full_match.shape(_same_shape)
static_regex_full_match.not_differentiable("it compares strings")


@static_regex_full_match.kernel
def static_regex_full_match_kernel(xp, input, *, pattern):
    return _full_matches(input, pattern)


def _full_matches(strings, pattern):
    found = _pattern(as_bytes(pattern))
    return of_each(strings, lambda text: found.fullmatch(text) is not None, bool)


# -- RegexReplace -------------------------------------------------------------------------

regex_replace = op("RegexReplace", host=True)
regex_replace.not_differentiable("it makes strings")


@regex_replace.shape
def regex_replace_shape(input, pattern, rewrite):
    with_rank(pattern, 0)
    with_rank(rewrite, 0)
    return input


@regex_replace.kernel
def regex_replace_kernel(xp, input, pattern, rewrite, *, replace_global):
    pattern, rewrite = _scalar(pattern, "Pattern"), _scalar(rewrite, "Rewrite")
    return _replaced(input, pattern, rewrite, replace_global)


static_regex_replace = op("StaticRegexReplace", host=True)
static_regex_replace.shape(_same_shape)
static_regex_replace.not_differentiable("it makes strings")


@static_regex_replace.kernel
def static_regex_replace_kernel(xp, input, *, pattern, rewrite, replace_global):
    return _replaced(input, pattern, rewrite, replace_global)


def _replaced(strings, pattern, rewrite, everywhere):
    found = _pattern(as_bytes(pattern))
    parts = _rewrite(as_bytes(rewrite))
    replace = _replaced_everywhere if everywhere else _replaced_once
    return of_each(strings, lambda text: replace(found, parts, text))


def _rewrite(text: bytes) -> list[bytes | int | None]:
    r"""What is put in the place of a match: bytes, and groups by their numbers, from `\1`, `\\` and the like.

    Anything else behind a backslash ends what is put there, as it does in RE2: None.
    """
    parts: list[bytes | int | None] = []
    for literal, escaped in re.findall(rb"([^\\]+)|\\(.?)", text, re.DOTALL):
        if literal:
            parts.append(literal)
        elif escaped.isdigit():
            parts.append(int(escaped))
        else:
            parts.append(b"\\" if escaped == b"\\" else None)
    return parts


def _written(parts, match):
    made = []
    for part in parts:
        if part is None or isinstance(part, int) and part > match.re.groups:
            break
        made.append(part if isinstance(part, bytes) else match.group(part) or b"")
    return b"".join(made)


def _replaced_once(pattern, parts, text):
    match = pattern.search(text)
    if match is None:
        return text
    return text[: match.start()] + _written(parts, match) + text[match.end() :]


def _replaced_everywhere(pattern, parts, text):
    made, place, last_end = [], 0, -1
    while place <= len(text):
        match = pattern.search(text, place)
        if match is None:
            break
        made.append(text[place : match.start()])
        if match.start() == match.end() == last_end:
            # RE2 lets no empty match follow at once on another match, and goes on behind the next character.
            place = match.end() + _character_size(text, match.end())
            made.append(text[match.end() : place])
            continue
        made.append(_written(parts, match))
        place = last_end = match.end()
        if match.start() == match.end():
            place += _character_size(text, place)
            made.append(text[match.end() : place])
    return b"".join(made) + text[place:]


def _character_size(text, place):
    """The size in bytes of the character of UTF-8 that begins at a place; 1 where none does."""
    end = place + 1
    while end < min(len(text), place + 4) and text[end] & 0xC0 == 0x80:
        end += 1
    return end - place
