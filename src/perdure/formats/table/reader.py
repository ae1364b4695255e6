"""Reading tables, which may be anybody's: nothing larger is made of a file than it can hold."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import NamedTuple, NoReturn

from perdure.formats.checksums import crc32c, unmask
from perdure.formats.table import snappy
from perdure.formats.table.layout import FOOTER, MAGIC, SNAPPY, TRAILER, UNCOMPRESSED
from perdure.graph.errors import DataLossError

# Keys share beginnings, so that those of a small file could fill the memory.  Names of tensors are short.
_MOST_KEY_BYTES = 1 << 26


class Handle(NamedTuple):
    """Where a block is.

    Attributes:
        offset: its first byte.
        size: bytes, without its trailer.
    """

    offset: int
    size: int


def _lost(message: str) -> NoReturn:
    raise DataLossError(None, None, message)


def read_varint(data: bytes | memoryview, place: int, end: int) -> tuple[int, int]:
    """A varint of up to 64 bits, and where what follows it begins.

    Raises:
        DataLossError: it does not end in time.
    """
    value = shift = 0
    while place < end and shift < 70:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, place
        shift += 7
    _lost("bad entry in block")


def entries_of(contents: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """The keys and values of a block's contents, in their order.

    Raises:
        DataLossError: they are no contents of a block.
    """
    size = len(contents)
    count = struct.unpack_from("<I", contents, size - 4)[0] if size >= 4 else 0
    end = size - 4 - 4 * count
    if size < 4 or end < 0:
        _lost("bad block contents")
    data = bytes(contents[:end]) if end < 1 << 20 else contents  # indexing bytes is faster
    place, key, keys = 0, b"", 0
    while place < end:
        # Most numbers have one byte.
        if place + 3 <= end and (data[place] | data[place + 1] | data[place + 2]) < 0x80:
            shared, unshared, length = data[place], data[place + 1], data[place + 2]
            place += 3
        else:
            shared, place = read_varint(data, place, end)
            unshared, place = read_varint(data, place, end)
            length, place = read_varint(data, place, end)
        if shared > len(key) or unshared > end - place or length > end - place - unshared:
            _lost("bad entry in block")
        key = key[:shared] + bytes(data[place : place + unshared])
        keys += len(key)
        if keys > _MOST_KEY_BYTES:
            _lost(f"the keys of a block have more than {_MOST_KEY_BYTES} bytes")
        place += unshared + length
        yield key, contents[place - length : place]


class Table:
    """A table of which blocks are read when they are asked for.

    Args:
        read: returns the bytes from an offset on, fewer where the file ends before.
        size: the size of the file, in bytes.

    Raises:
        DataLossError: it is no table, or one that was damaged.
    """

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read = read
        self._size = size
        if size < FOOTER:
            _lost("file is too short to be an sstable")
        footer = read(size - FOOTER, FOOTER)
        if len(footer) < FOOTER or struct.unpack_from("<Q", footer, FOOTER - 8)[0] != MAGIC:
            _lost("not an sstable (bad magic number)")
        try:
            place = _handle_at(footer, 0, FOOTER - 8)[1]
            index, _ = _handle_at(footer, place, FOOTER - 8)
        except DataLossError:
            _lost("bad block handle")
        self._last_keys: list[bytes] = []
        self._handles: list[Handle] = []
        for key, value in entries_of(self._contents(index)):
            self._last_keys.append(key)
            self._handles.append(_handle_at(value, 0, len(value))[0])

    def __iter__(self) -> Iterator[tuple[bytes, memoryview]]:
        for handle in self._handles:
            yield from entries_of(self._contents(handle))

    def get(self, key: bytes) -> memoryview | None:
        """The value of a key; None if it is not there."""
        block = bisect_left(self._last_keys, key)
        if block == len(self._handles):
            return None
        for found, value in entries_of(self._contents(self._handles[block])):
            if found >= key:
                return value if found == key else None
        return None

    def _contents(self, handle: Handle) -> memoryview:
        """The contents of a block, checked and decompressed."""
        if handle.offset + handle.size + TRAILER > self._size:
            _lost("truncated block read")
        block = memoryview(self._read(handle.offset, handle.size + TRAILER))
        if len(block) < handle.size + TRAILER:
            _lost("truncated block read")
        checksum = struct.unpack_from("<I", block, handle.size + 1)[0]
        if crc32c(block[: handle.size + 1]) != unmask(checksum):
            _lost("block checksum mismatch")
        kind, contents = block[handle.size], block[: handle.size]
        if kind == UNCOMPRESSED:
            return contents
        if kind == SNAPPY:
            return memoryview(snappy.decompress(contents))
        _lost("bad block type")


def _handle_at(data: bytes | memoryview, place: int, end: int) -> tuple[Handle, int]:
    """A handle, and where what follows it begins."""
    offset, place = read_varint(data, place, end)
    size, place = read_varint(data, place, end)
    return Handle(offset, size), place
