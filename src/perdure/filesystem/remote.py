"""File systems elsewhere (`s3://`, `gs://`, `hdfs://` and others), as far as the package fsspec knows them.

fsspec is the extra `remote`; what it needs for a scheme (s3fs, gcsfs, pyarrow ...) is installed beside it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, BinaryIO

from perdure.filesystem.local import FileStatistics


class Unavailable(Exception):
    """A scheme cannot be used; the text says why, if it is more than that nobody knows it."""


@lru_cache(maxsize=64)
def remote_disk(scheme: str) -> RemoteDisk:
    """The file system of a scheme.

    Raises:
        Unavailable: fsspec is not installed, does not know the scheme, or lacks a package for it.
    """
    try:
        import fsspec
    except ImportError:
        raise Unavailable(
            'fsspec, which may know it, is not installed: pip install "perdure[remote]"'
        ) from None
    try:
        fsspec.get_filesystem_class(scheme)
    except ValueError:
        raise Unavailable("") from None
    except ImportError as error:
        raise Unavailable(f"fsspec knows it, but says: {error}") from error
    return RemoteDisk(scheme)


class RemoteDisk:
    """Files that fsspec reaches, with the methods of `LocalDisk`.

    What is written to a store of objects is there when the file is closed; before that, `flush` passes on
    whole blocks only.  Folders without files exist only where the system has folders.

    Args:
        scheme: what names begin with.
    """

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme

    def _find(self, path: str) -> tuple[Any, str]:
        """The file system, of which there may be several for hosts and users, and the path there."""
        from fsspec.core import url_to_fs

        system, place = url_to_fs(f"{self._scheme}://{path}")
        system.invalidate_cache()  # others write to it, too
        return system, place

    def open(self, path: str, mode: str) -> BinaryIO:
        """See `LocalDisk.open`."""
        system, place = self._find(path)
        if mode == "xb":
            if system.exists(place):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            mode = "wb"
        if system.isdir(place):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return system.open(place, mode)  # type: ignore[no-any-return]

    def stat(self, path: str) -> FileStatistics:
        """See `LocalDisk.stat`; the time is 0 where the system does not say."""
        system, place = self._find(path)
        info = system.info(place)
        try:
            changed = int(system.modified(place).timestamp() * 1e9)
        except (NotImplementedError, KeyError, AttributeError, OSError):
            changed = 0
        return FileStatistics(info["size"] or 0, changed, info["type"] == "directory")

    def exists(self, path: str) -> bool:
        """See `LocalDisk.exists`."""
        system, place = self._find(path)
        return bool(system.exists(place))

    def children(self, path: str) -> list[str]:
        """See `LocalDisk.children`."""
        system, place = self._find(path)
        names = (name.rstrip("/") for name in system.ls(place, detail=False))
        return sorted(os.path.basename(name) for name in names if name != place.rstrip("/"))

    def make_folder(self, path: str) -> None:
        """See `LocalDisk.make_folder`."""
        system, place = self._find(path)
        if system.exists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        system.mkdir(place, create_parents=False)

    def remove(self, path: str) -> None:
        """See `LocalDisk.remove`."""
        system, place = self._find(path)
        if system.info(place)["type"] == "directory":
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        system.rm_file(place)

    def remove_folder(self, path: str) -> None:
        """See `LocalDisk.remove_folder`."""
        system, place = self._find(path)
        if system.isdir(place):  # where there are no folders it went with its last file
            system.rmdir(place)

    def is_link(self, path: str) -> bool:
        """See `LocalDisk.is_link`."""
        return False

    def rename(self, source: str, target: str) -> None:
        """See `LocalDisk.rename`; a store of objects copies and deletes."""
        system, old = self._find(source)
        _, new = self._find(target)
        is_folder = system.info(old)["type"] == "directory"
        if system.isdir(new):
            number = errno.ENOTEMPTY if is_folder else errno.EISDIR
            raise OSError(number, os.strerror(number))
        system.mv(old, new, recursive=is_folder)

    def write_atomically(self, path: str, write: Callable[[BinaryIO], object]) -> None:
        """See `LocalDisk.write_atomically`."""
        system, place = self._find(path)
        temporary = f"{path}.tmp{os.urandom(8).hex()}"
        self.write_durably([(temporary, write)])
        try:
            system.mv(self._find(temporary)[1], place)
        except BaseException:
            self._remove_if_there(temporary)
            raise

    def write_durably(self, writes: Sequence[tuple[str, Callable[[BinaryIO], object]]]) -> None:
        """See `LocalDisk.write_durably`: what was closed is as safe as the system makes it."""
        begun = []
        try:
            for path, write in writes:
                with self.open(path, "xb") as file:
                    begun.append(path)
                    write(file)
        except BaseException:
            for path in begun:
                self._remove_if_there(path)
            raise

    def _remove_if_there(self, path: str) -> None:
        system, place = self._find(path)
        if system.exists(place):
            system.rm_file(place)

    def link(self, source: str, target: str) -> bool:
        """See `LocalDisk.link`: there are none here."""
        return False
