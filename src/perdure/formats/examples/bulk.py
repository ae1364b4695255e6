"""Many Examples at once, by NumPy: where their entries are, and the numbers in them.

Each step looks at the next entry of all messages.  What is not written in the usual way is left to
`columns.py`, which reads message by message and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from perdure.formats.examples.joined import Joined, require
from perdure.formats.examples.wire import ENTRY, KEY, PACKED, VALUE


class Entries:
    """The entries of the maps of some Examples.

    Args:
        joined: the serialized Examples.

    Raises:
        Unusual: one of them is no plain map, or is damaged.
    """

    def __init__(self, joined: Joined) -> None:
        self._joined = joined
        rows = np.flatnonzero(joined.starts < joined.ends)
        at, until = joined.field(joined.starts[rows], ENTRY)
        ends = joined.ends[rows]
        require(until == ends)
        found = []
        while True:
            going = at < ends
            if not going.all():
                rows, at, ends = rows[going], at[going], ends[going]
            if not len(rows):
                break
            at, until = joined.field(at, ENTRY)
            require(until <= ends)
            found.append((rows, at, until))
            at = until
        parts = zip(*found, strict=True) if found else [(np.empty(0, np.int64),)] * 3
        self.rows, starts, until = (np.concatenate(part) for part in parts)
        self._keys, key_ends = joined.field(starts, KEY)
        require(key_ends < until)
        self._key_sizes = key_ends - self._keys
        self._values, value_ends = joined.field(key_ends, VALUE)
        require(value_ends == until)
        self._value_ends = value_ends

    def of_key(self, key: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows that have a key, in order, and where its values begin and end.

        Raises:
            Unusual: a message has it twice.
        """
        chosen = np.flatnonzero(self._key_sizes == len(key))
        chosen = chosen[self._joined.which_are(key, self._keys[chosen])]
        rows = self.rows[chosen]
        steps = np.diff(rows)
        if (steps <= 0).any():
            order = np.argsort(rows, kind="stable")
            chosen, rows = chosen[order], rows[order]
            require(np.diff(rows) > 0)
        return rows, self._values[chosen], self._value_ends[chosen]

    def values(self, kind: int, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many values each of some features has, and all of them.

        Args:
            kind: the tag of the list that they hold.
            starts, ends: where the features begin and end.

        Raises:
            Unusual: a list is of another kind, not packed, or damaged.
        """
        starts, stops = self._joined.field(starts, kind)
        require(stops == ends)
        full = np.flatnonzero(starts < stops)
        counts = np.zeros(len(starts), np.int64)
        at, until = self._joined.field(starts[full], PACKED)
        require(until == stops[full])
        counts[full], values = self._joined.values(kind, at, until - at)
        return counts, values


def columns_in_bulk(
    joined: Joined, wanted: Mapping[bytes, int]
) -> dict[bytes, tuple[np.ndarray, np.ndarray]]:
    """For each key how many values each Example has, -1 for none of that key, and all of them.

    Args:
        joined: the Examples.
        wanted: the tag of the list that each feature holds, by its key.

    Raises:
        Unusual: something is not written in the usual way.
    """
    entries = Entries(joined)
    found = {}
    for key, kind in wanted.items():
        rows, starts, ends = entries.of_key(key)
        holds = starts < ends
        if not holds.all():
            rows, starts, ends = rows[holds], starts[holds], ends[holds]
        counts = np.full(len(joined.starts), -1, np.int64)
        counts[rows], values = entries.values(kind, starts, ends)
        found[key] = counts, values
    return found
