"""The fields of a line of comma-separated values, RFC 4180."""

from __future__ import annotations

from collections.abc import Sequence

QUOTE = 0x22


class BadLine(ValueError):
    """A line breaks the rules of the format; the message says which."""


def fields_of(line: bytes, delimiter: bytes, quotes: bool, chosen: Sequence[int]) -> list[bytes]:
    """The fields of a line.

    Args:
        line: the line, without its end.
        delimiter: one byte.
        quotes: whether quotation marks around a field protect what is in it.
        chosen: which fields are wanted, in ascending order; all if empty.

    Raises:
        BadLine: quotation marks or ends of lines are where they must not be.
    """
    if not (quotes and b'"' in line) and b"\n" not in line and b"\r" not in line:
        found = line.split(delimiter) if line else []
        return [found[i] for i in chosen if i < len(found)] if chosen else found
    return _slowly(line, delimiter, quotes, chosen)


def _slowly(line: bytes, delimiter: bytes, quotes: bool, chosen: Sequence[int]) -> list[bytes]:
    found: list[bytes] = []
    at, end, number = 0, len(line), 0
    last = chosen[-1] if chosen else -1
    while at < end:
        if line[at] in b"\n\r":
            at += 1
            continue
        if quotes and line[at] == QUOTE:
            field, at = _quoted(line, at + 1, delimiter)
        else:
            stop = line.find(delimiter, at)
            stop = end if stop < 0 else stop
            field, at = line[at:stop], stop + 1
            if (quotes and b'"' in field) or b"\n" in field or b"\r" in field:
                raise BadLine("Unquoted fields cannot have quotes/CRLFs inside")
        if not chosen or number in chosen:
            found.append(field)
            if number == last:
                return found
        number += 1
    if line[-1:] == delimiter and (not chosen or number in chosen):
        found.append(b"")
    return found


def _quoted(line: bytes, at: int, delimiter: bytes) -> tuple[bytes, int]:
    """A field from behind its first quotation mark, and where the next one begins."""
    parts = []
    while True:
        stop = line.find(b'"', at)
        if stop < 0:
            raise BadLine("Quoted field has to end with quote followed by delim or end")
        parts.append(line[at:stop])
        following = line[stop + 1 : stop + 2]
        if not following or following == delimiter:
            return b"".join(parts), stop + 2
        if following != b'"':
            raise BadLine("Quote inside a string has to be escaped by another quote")
        parts.append(b'"')
        at = stop + 2
