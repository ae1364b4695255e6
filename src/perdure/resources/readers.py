"""The readers a session owns: each takes names of files from queues, and gives what is in the files."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from perdure.graph.dtypes import string
from perdure.graph.errors import InvalidArgumentError, OpError, UnimplementedError
from perdure.graph.forking import free_in_children
from perdure.resources.blocking import has_waited
from perdure.resources.queues import Queue
from perdure.resources.resource import Resource, Sharing

if TYPE_CHECKING:
    from perdure.filesystem.files import Files
    from perdure.resources.blocking import Waiter

Record = tuple[bytes, bytes]


class Reader(Resource):
    """Reads files one after the other, whose names it takes from a queue when it needs one.  Thread-safe.

    A step that waits for a name holds nothing: another may go on with a file that is open meanwhile.

    Args:
        name: its name in messages.
    """

    kind = "reader"
    sharing = Sharing.NODE_NAME
    tensorflow_class = "tensorflow::ReaderInterface"
    type = ""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._lock = free_in_children(threading.RLock())
        self._clear()

    def _clear(self) -> None:
        self._names: deque[bytes] = deque()
        self._file: Iterator[Record] | None = None
        self._failed: OpError | None = None
        self._started = self._finished = self._produced = 0
        self._current = b""

    def records(self, name: bytes, files: Files) -> Iterator[Record]:
        """The keys and values that a file, or whatever the name means, has."""
        raise NotImplementedError

    def read(self, queue: Queue, files: Files, step: Waiter) -> Record:
        """The next key and value.

        Args:
            queue: where names are taken from.
            files: what may be touched.
            step: the step, which may have to wait.

        Raises:
            OutOfRangeError: the queue is closed and empty.
            OpError: the file cannot be read.
        """
        return self._next(queue, files, step, 1)[0]

    def read_up_to(self, count: int, queue: Queue, files: Files, step: Waiter) -> list[Record]:
        """The next keys and values, not more than `count`, and of one file; see `read`."""
        return self._next(queue, files, step, count) if count > 0 else []

    def _next(self, queue: Queue, files: Files, step: Waiter, count: int) -> list[Record]:
        queue.check_types([string], True)
        wanted = has_waited(step)  # then it must take what it waited for, though it may not need it any more
        while True:
            if wanted:
                name = np.asarray(queue.dequeue(step)[0], object)
                if name.ndim:
                    raise InvalidArgumentError(
                        None,
                        None,
                        f"Expected a scalar string from queue '{queue.name}' as the name of a file",
                    )
                with self._lock:
                    self._names.append(name.item())
            with self._lock:
                if self._file is None and self._names:
                    self._start(self._names.popleft(), files)
                if self._file is not None and (found := self._taken(count)):
                    return found
                wanted = not self._names

    def _start(self, name: bytes, files: Files) -> None:
        self._current = name
        self._file = file = self.records(name, files)
        # A file that cannot be opened is none that was begun.
        try:
            first = next(file, None)
        except OpError as error:
            if self._opens(error):
                self._file = None
                raise
            self._failed = error
            first = None
        self._started += 1
        if first is not None:
            self._file = _behind(first, file)

    def _opens(self, error: OpError) -> bool:
        """Whether an error of the first record means that the file could not be opened."""
        return type(error).__name__ != "DataLossError"

    def _taken(self, count: int) -> list[Record]:
        """What the file has next; nothing if that was all, and then it is closed."""
        if self._failed is not None:
            raise self._failed
        assert self._file is not None
        found: list[Record] = []
        try:
            for record in self._file:
                found.append(record)
                if len(found) == count and not self._is_short:
                    break
                if len(found) == count:
                    self._finish()
                    break
            else:
                self._finish()
        except OpError as error:
            self._failed = error
            if not found:
                raise
        self._produced += len(found)
        return found

    _is_short = False  # whether each file has one record, so that it is done with that

    def _finish(self) -> None:
        self._finished = self._started
        self._file = None

    def num_records_produced(self) -> int:
        """How many keys and values it gave."""
        with self._lock:
            return self._produced

    def num_work_units_completed(self) -> int:
        """How many files it is done with."""
        with self._lock:
            return self._finished

    def reset(self) -> None:
        """Forget the open file, and begin anew."""
        with self._lock:
            self._clear()

    def serialize_state(self) -> bytes:
        """Its state as a message `ReaderBaseState`.

        Raises:
            UnimplementedError: this kind of reader does not tell.
        """
        raise UnimplementedError(None, None, "Reader SerializeState")

    def restore_state(self, state: bytes) -> None:
        """Take on a state; see `serialize_state`.

        Raises:
            InvalidArgumentError: it is none.
        """
        raise UnimplementedError(None, None, "Reader RestoreState")

    @property
    def state(self) -> str:
        """How much it has read."""
        return f"{self._produced} records of {self._started} files"

    def cancel(self) -> None:
        """Close the open file."""
        with self._lock:
            file, self._file = self._file, None
            self._names.clear()
        close = getattr(file, "close", None)
        if close is not None:
            close()


def _behind(first: Record, rest: Iterator[Record]) -> Iterator[Record]:
    yield first
    yield from rest


class TextLineReader(Reader):
    """Gives the lines of text files; a key is the name of the file and the number of the line.

    Args:
        name: its name in messages.
        skip_header_lines: so many lines of each file are left out.
    """

    type = "TextLineReader"

    def __init__(self, name: str, skip_header_lines: int) -> None:
        check_not_negative(skip_header_lines=skip_header_lines)
        super().__init__(name)
        self._skip = skip_header_lines

    def records(self, name: bytes, files: Files) -> Iterator[Record]:
        from perdure.filesystem.contents import lines_of

        for number, line in enumerate(lines_of(files, name), 1):
            if number > self._skip:
                yield b"%s:%d" % (name, number), line


class TFRecordReader(Reader):
    """Gives the records of record files; a key is the name of the file and the place of the record.

    Args:
        name: its name in messages.
        compression_type: "ZLIB", "GZIP" or "".
    """

    type = "TFRecordReader"

    def __init__(self, name: str, compression_type: str) -> None:
        super().__init__(name)
        self._compression = compression_type

    def records(self, name: bytes, files: Files) -> Iterator[Record]:
        from perdure.filesystem.contents import records_of

        for place, record in records_of(files, name, self._compression):
            yield b"%s:%d" % (name, place), record


class FixedLengthRecordReader(Reader):
    """Gives runs of bytes of one length; a key is the name of the file and the number of the run.

    Args:
        name: its name in messages.
        record_bytes: the bytes of each.
        header_bytes, footer_bytes: the bytes before the first and behind the last.
        hop_bytes: the bytes from one to the next; 0 for `record_bytes`.
        encoding: "ZLIB", "GZIP" or "".
    """

    type = "FixedLengthRecordReader"

    def __init__(
        self,
        name: str,
        record_bytes: int,
        header_bytes: int,
        footer_bytes: int,
        hop_bytes: int,
        encoding: str,
    ) -> None:
        check_not_negative(
            header_bytes=header_bytes,
            record_bytes=record_bytes,
            footer_bytes=footer_bytes,
            hop_bytes=hop_bytes,
        )
        super().__init__(name)
        self._form = record_bytes, header_bytes, footer_bytes, hop_bytes, encoding

    def records(self, name: bytes, files: Files) -> Iterator[Record]:
        from perdure.filesystem.contents import blocks_of

        for number, block in enumerate(blocks_of(files, name, *self._form)):
            yield b"%s:%d" % (name, number), block


def check_not_negative(**numbers: int) -> None:
    """Refuse negative numbers, by name.

    Raises:
        InvalidArgumentError: one of them is negative.
    """
    for name, number in numbers.items():
        if number < 0:
            raise InvalidArgumentError(None, None, f"{name} must be >= 0 not {number}")


class TellingReader(Reader):
    """A reader whose files have one record each, so that its state is between files."""

    _is_short = True

    def serialize_state(self) -> bytes:
        with self._lock:
            numbers = (self._started, self._finished, self._produced)
            fields = b"".join(
                bytes([tag]) + _varint(number)
                for tag, number in zip((8, 16, 24), numbers, strict=True)
                if number
            )
            current = self._current
            return fields + (b"\x22" + _varint(len(current)) + current if current else b"")

    def restore_state(self, state: bytes) -> None:
        numbers = _parsed_state(state)
        if numbers is None:
            shown = state.decode("latin-1").encode("unicode_escape").decode()
            raise InvalidArgumentError(
                None, None, f"Could not parse state for {self.type} '{self.name}': {shown}"
            )
        started, finished = numbers[:2]
        if started > finished:
            raise InvalidArgumentError(
                None,
                None,
                f"Inconsistent work started vs. finished when restoring in {self.type} '{self.name}': "
                f"work_started: {started}\nwork_finished: {finished}\n",
            )
        with self._lock:
            self._clear()
            self._started, self._finished, self._produced, self._current = numbers


class WholeFileReader(TellingReader):
    """Gives whole files; a key is the name of the file."""

    type = "WholeFileReader"

    def records(self, name: bytes, files: Files) -> Iterator[Record]:
        yield name, files.read(name)


class IdentityReader(TellingReader):
    """Gives the names themselves."""

    type = "IdentityReader"

    def records(self, name: bytes, files: Files) -> Iterator[Record]:
        yield name, name


# -- tensorflow/core/framework/reader_base.proto: three numbers and bytes, in fields 1 to 4 ------------


def _varint(number: int) -> bytes:
    text = bytearray()
    while number >= 0x80:
        text.append(number & 0x7F | 0x80)
        number >>= 7
    text.append(number)
    return bytes(text)


def _parsed_state(data: bytes) -> tuple[int, int, int, bytes] | None:
    """The fields of a state, or None if it is none."""
    found: dict[int, Any] = {1: 0, 2: 0, 3: 0, 4: b""}
    at = 0
    try:
        while at < len(data):
            tag, at = _number_at(data, at)
            field, kind = tag >> 3, tag & 7
            number, behind = _number_at(data, at) if kind in (0, 2) else (0, at)
            contents, at = _contents_at(data, behind, kind, number)
            if field in found:
                if (kind == 2) != (field == 4):
                    return None
                found[field] = contents if field == 4 else number
    except (IndexError, KeyError):
        return None
    started, finished, produced = (found[field] for field in (1, 2, 3))
    if max(started, finished, produced) >= 1 << 63:  # a negative number
        return None
    return started, finished, produced, found[4]


def _number_at(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while shift < 70:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
    raise IndexError


def _contents_at(data: bytes, at: int, kind: int, length: int) -> tuple[bytes, int]:
    size = {0: 0, 1: 8, 2: length, 5: 4}[kind]
    if size > len(data) - at:
        raise IndexError
    return data[at : at + size], at + size
