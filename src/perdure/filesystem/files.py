"""Files by name, on whichever file system the name's scheme says."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from perdure.filesystem import patterns
from perdure.filesystem.errors import translated
from perdure.filesystem.local import FileStatistics, LocalDisk
from perdure.filesystem.memory import MemoryDisk
from perdure.filesystem.policy import EVERYTHING, Policy
from perdure.filesystem.random_access import RandomAccessFile
from perdure.filesystem.remote import Unavailable, remote_disk
from perdure.graph.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    OpError,
    UnimplementedError,
)

Name = str | bytes
_SCHEME = re.compile(r"([a-zA-Z][0-9a-zA-Z.]*)://")
_DISK = LocalDisk()
# The file system of each scheme; another is an object with the methods of `LocalDisk`.  For schemes that do
# not stand here fsspec is asked.
SCHEMES: dict[str, Any] = {"": _DISK, "file": _DISK, "memory": MemoryDisk()}


def text_of(name: Any) -> str:
    """A name as text.

    Raises:
        TypeError: it is neither text nor bytes.
    """
    if isinstance(name, bytes):
        return os.fsdecode(name)
    if not isinstance(name, str):
        raise TypeError(f"Expected binary or unicode string, got {name!r}")
    return name


def _system(path: str) -> tuple[str, str, Any]:
    """The scheme of a name, the path there, and the file system."""
    found = _SCHEME.match(path)
    scheme, rest = (found[1], path[found.end() :]) if found else ("", path)
    system = SCHEMES.get(scheme)
    if system is None:
        try:
            system = remote_disk(scheme)
        except Unavailable as error:
            what = f"File system scheme '{scheme}' not implemented (file: '{path}')"
            raise UnimplementedError(None, None, f"{what}; {error}" if str(error) else what) from error
    return "" if scheme == "file" else scheme, rest, system


class Files:
    """Files as a session's operations may touch them, or a program.

    Names are text or bytes.  All methods raise TensorFlow's errors in its words: NotFoundError,
    AlreadyExistsError, FailedPreconditionError, PermissionDeniedError, UnimplementedError for a scheme that
    nobody knows.  Thread-safe.

    Args:
        policy: what may be touched.
    """

    def __init__(self, policy: Policy = EVERYTHING) -> None:
        self._policy = policy

    def _find(self, name: Any, writing: bool = False) -> tuple[str, str, Any]:
        """A name as text, the path on its file system, and that."""
        shown = text_of(name)
        scheme, path, system = _system(shown)
        with translated(shown):
            self._policy.check(scheme, path, writing)
        return shown, path, system

    def open(self, name: Name, mode: str = "rb") -> BinaryIO:
        """Open a file of bytes.

        Args:
            name: its name.
            mode: "rb" to read it, "wb" to write it anew, "ab" to add to it, "xb" to make it.

        Raises:
            AlreadyExistsError: it is there, and was to be made.
            NotFoundError: it, or the folder for it, is not there.
            FailedPreconditionError: it is a folder.
        """
        shown, path, system = self._find(name, mode != "rb")
        with translated(shown):
            return system.open(path, mode)  # type: ignore[no-any-return]

    def read(self, name: Name) -> bytes:
        """The contents of a file; errors as of `open`."""
        with self.open(name) as file, translated(text_of(name)):
            return file.read()

    def open_at(self, name: Name) -> RandomAccessFile:
        """Open a file that is read at any place; errors as of `open`."""
        return RandomAccessFile(text_of(name), self.open(name))

    def write(self, name: Name, contents: bytes) -> None:
        """Write a file anew; errors as of `open`."""
        with translated(text_of(name)), self.open(name, "wb") as file:
            file.write(contents)

    def write_atomically(self, name: Name, write: bytes | Callable[[BinaryIO], object]) -> None:
        """Replace a file so that whoever opens it, even after a crash, finds all of the new or the old one.

        Args:
            name: its name.
            write: its contents, or what writes them to the file it is given.
        """
        shown, path, system = self._find(name, True)
        contents = write
        with translated(shown):
            if isinstance(contents, bytes):
                system.write_atomically(path, lambda file: file.write(contents))
            else:
                system.write_atomically(path, contents)

    def write_durably(self, writes: Sequence[tuple[Name, Callable[[BinaryIO], object]]]) -> None:
        """Make files that are on the disk when this returns; none is left if that fails.

        Args:
            writes: the name of each, which no file has, and what writes its contents to the file it is given;
                all on one file system.
        """
        found, systems = [], []
        for name, write in writes:
            shown, path, system = self._find(name, True)
            found.append((path, _translating(shown, write)))
            systems.append(system)
        if any(system is not systems[0] for system in systems):
            raise UnimplementedError(None, None, "Files on several file systems cannot be written as one")
        with translated(text_of(writes[0][0])):
            systems[0].write_durably(found)

    def exists(self, name: Name) -> bool:
        """Whether there is a file or folder of that name."""
        shown, path, system = self._find(name)
        with translated(shown):
            return bool(path) and bool(system.exists(path))

    def stat(self, name: Name) -> FileStatistics:
        """Size, time of the last change, and whether it is a folder.

        Raises:
            NotFoundError: there is nothing of that name.
        """
        shown, path, system = self._find(name)
        with translated(shown):
            return system.stat(path)  # type: ignore[no-any-return]

    def is_directory(self, name: Name) -> bool:
        """Whether it is a folder; no error if there is nothing."""
        try:
            return self.stat(name).is_directory
        except (NotFoundError, FailedPreconditionError):
            return False

    def list_directory(self, name: Name) -> list[str]:
        """The names in a folder, sorted.

        Raises:
            NotFoundError: there is no such folder.
        """
        shown, path, system = self._find(name)
        if not self.is_directory(name):
            raise NotFoundError(None, None, f"Could not find directory {shown}")
        with translated(shown):
            return system.children(path)  # type: ignore[no-any-return]

    def make_directory(self, name: Name) -> None:
        """Make a folder, unless it is there.

        Raises:
            NotFoundError: the folder for it is not there.
        """
        shown, path, system = self._find(name, True)
        try:
            with translated(shown):
                system.make_folder(path)
        except AlreadyExistsError:
            pass  # TensorFlow does not ask whether it is a folder

    def make_directories(self, name: Name) -> None:
        """Make a folder and those it is in, as far as they are not there.

        Raises:
            FailedPreconditionError: one of them is a file.
        """
        shown, path, system = self._find(name, True)
        missing = []
        with translated(shown):
            while path and not system.exists(path):
                missing.append(path)
                path = os.path.dirname(path.rstrip("/"))
            for folder in reversed(missing):
                try:
                    system.make_folder(folder)
                except FileExistsError:
                    continue  # somebody else was faster

    def copy(self, source: Name, target: Name, overwrite: bool = False) -> None:
        """Copy a file.

        Raises:
            AlreadyExistsError: `target` is there, and is not to be overwritten.
            NotFoundError: there is no `source`, or no folder for `target`.
        """
        self._refuse_existing(target, overwrite)
        if self.is_directory(source):
            raise InvalidArgumentError(None, None, f"{text_of(target)}; Invalid argument")
        with self.open(source) as old, self.open(target, "wb") as new:
            with translated(text_of(target)):
                while piece := old.read(1 << 20):
                    new.write(piece)

    def rename(self, source: Name, target: Name, overwrite: bool = False) -> None:
        """Give a file or folder another name; errors as of `copy`."""
        self._refuse_existing(target, overwrite)
        shown, old, system = self._find(source, True)
        _, new, other = self._find(target, True)
        if system is not other:
            raise UnimplementedError(
                None,
                None,
                f"Renaming {shown} to {text_of(target)} not implemented: they are on two file systems",
            )
        with translated(shown):
            system.rename(old, new)

    def link(self, source: Name, target: Name) -> bool:
        """Give a file a second name, which no file has.

        Returns:
            Whether that was possible: not all file systems can.
        """
        _, old, system = self._find(source, True)
        shown, new, other = self._find(target, True)
        with translated(shown):
            return system is other and bool(system.link(old, new))

    def _refuse_existing(self, target: Name, overwrite: bool) -> None:
        if not overwrite and self.exists(target):
            raise AlreadyExistsError(None, None, "file already exists")

    def remove(self, name: Name) -> None:
        """Delete a file.

        Raises:
            NotFoundError: there is none.
            FailedPreconditionError: it is a folder.
        """
        shown, path, system = self._find(name, True)
        with translated(shown):
            system.remove(path)

    def remove_directory(self, name: Name) -> None:
        """Delete an empty folder.

        Raises:
            NotFoundError: there is none.
            FailedPreconditionError: something is in it, or it is a file.
        """
        shown, path, system = self._find(name, True)
        with translated(shown):
            system.remove_folder(path)

    def remove_tree(self, name: Name) -> None:
        """Delete a folder with all it contains; a link is deleted, not what it stands for.

        Raises:
            NotFoundError: there is none.
            FailedPreconditionError: it is a file.
        """
        shown, path, system = self._find(name, True)
        if not self.exists(name):
            raise NotFoundError(None, None, f"{shown} not found")
        with translated(shown):
            _remove_tree(system, path)

    def walk(
        self, top: Name, top_down: bool = True, on_error: Callable[[OpError], object] | None = None
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        """Each folder with the names of the folders and files in it; links to folders are followed.

        Args:
            top: the folder to begin with.
            top_down: whether a folder comes before those in it.
            on_error: called with the error of a folder that cannot be listed, which is left out.
        """
        folder = text_of(top)
        try:
            names = self.list_directory(folder)
        except NotFoundError as error:
            if on_error is not None:
                on_error(error)
            return
        inside = {name: self.is_directory(joined(folder, name)) for name in names}
        folders = [name for name, is_folder in inside.items() if is_folder]
        here = folder, folders, [name for name, is_folder in inside.items() if not is_folder]
        if top_down:
            yield here
        for name in folders:
            yield from self.walk(joined(folder, name), top_down, on_error)
        if not top_down:
            yield here

    def glob(self, pattern: str | Iterable[Name]) -> list[str]:
        """The files and folders that match a pattern, sorted; of several patterns those of each.

        `*` and `?` match no slash, and names that begin with a dot as well.

        Raises:
            NotFoundError: the folder before the first special character is not there.
            FailedPreconditionError: that is a file.
        """
        wanted = [pattern] if isinstance(pattern, str) else pattern
        return sorted(name for each in wanted for name in self._matching(text_of(each)))

    def _matching(self, pattern: str) -> list[str]:
        if not pattern:
            return []
        self._find(pattern)
        found_scheme = _SCHEME.match(pattern)
        scheme = found_scheme[0] if found_scheme else ""
        folder = scheme + os.path.dirname(patterns.fixed_prefix(pattern)[len(scheme) :])
        if not folder:
            pattern, folder = f"./{pattern}", "."
        if not self.stat(folder).is_directory:
            raise FailedPreconditionError(None, None, f"{folder}; Not a directory")
        found = [folder]
        for depth, part in enumerate(pattern[len(folder) :].lstrip("/").split("/")):
            matches = patterns.compiled(part).fullmatch
            found = [
                joined(parent, name)
                for parent in found
                if depth == 0 or self.is_directory(parent)
                for name in self.list_directory(parent)
                if matches(name)
            ]
        return found


def _translating(name: str, write: Callable[[BinaryIO], object]) -> Callable[[BinaryIO], None]:
    """What writes a file, with errors that name it."""

    def write_it(file: BinaryIO) -> None:
        with translated(name):
            write(file)

    return write_it


def joined(folder: str, name: str) -> str:
    """The name of what is in a folder."""
    return folder + name if folder.endswith("/") else f"{folder}/{name}"


def _remove_tree(system: Any, path: str) -> None:
    for name in system.children(path):
        child = joined(path, name)
        if system.stat(child).is_directory if not system.is_link(child) else False:
            _remove_tree(system, child)
        else:
            system.remove(child)
    system.remove_folder(path)


# Those of the program itself, which no policy restricts.
FILES = Files()
