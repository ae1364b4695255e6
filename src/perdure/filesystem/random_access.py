"""A file that is read at any place, by several threads if need be."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, BinaryIO

from perdure.filesystem.errors import translated
from perdure.graph.forking import free_in_children

_AHEAD = 1 << 18  # bytes


class RandomAccessFile:
    """What a file holds, read where it is asked for; closed when nobody refers to it any more.

    A file that somebody shortens meanwhile gives fewer bytes; behind a map of memory it would end the
    process.

    Args:
        name: what errors call it.
        file: it, opened for reading.
    """

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self._file = file
        self._recent = 0, b""  # some bytes, and where they are
        self._lock = free_in_children(threading.Lock())
        self.close = weakref.finalize(self, file.close)
        with translated(name):
            self.size: int = file.seek(0, os.SEEK_END)
        try:
            self._descriptor: int | None = file.fileno()
        except (AttributeError, OSError, ValueError):  # it is not one of the operating system's
            self._descriptor = None

    def read_into(self, offset: int, buffer: Any) -> int:
        """Fill memory with what stands at a place.

        Args:
            offset: the first byte.
            buffer: contiguous memory.

        Returns:
            How many bytes there were: fewer than `buffer` has where the file ends before.
        """
        view = memoryview(buffer).cast("B")
        done = 0
        with translated(self.name):
            while done < len(view):
                count = self._read_some(offset + done, view[done:])
                if not count:
                    break
                done += count
        return done

    def _read_some(self, offset: int, view: memoryview) -> int:
        if self._descriptor is not None and hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [view], offset)
        with self._lock:
            self._file.seek(offset)
            piece = self._file.read(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def read(self, offset: int, size: int) -> bytes:
        """What stands at a place: up to `size` bytes, fewer where the file ends before.

        What follows a little that is read is read with it, as the next is often found there.
        """
        if size > _AHEAD // 4:
            return self._read(offset, size)
        start, data = self._recent
        if offset < start or offset + size > start + len(data):
            start, data = self._recent = offset, self._read(offset, _AHEAD)
        return data[offset - start : offset - start + size]

    def _read(self, offset: int, size: int) -> bytes:
        buffer = bytearray(max(0, min(size, self.size - offset)))
        count = self.read_into(offset, buffer)
        return bytes(memoryview(buffer)[:count])
