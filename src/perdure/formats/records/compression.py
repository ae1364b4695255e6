"""Compressed record files: one zlib or gzip stream with the records in it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from perdure.graph.errors import DataLossError, InvalidArgumentError

# What zlib is told besides the size of its window: 16 more for a gzip header and trailer.
_WINDOW_BITS = {"ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS + 16}
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Compression:
    """How a file is compressed; the parameters are those of zlib's deflateInit2.

    Attributes:
        kind: "ZLIB" or "GZIP".
        level: 0 to 9, or -1 for zlib's choice.
        method: 8, the only one that zlib has.
        window_bits: the base two logarithm of the window's size, with zlib's signs for other headers; None
            for that of `kind`.
        memory_level: 1 to 9.
        strategy: one of zlib's.
        flush_mode: how what was gathered so far is passed on, one of zlib's Z_NO_FLUSH, Z_PARTIAL_FLUSH,
            Z_SYNC_FLUSH, Z_FULL_FLUSH and Z_BLOCK.
        gathered: so many bytes are gathered before they are compressed.
    """

    kind: str
    level: int = zlib.Z_DEFAULT_COMPRESSION
    method: int = zlib.DEFLATED
    window_bits: int | None = None
    memory_level: int = 9
    strategy: int = zlib.Z_DEFAULT_STRATEGY
    flush_mode: int = zlib.Z_NO_FLUSH
    gathered: int = _PIECE

    def compressor(self) -> Any:
        """A new object that compresses a file.

        Raises:
            InvalidArgumentError: zlib cannot do what is asked for.
        """
        modes = (zlib.Z_NO_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_BLOCK)
        if self.flush_mode not in modes:
            raise InvalidArgumentError(
                None,
                None,
                f"flush_mode {self.flush_mode} is none of those that a stream can go on after: {modes}",
            )
        bits = _WINDOW_BITS[self.kind] if self.window_bits is None else self.window_bits
        try:
            return zlib.compressobj(self.level, self.method, bits, self.memory_level, self.strategy)
        except (ValueError, zlib.error) as error:
            raise InvalidArgumentError(
                None, None, f"deflateInit failed with status-2: zlib cannot do {self}"
            ) from error


class Inflated:
    """A compressed file, to be read from its beginning to the end of its first stream.

    Args:
        file: the file.
        kind: "ZLIB" or "GZIP".
    """

    def __init__(self, file: BinaryIO, kind: str) -> None:
        self._file = file
        self._stream = zlib.decompressobj(_WINDOW_BITS[kind])
        self._rest = b""

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end.

        Raises:
            DataLossError: this is no such stream, or it is damaged.
        """
        while not self._stream.eof:
            compressed = self._rest or self._file.read(_PIECE)
            try:
                found = self._stream.decompress(compressed, size)
            except zlib.error as error:
                raise DataLossError(None, None, _words(error)) from error
            self._rest = self._stream.unconsumed_tail
            if found or not compressed:
                return found
        return b""


def _words(error: zlib.error) -> str:
    """An error of Python's zlib in TensorFlow's words."""
    _, number, reason = str(error).split(" ", 2)
    return f"inflate() failed with error {number}: {reason.rpartition(': ')[2]}"


def inflated(data: bytes, kind: str) -> bytes:
    """Compressed bytes as they were; of bytes that end too early as much as there is.

    Raises:
        DataLossError: they are no such stream, or it is damaged.
    """
    try:
        return zlib.decompressobj(_WINDOW_BITS[kind]).decompress(data)
    except zlib.error as error:
        raise DataLossError(None, None, _words(error)) from error
