"""A feature of many Examples as one array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from perdure.formats.examples.bulk import columns_in_bulk
from perdure.formats.examples.joined import Joined, Unusual
from perdure.formats.examples.lockstep import columns_in_lockstep
from perdure.formats.examples.wire import BYTES, Malformed, Span, Unsupported, features_of, values_of

_NUMPY_TYPES = {"string": object, "float32": np.float32, "int64": np.int64}
KINDS = {"string": BYTES, "float32": 0x12, "int64": 0x1A}
NAMES = {kind: name for name, kind in KINDS.items()}


# So many messages are worth the work on arrays.
_MANY = 12


@dataclass(slots=True)
class Column:
    """The values of a feature in each of several messages.

    Attributes:
        counts: how many each message has; -1 for one that does not have the feature.
        values: all of them, in the order of the messages.
    """

    counts: np.ndarray
    values: np.ndarray


class BadExample(Exception):
    """A message cannot be read at all.

    Args:
        row: which one.
    """

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


class BadFeature(Exception):
    """A feature of a message is not what is wanted.

    Args:
        row: which message.
        key: the key of the feature.
        found: the type that it has; None if its list is damaged, "" if it holds no list that is known.
    """

    def __init__(self, row: int, key: bytes, found: str | None) -> None:
        super().__init__(row, key, found)
        self.row, self.key, self.found = row, key, found


def columns_of(records: Sequence[bytes], wanted: Mapping[bytes, str]) -> dict[bytes, Column]:
    """The features of some serialized Examples.

    Args:
        records: the Examples.
        wanted: the type of each feature by its key: "string", "float32" or "int64".

    Raises:
        BadExample: one of them cannot be read.
        BadFeature: a feature is damaged, or of another type.
    """
    if len(records) >= _MANY:
        found_at_once = _at_once(Joined(records), {key: KINDS[name] for key, name in wanted.items()})
        if found_at_once is not None:
            return {
                key: Column(counts, values.astype(_NUMPY_TYPES[wanted[key]], copy=False))
                for key, (counts, values) in found_at_once.items()
            }
    gathering = {key: Gathering(key, name, len(records)) for key, name in wanted.items()}
    for row, record in enumerate(records):
        try:
            found = features_of(record)
        except Malformed as error:
            raise BadExample(row) from error
        for key, gathered in gathering.items():
            place = found.get(key)
            if place is not None:
                gathered.add(row, record, place)
    return {key: gathered.column() for key, gathered in gathering.items()}


def _at_once(
    joined: Joined, wanted: Mapping[bytes, int]
) -> dict[bytes, tuple[np.ndarray, np.ndarray]] | None:
    """The columns of messages that are all written in the usual way; else None: message by message, then."""
    for columns in (columns_in_lockstep, columns_in_bulk):
        with suppress(Unusual):
            return columns(joined, wanted)
    return None


class Gathering:
    """A column that grows message by message.

    Args:
        key: the key of the feature.
        name: the name of its type.
        count: how many messages there are.
    """

    __slots__ = ("_key", "_kind", "_counts", "_pieces", "_type")

    def __init__(self, key: bytes, name: str, count: int) -> None:
        self._key = key
        self._kind = KINDS[name]
        self._type = _NUMPY_TYPES[name]
        self._counts = np.full(count, -1, np.int64)
        self._pieces: list[np.ndarray] = []

    def add(self, row: int, record: bytes, place: Span) -> None:
        """Add the feature of a message, by where it is.

        Raises:
            BadFeature: it is damaged, or of another type.
        """
        try:
            kind, values = values_of(record, *place)
        except Unsupported as error:
            raise BadFeature(row, self._key, "") from error
        except Malformed as error:
            (kind,) = error.args
            raise BadFeature(row, self._key, None if kind == self._kind else NAMES[kind]) from error
        if kind:
            if kind != self._kind:
                raise BadFeature(row, self._key, NAMES[kind])
            self._counts[row] = len(values)
            self._pieces.append(values)

    def column(self) -> Column:
        """What was gathered."""
        if self._type is object:
            flat = [value for piece in self._pieces for value in piece]
            values = np.empty(len(flat), object)
            values[:] = flat
        elif self._pieces:
            values = np.concatenate(self._pieces).astype(self._type, copy=False)
        else:
            values = np.empty(0, self._type)
        return Column(self._counts, values)
