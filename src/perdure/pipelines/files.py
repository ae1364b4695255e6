"""Datasets of what is in files: lines, records, runs of bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perdure.filesystem.errors import translated
from perdure.filesystem.files import Files, text_of
from perdure.formats.records.compression import Compression, Inflated
from perdure.formats.records.reading import read_records
from perdure.formats.records.writing import RecordWriter
from perdure.graph.dtypes import string
from perdure.pipelines.dataset import Context, Dataset, Element, Elements, invalid

_PIECE = 1 << 17
_KINDS = {b"": "", b"ZLIB": "ZLIB", b"GZIP": "GZIP"}


class FileDataset(Dataset):
    """The pieces of some files, one file after the other.

    Args:
        names: the names of the files.
        compression: b"ZLIB", b"GZIP" or b"".
        files: what may be touched.

    Raises:
        InvalidArgumentError: there is no such compression.
    """

    def __init__(self, names: Sequence[bytes], compression: bytes, files: Files) -> None:
        super().__init__([string], [()])
        if compression not in _KINDS:
            raise invalid(f"Unsupported compression_type: {compression.decode(errors='replace')}.")
        self.names = list(names)
        self.compression = _KINDS[compression]
        self.files = files

    def iterate(self, context: Context, path: str) -> Elements:
        return FromFiles(self.names, self.pieces, context)

    def pieces(self, name: bytes) -> Iterator[Element]:
        """The elements of one file, which is opened now."""
        return self._read(self.files.open(name), name)

    def _read(self, file: Any, name: bytes) -> Iterator[Element]:
        with file, translated(text_of(name)):
            source = Inflated(file, self.compression) if self.compression else file
            yield from self.read(source, name)

    def read(self, source: Any, name: bytes) -> Iterator[Element]:
        """The elements in what is read from a source."""
        raise NotImplementedError


class FromFiles(Elements):
    """The elements of files; behind an error those of the next file come, unless one cannot be opened.

    Args:
        names: the names of the files.
        pieces: the elements of a file.
        context: what it shares with the iterators around it.
    """

    def __init__(
        self, names: Sequence[bytes], pieces: Callable[[bytes], Iterator[Element]], context: Context
    ) -> None:
        self._names, self._pieces, self._context = names, pieces, context
        self._file = 0
        self._piece = 0
        self._open: Iterator[Element] | None = None

    def __next__(self) -> Element:
        while self._file < len(self._names):
            if self._open is None:
                self._context.check()
                self._open, self._piece = self._pieces(self._names[self._file]), 0
            try:
                for element in self._open:
                    self._piece += 1
                    return element
            except Exception:
                self._leave()
                raise
            self._leave()
        raise StopIteration

    def _leave(self) -> None:
        self._open = None
        self._file += 1

    def close(self) -> None:
        """Close the file that is open."""
        opened, self._open = self._open, None
        self._file = len(self._names)
        end = getattr(opened, "close", None)
        if end is not None:
            try:
                end()
            except ValueError:  # another thread is in it, and closes it when it lets go
                pass

    def save(self) -> Any:
        return {"file": self._file, "piece": self._piece if self._open is not None else 0}

    def restore(self, state: Any) -> None:
        self._file = state["file"]
        for _ in range(state["piece"]):
            next(self)


class TextLineDataset(FileDataset):
    """The lines of files, without their ends: a line feed, and a carriage return before it."""

    kind = "TextLineDataset"

    def read(self, source: Any, name: bytes) -> Iterator[Element]:
        begun = b""
        while piece := source.read(_PIECE):
            *lines, begun = (begun + piece if begun else piece).split(b"\n")
            for line in lines:
                yield [line.removesuffix(b"\r")]
        if begun:
            yield [begun.removesuffix(b"\r")]


class TFRecordDataset(FileDataset):
    """The records of files."""

    kind = "TFRecordDataset"

    def read(self, source: Any, name: bytes) -> Iterator[Element]:
        for record in read_records(source):
            yield [record]


class FixedLengthRecordDataset(FileDataset):
    """The runs of bytes of one length between a header and a footer.

    Args:
        names, compression, files: as of `FileDataset`.
        record: the bytes of each.
        header, footer: the bytes before the first and behind the last.

    Raises:
        InvalidArgumentError: one of the numbers is negative, or there would be no bytes.
    """

    kind = "FixedLengthRecordDataset"

    def __init__(
        self,
        names: Sequence[bytes],
        compression: bytes,
        files: Files,
        record: int,
        header: int,
        footer: int,
    ) -> None:
        super().__init__(names, compression, files)
        if header < 0:
            raise invalid("`header_bytes` must be >= 0")
        if record <= 0:
            raise invalid("`record_bytes` must be > 0")
        if footer < 0:
            raise invalid("`footer_bytes` must be >= 0")
        self.record, self.header, self.footer = record, header, footer

    def pieces(self, name: bytes) -> Iterator[Element]:
        """The elements of one file.

        Raises:
            InvalidArgumentError: its length does not fit.
        """
        if not self.compression:
            size = self.files.stat(name).length
            body = size - self.header - self.footer
            if body < 0 or body % self.record:
                excess = body % self.record if body >= 0 else body
                raise invalid(
                    f"Excess bytes found in the file: {text_of(name)} has a size of {size} bytes, with "
                    f"header {self.header} bytes, footer {self.footer} bytes and {excess} bytes that are no "
                    f"record of {self.record} bytes"
                )
        return super().pieces(name)

    def read(self, source: Any, name: bytes) -> Iterator[Element]:
        held = bytearray()
        to_skip, size = self.header, self.record
        while piece := source.read(_PIECE):
            held += piece
            gone = min(to_skip, len(held))
            del held[:gone]
            to_skip -= gone
            start = 0
            while not to_skip and len(held) - start >= size + self.footer:
                yield [bytes(held[start : start + size])]
                start += size
            del held[:start]
        if self.compression and (to_skip or len(held) != self.footer):
            raise invalid(
                f"Excess bytes found in the compressed file {text_of(name)}: {len(held)} bytes are no record "
                f"of {size} bytes and a footer of {self.footer}"
            )


class MatchingFilesDataset(Dataset):
    """The names of the files that match patterns.

    Args:
        patterns: the patterns.
        files: what may be touched.
    """

    kind = "MatchingFilesDataset"

    def __init__(self, patterns: Sequence[bytes], files: Files) -> None:
        super().__init__([string], [()])
        self.patterns, self.files = list(patterns), files

    def iterate(self, context: Context, path: str) -> Elements:
        return FromFiles(self.patterns, self._matching, context)

    def _matching(self, pattern: bytes) -> Iterator[Element]:
        for name in self.files.glob(pattern.decode()):
            yield [name.encode()]


def write_records(files: Files, name: bytes, compression: bytes, elements: Iterator[Element]) -> None:
    """Write the only components of elements as records.

    Args:
        files: what may be touched.
        name: the file's name.
        compression: b"ZLIB", b"GZIP" or b"".
        elements: the elements.

    Raises:
        InvalidArgumentError: there is no such compression.
    """
    if compression not in _KINDS:
        raise invalid(f"Unsupported compression_type: {compression.decode(errors='replace')}.")
    kind = _KINDS[compression]
    with files.open(name, "wb") as file:
        writer = RecordWriter(file, Compression(kind) if kind else None)
        for (record,) in elements:
            writer.write(record if isinstance(record, bytes) else record.item())
        writer.close()
