"""The local disk, as one of the file systems that a scheme can name."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, NamedTuple

_EAGER = 1 << 24  # bytes that are sent to the disk at once
_CANNOT_LINK = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK}


class FileStatistics(NamedTuple):
    """What is known of a file.

    Attributes:
        length: its size in bytes.
        mtime_nsec: when it was last changed, in nanoseconds since 1970.
        is_directory: whether it is a folder.
    """

    length: int
    mtime_nsec: int
    is_directory: bool


class _EagerFile(io.FileIO):
    """A file that is on its way to the disk while it is written: at its end there is little to wait for."""

    _sent = _done = 0

    def write(self, data: Any, /) -> int:
        """Write bytes; how many were written."""
        count = super().write(data)
        self._done += count
        if self._done - self._sent >= _EAGER:
            self.send()
        return count

    def send(self) -> None:
        """Begin to write out what was not yet."""
        if hasattr(os, "posix_fadvise"):
            # What is said to be of no more use is written out; it stays in memory as long as that takes.
            os.posix_fadvise(self.fileno(), self._sent, self._done - self._sent, os.POSIX_FADV_DONTNEED)
        self._sent = self._done


class LocalDisk:
    """What a file system can do; names are those after the scheme, and errors are OSErrors."""

    def open(self, path: str, mode: str) -> BinaryIO:
        """Open a file in binary mode: "rb", "wb", "ab", or "xb" for one that is not there yet."""
        return open(path, mode)  # type: ignore[return-value]  # modes are binary

    def stat(self, path: str) -> FileStatistics:
        """What is known of a file."""
        found = os.stat(path)
        return FileStatistics(found.st_size, found.st_mtime_ns, stat.S_ISDIR(found.st_mode))

    def exists(self, path: str) -> bool:
        """Whether there is something; no if it is a link to nothing."""
        return os.path.exists(path)

    def children(self, path: str) -> list[str]:
        """What is in a folder, sorted."""
        return sorted(os.listdir(path))

    def make_folder(self, path: str) -> None:
        """Make a folder in one that is there."""
        os.mkdir(path)

    def remove(self, path: str) -> None:
        """Delete a file."""
        os.unlink(path)

    def remove_folder(self, path: str) -> None:
        """Delete an empty folder."""
        os.rmdir(path)

    def is_link(self, path: str) -> bool:
        """Whether a name stands for another."""
        return os.path.islink(path)

    def rename(self, source: str, target: str) -> None:
        """Give a file another name, in place of what has it."""
        os.replace(source, target)

    def write_atomically(self, path: str, write: Callable[[BinaryIO], object]) -> None:
        """Have a file written so that others see all of the new one or all of the old one.

        Args:
            path: the file.
            write: writes it.
        """
        temporary = f"{path}.tmp{os.urandom(8).hex()}"
        self.write_durably([(temporary, write)])
        try:
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise

    def write_durably(self, writes: Sequence[tuple[str, Callable[[BinaryIO], object]]]) -> None:
        """Make files that are on the disk, not in a cache of the system's; none is left if that fails.

        Args:
            writes: their names and what writes each, in order.
        """
        files: list[tuple[str, _EagerFile]] = []
        try:
            for path, write in writes:
                raw = _EagerFile(path, "xb")
                files.append((path, raw))
                buffered = io.BufferedWriter(raw)
                write(buffered)
                buffered.flush()
                raw.send()
                buffered.detach()
            for _, raw in files:  # else a crash could leave a name with none of the contents
                os.fsync(raw.fileno())
        except BaseException:
            for path, _ in files:
                os.unlink(path)
            raise
        finally:
            for _, raw in files:
                raw.close()

    def link(self, source: str, target: str) -> bool:
        """Give a file a second name; whether the file system can."""
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno in _CANNOT_LINK:
                return False
            raise
        return True
