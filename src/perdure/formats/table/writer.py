"""Writing tables, byte for byte as TensorFlow does."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from perdure.formats.checksums import crc32c, mask
from perdure.formats.table.layout import (
    BLOCK_SIZE,
    FOOTER,
    LARGE,
    MAGIC,
    RESTART_INTERVAL,
    TRAILER,
    UNCOMPRESSED,
    varint,
)


class Pieces(NamedTuple):
    """A value that is not put together before it is written.

    Attributes:
        size: how many bytes it has.
        make: gives them, in contiguous pieces.
    """

    size: int
    make: Callable[[], Iterable[Any]]


class _Block:
    """The contents of a block that is being filled."""

    def __init__(self, interval: int = RESTART_INTERVAL) -> None:
        self._interval = interval
        self.clear()

    def clear(self) -> None:
        """Begin a new one."""
        self._parts: list[bytes | Pieces] = []
        self.size = 0  # bytes of entries
        self._restarts = [0]
        self._since_restart = 0
        self._last = b""

    @property
    def is_empty(self) -> bool:
        """Whether it has no entry."""
        return not self._parts

    @property
    def is_full(self) -> bool:
        """Whether it has as many bytes as a block should."""
        return self.size + 4 * len(self._restarts) + 4 >= BLOCK_SIZE

    def add(self, key: bytes, value: bytes | Pieces) -> None:
        """Add an entry behind all others."""
        if self._since_restart < self._interval:
            shared = _shared_length(self._last, key)
            self._since_restart += 1
        else:
            shared = 0
            self._restarts.append(self.size)
            self._since_restart = 1
        length = len(value) if type(value) is bytes else value.size  # type: ignore[union-attr]
        unshared = len(key) - shared
        if (shared | unshared | length) < 0x80:  # as for most
            head = bytes((shared, unshared, length)) + key[shared:]
        else:
            head = varint(shared) + varint(unshared) + varint(length) + key[shared:]
        self._parts.append(head)
        self._parts.append(value)
        self.size += len(head) + length
        self._last = key

    def pieces(self) -> Iterable[Any]:
        """All of it, in order."""
        together: list[bytes] = []
        for part in self._parts:
            if isinstance(part, Pieces):
                yield b"".join(together)
                together = []
                yield from part.make()
            else:
                together.append(part)
        count = len(self._restarts)
        yield b"".join([*together, struct.pack(f"<{count + 1}I", *self._restarts, count)])


class TableWriter:
    """Writes a table to a file.

    Args:
        write: takes the bytes of the file, one piece after the other.
    """

    def __init__(self, write: Callable[[Any], object]) -> None:
        self._write = write
        self._offset = 0
        self._data = _Block()
        self._index = _Block(1)
        self._last: bytes | None = None
        self._pending: bytes | None = None  # the handle of a block that the index does not know yet

    def add(self, key: bytes, value: bytes | Pieces) -> None:
        """Add an entry.

        Args:
            key: greater than all before it.
            value: its value.

        Raises:
            ValueError: the key is not greater than the one before it.
        """
        if self._last is not None and key <= self._last:
            raise ValueError(f"keys of a table must ascend: {key!r} comes after {self._last!r}")
        length = len(value) if type(value) is bytes else value.size  # type: ignore[union-attr]
        if len(key) + length >= LARGE and not self._data.is_empty:
            self._pending = self._end(self._data)
        if self._pending is not None and self._last is not None:
            self._index.add(_separator(self._last, key), self._pending)
            self._pending = None
        self._last = key
        self._data.add(key, value)
        if self._data.size > BLOCK_SIZE // 2 and self._data.is_full:
            self._pending = self._end(self._data)

    def finish(self) -> int:
        """Write what is left.

        Returns:
            The size of the file, in bytes.
        """
        if not self._data.is_empty:
            self._pending = self._end(self._data)
        metaindex = self._end(_Block())
        if self._pending is not None and self._last is not None:
            self._index.add(_successor(self._last), self._pending)
        index = self._end(self._index)
        footer = (metaindex + index).ljust(FOOTER - 8, b"\0") + struct.pack("<Q", MAGIC)
        self._write(footer)
        return self._offset + len(footer)

    def _end(self, block: _Block) -> bytes:
        """Write a block and begin the next one; its handle."""
        size, checksum = 0, 0
        for piece in block.pieces():
            self._write(piece)
            checksum = crc32c(piece, checksum)
            size += memoryview(piece).nbytes
        block.clear()
        kind = bytes([UNCOMPRESSED])
        self._write(kind + struct.pack("<I", mask(crc32c(kind, checksum))))
        handle = varint(self._offset) + varint(size)
        self._offset += size + TRAILER
        return handle


def _shared_length(a: bytes, b: bytes) -> int:
    """How many bytes two keys have in common at their beginnings."""
    length = min(len(a), len(b))
    different = int.from_bytes(a[:length], "big") ^ int.from_bytes(b[:length], "big")
    return length - (different.bit_length() + 7) // 8


def _separator(key: bytes, limit: bytes) -> bytes:
    """A short key that is not less than `key`, and less than `limit`."""
    shared = _shared_length(key, limit)
    if shared < min(len(key), len(limit)):
        byte = key[shared]
        if byte < 0xFF and byte + 1 < limit[shared]:
            return key[:shared] + bytes([byte + 1])
    return key


def _successor(key: bytes) -> bytes:
    """A short key that is not less than `key`."""
    for place, byte in enumerate(key):
        if byte != 0xFF:
            return key[:place] + bytes([byte + 1])
    return key
