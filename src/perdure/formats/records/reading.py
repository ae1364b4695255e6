"""Reading the records of a file; see `layout.py`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Protocol

import numpy as np

from perdure.formats.checksums import masked_crc32c_of_each
from perdure.formats.records.layout import FOOTER, HEADER, Lengths
from perdure.graph.errors import DataLossError

_PIECE = 1 << 18


class Source(Protocol):
    """What records are read from: a file, or a `compression.Inflated`."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def read_records(source: Source) -> Iterator[bytes]:
    """The records of a file, one after the other.

    As in TensorFlow, what is behind the last record may be a part of a header: whoever writes the file may
    not be done yet.

    Args:
        source: where they are read from, at its beginning.

    Raises:
        DataLossError: a record is damaged, or ends behind the end of the file.
    """
    known = Lengths()
    offset, chunk, wanted = 0, b"", _PIECE
    while piece := source.read(wanted):
        chunk = chunk + piece if chunk else piece
        found, end, missing = _split(chunk, known)
        if found:
            yield from _checked(chunk, found, offset)
            chunk, offset = chunk[end:], offset + end
        if missing < 0:
            raise DataLossError(None, None, f"corrupted record at {offset}")
        # A length may be a lie: twice what is there already is asked for, and not what it says.
        wanted = max(_PIECE, min(missing, len(chunk)))
    if len(chunk) >= HEADER:
        raise DataLossError(None, None, f"truncated record at {offset}")


def _split(chunk: bytes, known: Lengths) -> tuple[list[bytes], int, int]:
    """The records that are in a piece of a file.

    Returns:
        The records, where the last of them ends, and how many bytes the next one has beyond the piece: -1
        if its header is damaged.
    """
    found: list[bytes] = []
    add = found.append
    position, size, last = 0, len(chunk), len(chunk) - HEADER - FOOTER
    while position <= last:
        start = position + HEADER
        end = start + known[chunk[position:start]]
        if end + FOOTER > size or end < start:
            return found, position, end + FOOTER - size if end >= start else -1
        add(chunk[start:end])
        position = end + FOOTER
    left = chunk[position : position + HEADER]
    if len(left) == HEADER and known[left] < 0:
        return found, position, -1
    return found, position, 0


def _checked(chunk: bytes, found: list[bytes], offset: int) -> Iterator[bytes]:
    """The records at the beginning of a piece that stands at `offset`, up to one whose checksum is wrong."""
    ends = np.fromiter(accumulate([len(record) + HEADER + FOOTER for record in found]), np.intp, len(found))
    places = (ends - FOOTER)[:, np.newaxis] + np.arange(FOOTER)
    stored = np.frombuffer(chunk, np.uint8)[places].view("<u4").ravel()
    wrong = np.flatnonzero(stored != masked_crc32c_of_each(found))
    if not wrong.size:
        yield from found
        return
    first = int(wrong[0])
    yield from found[:first]
    start = int(ends[first]) - FOOTER - len(found[first])
    raise DataLossError(None, None, f"corrupted record at {offset + start}")
