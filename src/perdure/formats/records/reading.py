"""Reading the records of a file; see `layout.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from perdure.formats.checksums import masked_crc32c_of_each
from perdure.formats.records.layout import FOOTER, HEADER, Lengths
from perdure.graph.errors import DataLossError

_PIECE = 1 << 17
# So many records of one length are looked for at once.
_MANY = 16


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
        records, ends, missing = _split(chunk, known)
        wrong = _first_wrong(chunk, records, ends)
        if wrong is not None:
            yield from records[:wrong]
            raise DataLossError(
                None, None, f"corrupted record at {offset + ends[wrong] - len(records[wrong])}"
            )
        yield from records
        if records:
            done = ends[-1] + FOOTER
            chunk, offset = chunk[done:], offset + done
        if missing < 0:
            raise DataLossError(None, None, f"corrupted record at {offset}")
        # A length may be a lie: twice what is there already is asked for, and not what it says.
        wanted = max(_PIECE, min(missing, len(chunk)))
    if len(chunk) >= HEADER:
        raise DataLossError(None, None, f"truncated record at {offset}")


def _split(chunk: bytes, known: Lengths) -> tuple[list[bytes], list[int], int]:
    """The records that are in a piece of a file; a loop that half of the time of reading small records goes
    into.

    Returns:
        The records, where the data of each ends, and how many bytes the next one has beyond the piece: -1
        if its header is damaged.
    """
    records, ends = _of_one_length(chunk, known)
    add, add_end, size = records.append, ends.append, len(chunk)
    start = ends[-1] + FOOTER + HEADER if ends else HEADER
    while start <= size:
        length = known[chunk[start - HEADER : start]]
        end = start + length
        if length < 0 or end + FOOTER > size:
            return records, ends, -1 if length < 0 else end + FOOTER - size
        add(chunk[start:end])
        add_end(end)
        start = end + HEADER + FOOTER
    return records, ends, 0


def _of_one_length(chunk: bytes, known: Lengths) -> tuple[list[bytes], list[int]]:
    """The records at the beginning of a piece that have the length of the first, if they are many.

    All records of some files have one length, and then NumPy finds them in less time than the loop of
    `_split`.
    """
    header = chunk[:HEADER]
    length = known[header] if len(header) == HEADER else -1
    stride = length + HEADER + FOOTER
    count = len(chunk) // stride if length > 0 else 0
    if count < _MANY or chunk[(_MANY - 1) * stride :][:HEADER] != header:
        return [], []
    headers = np.ndarray((count, HEADER), np.uint8, chunk, strides=(stride, 1))
    others = np.flatnonzero((headers != headers[0]).any(axis=1))
    count = int(others[0]) if others.size else count
    records = np.ndarray((count,), f"V{length}", chunk, HEADER, strides=(stride,)).tolist()
    return records, list(range(HEADER + length, count * stride, stride))


def _first_wrong(chunk: bytes, records: list[bytes], ends: list[int]) -> int | None:
    """Which record of a piece is the first whose checksum is wrong; None if there is none."""
    if not records:
        return None
    # The numbers that begin at each byte: where a checksum stands is not aligned.
    numbers = np.ndarray((len(chunk) - FOOTER + 1,), "<u4", chunk, strides=(1,))
    wrong = np.flatnonzero(numbers[ends] != masked_crc32c_of_each(records))
    return int(wrong[0]) if wrong.size else None
