"""What is in a file, piece by piece: lines, records, runs of bytes of one length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perdure.filesystem.errors import translated
from perdure.filesystem.files import Files, Name, text_of
from perdure.formats.records.compression import Inflated
from perdure.formats.records.layout import FOOTER, HEADER
from perdure.formats.records.reading import Source, read_records

_PIECE = 1 << 17


def lines_of(files: Files, name: Name) -> Iterator[bytes]:
    """The lines of a file without their ends: a line feed, and a carriage return before it.

    Raises:
        NotFoundError: the file is not there.
    """
    with files.open(name) as file, translated(text_of(name)):
        begun = b""
        while piece := file.read(_PIECE):
            *lines, begun = (begun + piece if begun else piece).split(b"\n")
            for line in lines:
                yield line.removesuffix(b"\r")
        if begun:
            yield begun.removesuffix(b"\r")


def records_of(files: Files, name: Name, compression: str = "") -> Iterator[tuple[int, bytes]]:
    """The records of a file with the places where they begin, as if it was not compressed.

    Args:
        files: what may be touched.
        name: the file's name.
        compression: "ZLIB", "GZIP" or "".

    Raises:
        NotFoundError: the file is not there.
        DataLossError: a record is damaged or not complete, or the file is not compressed so.
    """
    with files.open(name) as file, translated(text_of(name)):
        offset = 0
        for record in read_records(_source(file, compression)):
            yield offset, record
            offset += HEADER + len(record) + FOOTER


def blocks_of(
    files: Files, name: Name, size: int, header: int, footer: int, hop: int, compression: str = ""
) -> Iterator[bytes]:
    """The runs of bytes of one length between a header and a footer.

    Args:
        files: what may be touched.
        name: the file's name.
        size: the bytes of each.
        header, footer: the bytes before the first and behind the last.
        hop: the bytes from the beginning of one to the beginning of the next; 0 for `size`.
        compression: "ZLIB", "GZIP" or "".

    Raises:
        NotFoundError: the file is not there.
        DataLossError: the file is not compressed so.
    """
    hop = hop or size
    with files.open(name) as file, translated(text_of(name)):
        source = _source(file, compression)
        held, to_skip, ended = bytearray(), header, False
        while True:
            while not ended and len(held) < to_skip + size + footer:
                piece = source.read(_PIECE)
                ended = not piece
                held += piece
                gone = min(to_skip, len(held))
                del held[:gone]
                to_skip -= gone
            if to_skip or len(held) < size + footer:
                return
            yield bytes(held[:size])
            gone = min(hop, len(held))
            del held[:gone]
            to_skip = hop - gone


def _source(file: Any, compression: str) -> Source:
    return Inflated(file, compression) if compression in ("ZLIB", "GZIP") else file
