"""tf.gfile.GFile: a file that is opened when it is first read or written."""

from __future__ import annotations

import weakref
from typing import Any, BinaryIO, Self

from perdure.filesystem.errors import translated
from perdure.filesystem.files import FILES, Name, text_of
from perdure.graph.errors import InvalidArgumentError, OutOfRangeError, PermissionDeniedError
from perdure.platform.deprecation import warn_once
from perdure.platform.text import as_bytes, as_text

_READING = ("r", "r+", "w+", "a+")
_WRITING = ("a", "w", "r+", "w+", "a+")


class _Handles:
    """What is open of a file; apart from it, so that it is closed when the file is dropped."""

    __slots__ = ("reader", "writer")

    def __init__(self) -> None:
        self.reader: BinaryIO | None = None
        self.writer: BinaryIO | None = None

    def close(self) -> None:
        reader, writer = self.reader, self.writer
        self.reader = self.writer = None
        for opened in (reader, writer):
            if opened is not None:
                opened.close()


class FileIO:
    """A file to read, to write or to add to; `with` closes it, and so does dropping it.

    It is opened at the first use, and after `close` again.  Reading and writing have positions of their own,
    and what was written can be read after `flush`.  Not thread-safe.

    Args:
        name: its name, which may begin with a scheme.
        mode: "r", "w", "a", "r+", "w+" or "a+", with a "b" for bytes instead of text.

    Raises:
        InvalidArgumentError: there is no such mode.
    """

    def __init__(self, name: Name, mode: str) -> None:
        self._name = name
        self._mode = mode
        self._is_binary = "b" in mode
        plain = mode.replace("b", "")
        if plain not in (*_READING, *_WRITING):
            raise InvalidArgumentError(None, None, "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")
        self._may_read, self._may_write = plain in _READING, plain in _WRITING
        self._opened_as = "ab" if plain.startswith("a") else "wb"
        self._handles = _Handles()
        weakref.finalize(self, self._handles.close)

    @property
    def name(self) -> Name:
        """Its name."""
        return self._name

    @property
    def mode(self) -> str:
        """How it is opened."""
        return self._mode

    def _reader(self) -> BinaryIO:
        if self._handles.reader is None:
            if not self._may_read:
                raise PermissionDeniedError(None, None, "File isn't open for reading")
            self._handles.reader = FILES.open(self._name)
        return self._handles.reader

    def _writer(self) -> BinaryIO:
        if self._handles.writer is None:
            if not self._may_write:
                raise PermissionDeniedError(None, None, "File isn't open for writing")
            self._handles.writer = FILES.open(self._name, self._opened_as)
        return self._handles.writer

    def _given(self, contents: bytes) -> Any:
        return contents if self._is_binary else as_text(contents)

    def size(self) -> int:
        """How many bytes are in the file.

        Raises:
            NotFoundError: it is not there.
        """
        return FILES.stat(self._name).length

    def write(self, file_content: Any) -> None:
        """Add text or bytes.

        Raises:
            PermissionDeniedError: the mode does not allow it.
            TypeError: it is neither text nor bytes.
        """
        writer = self._writer()
        contents = as_bytes(file_content)
        with translated(text_of(self._name)):
            writer.write(contents)

    def read(self, n: int = -1) -> Any:
        """Read bytes, or what they are as text.

        Args:
            n: how many bytes; all that are left if -1.

        Raises:
            NotFoundError: the file is not there.
            PermissionDeniedError: the mode does not allow it.
        """
        reader = self._reader()
        with translated(text_of(self._name)):
            contents = reader.read(n)
        return self._given(contents)

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Move the position for reading.

        Args:
            offset: to which byte.
            whence: from where it counts: 0 the beginning, 1 the position, 2 the end.
            position: an older name of `offset`.

        Raises:
            TypeError: neither or both are given.
            InvalidArgumentError: it is before the beginning, or `whence` none of these.
            OutOfRangeError: it is behind the end.
        """
        reader = self._reader()
        if position is not None:
            if offset is not None:
                raise TypeError("seek(): offset and position may not be set simultaneously.")
            warn_once(
                "FileIO.seek", "tensorflow.python.lib.io.file_io",
                "position is deprecated in favor of the offset argument.",
            )  # fmt: skip
            offset = position
        if offset is None:
            raise TypeError("seek(): offset argument required")
        if whence not in (0, 1, 2):
            raise InvalidArgumentError(
                None, None, f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2."
            )
        target = offset + (0, reader.tell(), self.size())[whence] if whence else offset
        if target < 0:
            raise InvalidArgumentError(None, None, f"Seeking to a negative position: {target}")
        reader.seek(min(target, self.size()))
        if target > self.size():
            raise OutOfRangeError(None, None, "reached end of file")

    def readline(self) -> Any:
        """The next line with its end; empty at the end.  Carriage returns are left out, as by TensorFlow."""
        reader = self._reader()
        with translated(text_of(self._name)):
            line = reader.readline()
        return self._given(line.replace(b"\r", b""))

    def readlines(self) -> list[Any]:
        """The lines that are left."""
        return list(self)

    def tell(self) -> int:
        """The position for reading; that for writing if it cannot be read."""
        return self._reader().tell() if self._may_read else self._writer().tell()

    def seekable(self) -> bool:
        """True."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def next(self) -> Any:
        """The next line, as Python 2 asks for it."""
        return self.__next__()

    def flush(self) -> None:
        """Let others see what was written."""
        if self._handles.writer is not None:
            with translated(text_of(self._name)):
                self._handles.writer.flush()

    def close(self) -> None:
        """Write what was not written yet, and close the file; more than once is fine."""
        if self._handles.reader is not None or self._handles.writer is not None:
            with translated(text_of(self._name)):
                self._handles.close()


class GFile(FileIO):
    """A file, for reading text if not told otherwise; see `FileIO`."""

    def __init__(self, name: Name, mode: str = "r") -> None:
        super().__init__(name, mode)


class FastGFile(FileIO):
    """An older name of `GFile`."""

    def __init__(self, name: Name, mode: str = "r") -> None:
        warn_once("FastGFile.__init__", "tensorflow.python.platform.gfile", "Use tf.gfile.GFile.")
        super().__init__(name, mode)
