"""Many Examples at once, by NumPy: where their entries are, and the numbers in them.

Each step looks at the next entry of all messages.  What is not written in the usual way is left to
`columns.py`, which reads message by message and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from perdure.formats.examples.wire import ENTRY, KEY, PACKED, VALUE, Malformed, varints

_PADDING = bytes(16)
_BYTE, _SEVEN = np.uint64(0xFF), np.uint64(0x7F)
_MORE = np.uint64(0x80)


class Unusual(Exception):
    """Something is not written in the usual way."""


class Entries:
    """The entries of the maps of some Examples.

    Args:
        records: the serialized Examples.

    Raises:
        Unusual: one of them is no plain map, or is damaged.
    """

    def __init__(self, records: Sequence[bytes]) -> None:
        self.data = b"".join(records) + _PADDING
        self._words = np.ndarray((len(self.data) - 7,), "<u8", self.data, strides=(1,))
        sizes = np.fromiter(map(len, records), np.int64, len(records))
        ends = np.cumsum(sizes)
        rows = np.flatnonzero(sizes)
        at, until = self._field((ends - sizes)[rows], ENTRY)
        ends = ends[rows]
        _require(until == ends)
        found = []
        while True:
            going = at < ends
            if not going.all():
                rows, at, ends = rows[going], at[going], ends[going]
            if not len(rows):
                break
            at, until = self._field(at, ENTRY)
            _require(until <= ends)
            found.append((rows, at, until))
            at = until
        parts = zip(*found, strict=True) if found else [(np.empty(0, np.int64),)] * 3
        self.rows, starts, until = (np.concatenate(part) for part in parts)
        self._keys, key_ends = self._field(starts, KEY)
        _require(key_ends < until)
        self._key_sizes = key_ends - self._keys
        self._values, value_ends = self._field(key_ends, VALUE)
        _require(value_ends == until)
        self._value_ends = value_ends

    def _field(self, at: np.ndarray, tag: int) -> tuple[np.ndarray, np.ndarray]:
        """Where the contents of fields begin and end, from where their tags stand."""
        words = self._words[at]
        _require((words & _BYTE) == np.uint64(tag))
        words >>= np.uint64(8)
        sizes = words & _SEVEN
        more = (words & _MORE) != 0
        width = np.int64(2)
        if more.any():
            second = more & ((words & (_MORE << np.uint64(8))) != 0)
            third = second & ((words & (_MORE << np.uint64(16))) != 0)
            _require(~(third & ((words & (_MORE << np.uint64(24))) != 0)))
            for place, which in enumerate((more, second, third), 1):
                digit = (words >> np.uint64(8 * place)) & _SEVEN
                sizes |= np.where(which, digit << np.uint64(7 * place), np.uint64(0))
            width = 2 + more.astype(np.int64) + second + third
        starts = at + width
        ends = starts + sizes.view(np.int64)
        _require(ends <= len(self.data) - len(_PADDING))
        return starts, ends

    def of_key(self, key: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows that have a key, in order, and where its values begin and end.

        Raises:
            Unusual: a message has it twice.
        """
        chosen = np.flatnonzero(self._key_sizes == len(key))
        for place in range(0, len(key), 8):
            piece = key[place : place + 8]
            mask = np.uint64((1 << 8 * len(piece)) - 1)
            words = self._words[self._keys[chosen] + place] & mask
            chosen = chosen[words == np.uint64(int.from_bytes(piece, "little"))]
        rows = self.rows[chosen]
        steps = np.diff(rows)
        if (steps <= 0).any():
            order = np.argsort(rows, kind="stable")
            chosen, rows = chosen[order], rows[order]
            _require(np.diff(rows) > 0)
        return rows, self._values[chosen], self._value_ends[chosen]

    def values(self, kind: int, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, Any]:
        """How many values each of some features has, and all of them.

        Args:
            kind: the tag of the list that they hold.
            starts, ends: where the features begin and end.

        Raises:
            Unusual: a list is of another kind, not packed, or damaged.
        """
        starts, stops = self._field(starts, kind)
        _require(stops == ends)
        full = np.flatnonzero(starts < stops)
        counts = np.zeros(len(starts), np.int64)
        at, until = self._field(starts[full], PACKED)
        _require(until == stops[full])
        if kind == 0x0A:
            counts[full] = 1
            data = self.data
            return counts, [data[a:b] for a, b in zip(at.tolist(), until.tolist(), strict=True)]
        if kind == 0x12:
            sizes = until - at
            _require(sizes & 3 == 0)
            counts[full] = sizes >> 2
            return counts, self._floats(at, sizes >> 2)
        counts[full], values = self._integers(at, until - at)
        return counts, values

    def _floats(self, at: np.ndarray, counts: np.ndarray) -> np.ndarray:
        if not len(at):
            return np.empty(0, np.float32)
        size = int(counts[0])
        if size and (counts == size).all():
            blocks = np.ndarray((len(self.data) - 4 * size + 1,), f"V{4 * size}", self.data, strides=(1,))
            return blocks[at].view("<f4")
        each = np.ndarray((len(self.data) - 3,), "<f4", self.data, strides=(1,))
        return each[_spread(at, counts, 4)]

    def _integers(self, at: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not len(at):
            return sizes, np.empty(0, np.int64)
        flat = np.frombuffer(self.data, np.uint8)[_spread(at, sizes, 1)]
        is_last = flat < 0x80
        stops = np.cumsum(sizes)
        _require(sizes > 0)
        _require(is_last[stops - 1])
        done = np.cumsum(is_last)[stops - 1]
        try:
            return np.diff(done, prepend=0), varints(flat)
        except Malformed as error:
            raise Unusual from error


def _spread(at: np.ndarray, counts: np.ndarray, step: int) -> np.ndarray:
    """The places of all items of some runs, from where each run begins."""
    firsts = np.cumsum(counts) - counts
    total = int(counts.sum())
    return np.repeat(at - step * firsts, counts) + step * np.arange(total)


def _require(condition: Any) -> None:
    if not np.all(condition):
        raise Unusual


def columns_in_bulk(
    records: Sequence[bytes], wanted: Mapping[bytes, int]
) -> dict[bytes, tuple[np.ndarray, Any]]:
    """For each key how many values each Example has, -1 for none of that key, and all of them.

    Args:
        records: the Examples.
        wanted: the tag of the list that each feature holds, by its key.

    Raises:
        Unusual: something is not written in the usual way.
    """
    entries = Entries(records)
    found = {}
    for key, kind in wanted.items():
        rows, starts, ends = entries.of_key(key)
        holds = starts < ends
        if not holds.all():
            rows, starts, ends = rows[holds], starts[holds], ends[holds]
        counts = np.full(len(records), -1, np.int64)
        counts[rows], values = entries.values(kind, starts, ends)
        found[key] = counts, values
    return found
