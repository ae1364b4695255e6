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
_MOST_KEPT = 1 << 20  # bytes: of a block that is kept, since the next key is likely to be in it, too


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


class Block:
    """The contents of a block.

    Args:
        contents: all of them.

    Raises:
        DataLossError: they are no contents of a block.
    """

    def __init__(self, contents: memoryview) -> None:
        size = len(contents)
        self._count = struct.unpack_from("<I", contents, size - 4)[0] if size >= 4 else 0
        self._end = size - 4 - 4 * self._count
        if size < 4 or self._end < 0:
            _lost("bad block contents")
        self._contents = contents
        # Reading bytes one by one is faster than reading those of a view.
        self._data = bytes(contents[: self._end]) if self._end < 1 << 20 else contents

    def entries(self, place: int = 0) -> Iterator[tuple[bytes, memoryview]]:
        """The keys and values, in their order.

        Args:
            place: where to begin: an entry that shares nothing with the one before it.

        Raises:
            DataLossError: there is something else.
        """
        data, end, key, keys = self._data, self._end, b"", 0
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
            yield key, self._contents[place - length : place]

    def get(self, key: bytes) -> memoryview | None:
        """The value of a key; None if it is not there."""
        low, high = 0, self._count - 1
        while low < high:  # the last restart whose key is not greater
            middle = (low + high + 1) // 2
            first = next(self.entries(self._restart(middle)), None)
            if first is None or first[0] > key:
                high = middle - 1
            else:
                low = middle
        for found, value in self.entries(self._restart(low) if self._count else 0):
            if found >= key:
                return value if found == key else None
        return None

    def _restart(self, number: int) -> int:
        place: int = struct.unpack_from("<I", self._contents, self._end + 4 * number)[0]
        return place


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
        for key, value in self._block(index).entries():
            self._last_keys.append(key)
            self._handles.append(_handle_at(value, 0, len(value))[0])
        self._recent: tuple[int, Block] | None = None

    def __iter__(self) -> Iterator[tuple[bytes, memoryview]]:
        for handle in self._handles:
            yield from self._block(handle).entries()

    def get(self, key: bytes) -> memoryview | None:
        """The value of a key; None if it is not there."""
        number = bisect_left(self._last_keys, key)
        if number == len(self._handles):
            return None
        recent = self._recent
        if recent is not None and recent[0] == number:
            return recent[1].get(key)
        handle = self._handles[number]
        block = self._block(handle)
        if handle.size <= _MOST_KEPT:
            self._recent = number, block
        return block.get(key)

    def _block(self, handle: Handle) -> Block:
        return Block(self._contents(handle))

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
