"""A file system in the memory of the process: `memory://name`."""

from __future__ import annotations

import errno
import io
import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import BinaryIO, NoReturn

from perdure.filesystem.local import FileStatistics
from perdure.graph.forking import free_in_children


class _Writer(io.BytesIO):
    """A file that is being written; what was flushed is there for all."""

    def __init__(self, disk: MemoryDisk, path: str, old: bytes) -> None:
        super().__init__()
        self._disk = disk
        self._path = path
        self.write(old)
        self.flush()

    def flush(self) -> None:
        if not self.closed:
            self._disk._put(self._path, self.getvalue())

    def close(self) -> None:
        self.flush()
        super().close()


class MemoryDisk:
    """Files in memory, with the methods of `LocalDisk`.  Thread-safe."""

    def __init__(self) -> None:
        self._lock = free_in_children(threading.RLock())
        # By name without a slash at its end: contents and the time of the last change; None for a folder.
        self._files: dict[str, tuple[bytes, int] | None] = {"": None}

    def _put(self, path: str, contents: bytes) -> None:
        with self._lock:
            self._files[path] = contents, time.time_ns()

    def open(self, path: str, mode: str) -> BinaryIO:
        """See `LocalDisk.open`."""
        path = path.rstrip("/")
        with self._lock:
            if mode == "rb":
                return io.BytesIO(self._contents(path))
            self._check_parent(path)
            if mode == "xb" and path in self._files:
                _refuse(errno.EEXIST)
            if self._files.get(path, ()) is None:
                _refuse(errno.EISDIR)
            old = self._contents(path) if mode == "ab" and path in self._files else b""
        return _Writer(self, path, old)

    def _contents(self, path: str) -> bytes:
        if path not in self._files:
            _refuse(errno.ENOENT)
        found = self._files[path]
        if found is None:
            _refuse(errno.EISDIR)
        return found[0]

    def _check_parent(self, path: str) -> None:
        parent = os.path.dirname(path)
        if parent not in self._files:
            _refuse(errno.ENOENT)
        if self._files[parent] is not None:
            _refuse(errno.ENOTDIR)

    def stat(self, path: str) -> FileStatistics:
        """See `LocalDisk.stat`."""
        path = path.rstrip("/")
        with self._lock:
            if path not in self._files:
                _refuse(errno.ENOENT)
            found = self._files[path]
        return FileStatistics(0, 0, True) if found is None else FileStatistics(len(found[0]), found[1], False)

    def exists(self, path: str) -> bool:
        """See `LocalDisk.exists`."""
        return path.rstrip("/") in self._files

    def children(self, path: str) -> list[str]:
        """See `LocalDisk.children`."""
        path = path.rstrip("/")
        if not self.stat(path).is_directory:
            _refuse(errno.ENOTDIR)
        with self._lock:
            return sorted(
                os.path.basename(name) for name in self._files if name and os.path.dirname(name) == path
            )

    def make_folder(self, path: str) -> None:
        """See `LocalDisk.make_folder`."""
        path = path.rstrip("/")
        with self._lock:
            if path in self._files:
                _refuse(errno.EEXIST)
            self._check_parent(path)
            self._files[path] = None

    def remove(self, path: str) -> None:
        """See `LocalDisk.remove`."""
        with self._lock:
            self._contents(path)
            del self._files[path]

    def remove_folder(self, path: str) -> None:
        """See `LocalDisk.remove_folder`."""
        path = path.rstrip("/")
        with self._lock:
            if self.children(path):
                _refuse(errno.ENOTEMPTY)
            if path:  # the folder of all others stays
                del self._files[path]

    def is_link(self, path: str) -> bool:
        """See `LocalDisk.is_link`."""
        return False

    def rename(self, source: str, target: str) -> None:
        """See `LocalDisk.rename`."""
        source, target = source.rstrip("/"), target.rstrip("/")
        with self._lock:
            if source not in self._files:
                _refuse(errno.ENOENT)
            self._check_parent(target)
            for name in [name for name in self._files if name == source or name.startswith(f"{source}/")]:
                self._files[target + name[len(source) :]] = self._files.pop(name)

    def write_atomically(self, path: str, write: Callable[[BinaryIO], object]) -> None:
        """See `LocalDisk.write_atomically`."""
        file = io.BytesIO()
        write(file)
        with self._lock:
            self._check_parent(path)
            self._put(path, file.getvalue())

    def write_durably(self, writes: Sequence[tuple[str, Callable[[BinaryIO], object]]]) -> None:
        """See `LocalDisk.write_durably`."""
        contents = []
        for path, write in writes:
            file = io.BytesIO()
            write(file)
            contents.append((path, file.getvalue()))
        with self._lock:
            for path, _ in contents:
                self._check_parent(path)
                if path in self._files:
                    _refuse(errno.EEXIST)
            for path, written in contents:
                self._put(path, written)

    def link(self, source: str, target: str) -> bool:
        """See `LocalDisk.link`."""
        with self._lock:
            self._check_parent(target)
            self._put(target, self._contents(source))
        return True


def _refuse(number: int) -> NoReturn:
    raise OSError(number, os.strerror(number))
