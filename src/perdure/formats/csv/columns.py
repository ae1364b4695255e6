"""Lines of comma-separated values as arrays, one for each column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from perdure.formats.csv.bulk import floats, integers, plain_fields
from perdure.formats.csv.fields import BadLine, fields_of
from perdure.formats.csv.numbers import double, integer, single

__all__ = ["BadField", "BadLine", "Table"]

# So many lines are worth the work on arrays.
_MANY = 24
_READERS: dict[str, tuple[Any, Callable[[bytes], Any]]] = {
    "int32": (np.int32, partial(integer, bits=32)),
    "int64": (np.int64, partial(integer, bits=64)),
    "float32": (np.float32, single),
    "float64": (np.float64, double),
}


class BadField(ValueError):
    """A field is not what is wanted.

    Args:
        row: the number of its line.
        text: what is in it; None if nothing is, and something must be.
    """

    def __init__(self, row: int, text: bytes | None) -> None:
        super().__init__(row, text)
        self.row, self.text = row, text


class Table:
    """The fields of some lines.

    Args:
        lines: the lines, without their ends.
        width: how many fields each must have.
        delimiter: what is between them, one byte.
        quotes: whether quotation marks around a field protect what is in it.
        chosen: which fields are wanted, in ascending order; all if empty.

    Raises:
        BadLine: a line has more or fewer fields, or breaks the rules of the format.
    """

    def __init__(
        self, lines: Sequence[bytes], width: int, delimiter: bytes, quotes: bool, chosen: Sequence[int]
    ) -> None:
        self._count = len(lines)
        self._fields = plain_fields(lines, width, delimiter, quotes, chosen) if self._count >= _MANY else None
        self._rows = []
        for row, line in enumerate(lines if self._fields is None else ()):
            fields = fields_of(line, delimiter, quotes, chosen)
            if len(fields) != width:
                raise BadLine(f"Expect {width} fields but have {len(fields)} in record {row}")
            self._rows.append(fields)

    def column(self, number: int, name: str, absent: bytes, default: Any) -> np.ndarray:
        """A column as an array.

        Args:
            number: which one.
            name: its type: "int32", "int64", "float32", "float64" or "string".
            absent: what a field may have in it that means nothing, like an empty one.
            default: what stands for nothing; None if it must not be.

        Raises:
            BadField: a field is no such number, or there is nothing in it.
        """
        numpy_type, read = _READERS.get(name, (object, bytes))
        values, left, texts = self._begun(number, numpy_type, absent)
        for row, field in zip(left, texts, strict=True):
            if not field or field == absent:
                if default is None:
                    raise BadField(row, None)
                values[row] = default
                continue
            value = read(field)
            if value is None:
                raise BadField(row, field)
            values[row] = value
        return values

    def _begun(
        self, number: int, numpy_type: Any, absent: bytes
    ) -> tuple[np.ndarray, Sequence[int], list[bytes]]:
        """A column with what arrays tell at once, the rows that are left, and what is in them."""
        if self._fields is not None and numpy_type is not object and double(absent) is None:
            make = integers if np.dtype(numpy_type).kind == "i" else floats
            values, fits = make(self._fields, number, numpy_type)
            left = np.flatnonzero(~fits).tolist()
            return values, left, self._texts(number, left)
        everything = range(self._count)
        if self._fields is None:
            texts = [row[number] for row in self._rows]
        else:
            texts = self._texts(number, everything)
        values = np.empty(self._count, numpy_type)
        if numpy_type is not object:
            return values, everything, texts
        values[:] = texts
        rows = [row for row, text in enumerate(texts) if not text or text == absent]
        return values, rows, [texts[row] for row in rows]

    def _texts(self, number: int, rows: Sequence[int]) -> list[bytes]:
        """Some fields of a column."""
        assert self._fields is not None
        text = self._fields.text
        starts, ends = self._fields.starts[:, number], self._fields.ends[:, number]
        if len(rows) != self._count:
            starts, ends = starts[list(rows)], ends[list(rows)]
        return [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
