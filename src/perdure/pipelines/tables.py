"""Datasets of rows: of files with comma-separated values, and of databases."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from perdure.filesystem.errors import translated
from perdure.filesystem.files import Files, text_of
from perdure.formats.csv.fields import QUOTE, BadLine, fields_of
from perdure.formats.csv.numbers import double, integer, single
from perdure.formats.records.compression import Inflated
from perdure.graph.dtypes import DType, string, word_of
from perdure.graph.errors import InvalidArgumentError
from perdure.pipelines.dataset import Context, Dataset, Element, Elements, invalid

_PIECE = 1 << 17
_NUMBER = re.compile(rb"\s*[-+]?\d*\.?\d*(?:[eE][-+]?\d+)?")
_ENDS = re.compile(rb"\r\n|\n|\r")
_KINDS = {b"": "", b"ZLIB": "ZLIB", b"GZIP": "GZIP"}
_READERS: dict[str, tuple[Any, Callable[[bytes], Any]]] = {
    "int32": (np.int32, partial(integer, bits=32)),
    "int64": (np.int64, partial(integer, bits=64)),
    "float32": (np.float32, single),
    "float64": (np.float64, double),
    "string": (bytes, bytes),
}


class CsvDataset(Dataset):
    """The records of files with comma-separated values, RFC 4180.

    Args:
        names: the names of the files.
        compression: b"ZLIB", b"GZIP" or b"".
        has_header: whether the first line of each file is none.
        delimiter: what is between fields, one byte.
        quotes: whether quotation marks around a field protect what is in it.
        absent: what a field may have in it that means nothing, like an empty one.
        chosen: which fields are wanted, in ascending order; all if empty.
        defaults: for each of them what stands for nothing, an empty array if it must not be.
        files: what may be touched.

    Raises:
        InvalidArgumentError: the arguments make no sense.
    """

    kind = "CSVDataset"

    def __init__(
        self,
        dtypes: Sequence[DType],
        shapes: Any,
        names: Sequence[bytes],
        compression: bytes,
        has_header: bool,
        delimiter: bytes,
        quotes: bool,
        absent: bytes,
        chosen: Sequence[int],
        defaults: Sequence[Any],
        files: Files,
    ) -> None:
        super().__init__(dtypes, shapes)
        if compression not in _KINDS:
            raise invalid(f"Unsupported compression_type: {compression.decode(errors='replace')}.")
        if len(delimiter) != 1:
            raise invalid("field_delim should be only 1 char")
        if list(chosen) != sorted({*chosen}):
            raise invalid("select_cols should be strictly increasing indices")
        if len(chosen) and chosen[0] < 0:
            raise invalid("select_cols should be non-negative indices")
        if len(chosen) and len(chosen) != len(dtypes):
            raise invalid("select_cols should match output size")
        self.names, self.files, self.compression = list(names), files, _KINDS[compression]
        self.has_header, self.delimiter, self.quotes, self.absent = has_header, delimiter, quotes, absent
        self.chosen = list(chosen)
        self.readers = [_READERS[dtype.name] for dtype in dtypes]
        self.defaults: list[Any] = []
        for i, (default, (kind, _)) in enumerate(zip(defaults, self.readers, strict=True)):
            if np.size(default) > 1 or np.ndim(default) > 1:
                raise invalid(f"Each record default should be at most rank 1, but field {i} is not")
            flat = np.ravel(default)
            self.defaults.append(kind(flat[0]) if len(flat) else None)

    def iterate(self, context: Context, path: str) -> Elements:
        return _Records(self, context)

    def lines(self, name: bytes) -> Iterator[list[bytes]]:
        """The records of a file as they are written, many at a time."""
        return self._lines(self.files.open(name), name)

    def _lines(self, file: Any, name: bytes) -> Iterator[list[bytes]]:
        with file, translated(text_of(name)):
            source = Inflated(file, self.compression) if self.compression else file
            begun, to_skip = b"", self.has_header
            ended = False
            while not ended:
                piece = source.read(_PIECE)
                ended = not piece
                text = begun + piece if begun else piece
                if not ended and text.endswith(b"\r"):  # a line feed may follow
                    begun = text
                    continue
                lines, begun = self._split(text)
                if ended and begun:
                    lines.append(begun)
                if to_skip and lines:
                    del lines[0]
                    to_skip = False
                if lines:
                    yield lines

    def _split(self, text: bytes) -> tuple[list[bytes], bytes]:
        """The whole records in a text, and what has begun behind them."""
        if not (self.quotes and b'"' in text):
            *whole, begun = _ENDS.split(text) if b"\r" in text else text.split(b"\n")
            return whole, begun
        lines: list[bytes] = []
        start = at = 0
        while end := _ENDS.search(text, at):
            at = end.end()
            line = text[start : end.start()]
            if b'"' in line and self._is_open(line):
                continue
            lines.append(line)
            start = at
        return lines, text[start:]

    def _is_open(self, line: bytes) -> bool:
        """Whether a quoted field begins in a line and does not end."""
        at = 0
        while 0 <= at < len(line):
            if line[at] == QUOTE:
                at += 1
                while True:
                    at = line.find(b'"', at)
                    if at < 0:
                        return True
                    if line[at + 1 : at + 2] != b'"':
                        break
                    at += 2
            at = line.find(self.delimiter, at)
            at = at + 1 if at >= 0 else -1
        return False

    def elements(self, lines: list[bytes]) -> Iterator[Element] | None:
        """What is in records that need no second look; None if one of them does."""
        text = b"".join(lines)
        if not text or _UNUSUAL.search(text) or self.quotes and b'"' in text:
            return None
        rows = [line.split(self.delimiter) for line in lines]
        width = len(self.dtypes)
        if self.chosen:
            last = self.chosen[-1]
            if min(map(len, rows)) <= last:
                return None
            rows = [[row[i] for i in self.chosen] for row in rows]
        elif set(map(len, rows)) != {width}:
            return None
        columns = []
        for dtype, column in zip(self.dtypes, zip(*rows, strict=True), strict=True):
            if not all(column) or self.absent in column:
                return None
            values = column if dtype is string else _numbers(column, dtype)
            if values is None:
                return None
            columns.append(values)
        return map(list, zip(*columns, strict=True))

    def element(self, line: bytes) -> Element:
        """What is in a record.

        Raises:
            InvalidArgumentError: it is no such record.
        """
        try:
            fields = fields_of(line, self.delimiter, self.quotes, self.chosen) if line else [b""]
        except BadLine as error:
            raise invalid(_WORDS.get(str(error), str(error))) from error
        width = len(self.dtypes)
        if len(fields) != width:
            count = "more" if len(fields) > width else len(fields)
            raise invalid(f"Expect {width} fields but have {count} in record")
        return [self._value(i, field) for i, field in enumerate(fields)]

    def _value(self, number: int, field: bytes) -> Any:
        if not field or field == self.absent:
            default = self.defaults[number]
            if default is None:
                raise invalid(f"Field {number} is required but missing in record!")
            return default
        kind, read = self.readers[number]
        value = read(field)
        if value is None:
            text = field.decode("utf-8", "backslashreplace")
            word = word_of(self.dtypes[number])
            raise invalid(f"Field {number} in record is not a valid {word}: {text}")
        return kind(value)


_WORDS = {
    "Unquoted fields cannot have quotes/CRLFs inside": "Unquoted fields cannot have quotes inside",
    "Quoted field has to end with quote followed by delim or end": (
        "Reached end of file without closing quoted field in record"
    ),
}


def _numbers(column: Sequence[bytes], dtype: DType) -> np.ndarray | None:
    """A column of numbers; None if one of them is none, or hard to read."""
    kind = dtype.as_numpy_dtype
    try:
        if dtype.is_integer:
            whole = np.array(column).astype(np.int64)
            least, most = np.iinfo(kind).min, np.iinfo(kind).max
            return whole.astype(kind) if whole.min() >= least and whole.max() <= most else None
        exact = np.array(column).astype(np.float64)
    except (OverflowError, ValueError):
        return None
    size = np.abs(exact[exact != 0])
    if not np.isfinite(exact).all() or size.size and (size.min() < _SMALLEST or size.max() > _LARGEST):
        return None
    if kind is np.float32 and np.any(exact.view(np.uint64) & _BEHIND == _HALF):
        return None  # in the middle between two numbers, as far as these digits say
    return exact.astype(kind)


# Signs that Python reads otherwise than TensorFlow does, or that are seldom right.
_UNUSUAL = re.compile(rb"[_+\n\r\0]")
# The bits that a float32 has less than a float64, and the first of them.
_BEHIND, _HALF = np.uint64((1 << 29) - 1), np.uint64(1 << 28)
_SMALLEST, _LARGEST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)


class _Records(Elements):
    """It goes on behind a record that is none, with the next one."""

    def __init__(self, dataset: CsvDataset, context: Context) -> None:
        self._dataset, self._context = dataset, context
        self._file = self._line = 0
        self._open: Iterator[list[bytes]] | None = None
        # What comes next of the lines that were read: elements, or lines that need a second look.
        self._ready: Iterator[Any] = iter(())

    def __next__(self) -> Element:
        for found in self._ready:
            self._line += 1
            return found if type(found) is list else self._dataset.element(found)
        dataset = self._dataset
        while self._file < len(dataset.names):
            if self._open is None:
                self._context.check()
                self._open, self._line = dataset.lines(dataset.names[self._file]), 0
            lines = next(self._open, None)
            if lines is not None:
                self._ready = dataset.elements(lines) or iter(lines)
                return next(self)
            self._open = None
            self._file += 1
        raise StopIteration

    def close(self) -> None:
        """Close the file that is open."""
        opened, self._open = self._open, None
        self._file, self._ready = len(self._dataset.names), iter(())
        end = getattr(opened, "close", None)
        if end is not None:
            try:
                end()
            except ValueError:  # another thread is in it, and closes it when it lets go
                pass

    def save(self) -> Any:
        return {"file": self._file, "line": self._line if self._open is not None else 0}

    def restore(self, state: Any) -> None:
        self._file, self._line, self._open = state["file"], 0, None
        while self._line < state["line"]:
            with suppress(InvalidArgumentError):
                next(self)


class SqlDataset(Dataset):
    """The rows that a query of a database gives.

    Args:
        driver: the kind of database, b"sqlite".
        source: where it is: the name of its file.
        query: the query.
        files: what may be touched.

    Raises:
        InvalidArgumentError: there is no such driver.
    """

    kind = "SqlDataset"

    def __init__(
        self, dtypes: Any, shapes: Any, driver: bytes, source: bytes, query: bytes, files: Files
    ) -> None:
        super().__init__(dtypes, shapes)
        if driver != b"sqlite":
            raise invalid(
                f"The database type, {driver.decode(errors='replace')}, is not supported by SqlDataset. The "
                "set of supported databases is: {'sqlite'}."
            )
        self.source, self.query, self.files = source.decode(), query.decode(), files

    def iterate(self, context: Context, path: str) -> Elements:
        return _Rows(self)

    def convert(self, row: Sequence[Any]) -> Element:
        """A row as the components that were announced.

        Raises:
            InvalidArgumentError: it has another number of columns.
        """
        if len(row) != len(self.dtypes):
            raise invalid(
                f"The number of columns in query ({len(row)}) must match the number of elements in "
                f"output_types ({len(self.dtypes)})."
            )
        return [_column(value, dtype) for value, dtype in zip(row, self.dtypes, strict=True)]


def _column(value: Any, dtype: DType) -> Any:
    """A column as the type that was announced, as SQLite converts it."""
    if dtype.name == "string":
        return b"" if value is None else value if isinstance(value, bytes) else str(value).encode()
    if dtype.name == "bool":
        return np.bool_(bool(_number(value)))
    kind = dtype.as_numpy_dtype
    number = _number(value)
    if dtype.is_floating:
        return kind(number)
    wrapped = int(number) % (1 << 8 * dtype.size)
    return np.array(wrapped, np.uint64).astype(kind)[()]


def _number(value: Any) -> Any:
    if value is None:
        return 0
    if isinstance(value, (int, float)):
        return value
    match = _NUMBER.match(value if isinstance(value, bytes) else value.encode())
    text = match.group() if match else b""
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return 0


class _Rows(Elements):
    def __init__(self, dataset: SqlDataset) -> None:
        self._dataset = dataset
        self._connection: sqlite3.Connection | None = None
        self._cursor: Any = None
        self._ended = False
        self._row = 0

    def __next__(self) -> Element:
        if self._ended:
            raise StopIteration
        if self._cursor is None:
            self._begin()
        try:
            row = self._cursor.fetchone()
        except sqlite3.Error as error:
            raise _failed(error) from error
        if row is None:
            self.close()
            raise StopIteration
        self._row += 1
        return self._dataset.convert(row)

    def _begin(self) -> None:
        dataset = self._dataset
        # The policy says whether the file may be read; SQLite makes none where there is none.
        dataset.files.open(dataset.source).close()
        try:
            # Only one thread is in an iterator at a time, though not always the same one.
            self._connection = sqlite3.connect(
                f"file:{dataset.source}?mode=ro", uri=True, check_same_thread=False
            )
            self._cursor = self._connection.execute(dataset.query)
        except sqlite3.Error as error:
            self.close()
            self._ended = False
            raise _failed(error) from error

    def close(self) -> None:
        """Close the database."""
        self._ended = True
        connection, self._connection, self._cursor = self._connection, None, None
        if connection is not None:
            connection.close()

    def save(self) -> Any:
        return {"row": self._row, "ended": self._ended}

    def restore(self, state: Any) -> None:
        self._ended = state["ended"]
        for _ in range(0 if self._ended else state["row"]):
            next(self)


def _failed(error: sqlite3.Error) -> InvalidArgumentError:
    return invalid(f"Failed to set up or run the query: {error}")
