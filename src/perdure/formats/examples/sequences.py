"""SequenceExamples: features of a context, and lists of features, as arrays.

A SequenceExample has a Features, its context, under the tag 0A, and under 12 a FeatureLists: a map like that
of the Features whose values are FeatureLists, in which each Feature is under the tag 0A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from perdure.formats.examples.columns import BadExample, Column, Gathering
from perdure.formats.examples.wire import Malformed, Span, add_entries, skip, span

_CONTEXT = _ROW = 0x0A
_LISTS = 0x12


@dataclass(slots=True)
class Rows:
    """A list of features of several messages.

    Attributes:
        lengths: how many features each message has in it; -1 for one that does not have the list.
        column: the values of all these features, one behind the other.
    """

    lengths: np.ndarray
    column: Column


def parts_of(data: bytes) -> tuple[dict[bytes, Span], dict[bytes, list[Span]]]:
    """Where the features of the context are, and those of the lists, by key.

    Raises:
        Malformed: it is no SequenceExample.
    """
    context: dict[bytes, Span] = {}
    lists: dict[bytes, Span] = {}
    at, end = 0, len(data)
    while at < end:
        if data[at] in (_CONTEXT, _LISTS):
            found = context if data[at] == _CONTEXT else lists
            at, stop = span(data, at + 1, end)
            add_entries(data, at, stop, found)
            at = stop
        else:
            at = skip(data, at, end)
    return context, {key: _rows_of(data, *place) for key, place in lists.items()}


def _rows_of(data: bytes, at: int, end: int) -> list[Span]:
    rows = []
    while at < end:
        if data[at] == _ROW:
            rows.append(span(data, at + 1, end))
            at = rows[-1][1]
        else:
            at = skip(data, at, end)
    return rows


def sequences_of(
    records: Sequence[bytes], context: Mapping[bytes, str], lists: Mapping[bytes, str]
) -> tuple[dict[bytes, Column], dict[bytes, Rows]]:
    """The features of some serialized SequenceExamples.

    Args:
        records: the messages.
        context: the type of each feature of the context by its key: "string", "float32" or "int64".
        lists: the types of the lists.

    Raises:
        BadExample: one of them cannot be read.
        BadFeature: a feature of a context or a list is damaged, or of another type.  For one of a list its
            row is counted through all messages.
    """
    parts = []
    for row, record in enumerate(records):
        try:
            parts.append(parts_of(record))
        except Malformed as error:
            raise BadExample(row) from error
    columns = {}
    for key, name in context.items():
        gathered = Gathering(key, name, len(records))
        for row, (found, _) in enumerate(parts):
            if key in found:
                gathered.add(row, records[row], found[key])
        columns[key] = gathered.column()
    return columns, {key: _list_of(records, parts, key, name) for key, name in lists.items()}


def _list_of(
    records: Sequence[bytes],
    parts: Sequence[tuple[dict[bytes, Span], dict[bytes, list[Span]]]],
    key: bytes,
    name: str,
) -> Rows:
    places = [lists.get(key) for _, lists in parts]
    lengths = np.array([-1 if found is None else len(found) for found in places], np.int64)
    gathered = Gathering(key, name, int(np.maximum(lengths, 0).sum()))
    row = 0
    for record, found in zip(records, places, strict=True):
        for place in found or ():
            gathered.add(row, record, place)
            row += 1
    return Rows(lengths, gathered.column())
