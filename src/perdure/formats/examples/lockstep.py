"""Examples that have the same features in the same order, as those of one file mostly do.

Their entries differ in a few bytes, so that one comparison with the entry of the first of them does for all:

    0A e 0A k <key> 12 v <kind> l 0A p <p bytes>

with one list, of one text or packed, in each; the lengths e, v and l follow from p.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from perdure.formats.examples.joined import MASKS, Joined, Unusual, require
from perdure.formats.examples.wire import BYTES, ENTRY, FLOATS, INTEGERS, KEY, PACKED, VALUE, Malformed, span

# How far p is into the last eight bytes of a head, and what one byte more of it adds to those: at v, l and p.
_P = np.uint64(56)
_GROWTH = np.uint64(1 << 24 | 1 << 40 | 1 << 56)


def columns_in_lockstep(
    joined: Joined, wanted: Mapping[bytes, int]
) -> dict[bytes, tuple[np.ndarray, np.ndarray]]:
    """For each key how many values each Example has, -1 for none of that key, and all of them.

    Args:
        joined: the Examples; at least one.
        wanted: the tag of the list that each feature holds, by its key.

    Raises:
        Unusual: their features are not the same, or not written in the usual way.
    """
    require(joined.starts < joined.ends)
    at, until = joined.field(joined.starts, ENTRY)
    require(until == joined.ends)
    found: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}
    seen: set[bytes] = set()
    end = int(joined.ends[0])
    while at[0] < end:
        key, kind, start, sizes = _entries(joined, at, end)
        if key in seen:
            raise Unusual
        seen.add(key)
        if key in wanted:
            if kind != wanted[key]:
                raise Unusual
            found[key] = joined.values(kind, start, sizes)
        at = start + sizes
    require(at == joined.ends)
    absent = np.full(len(at), -1, np.int64), np.empty(0)
    return {key: found.get(key, absent) for key in wanted}


def _entries(joined: Joined, at: np.ndarray, end: int) -> tuple[bytes, int, np.ndarray, np.ndarray]:
    """The key and the kind of entries, and where their lists begin and how many bytes they have.

    Args:
        joined: the Examples.
        at: where the next entry of each begins.
        end: the end of the first one.
    """
    first = int(at[0])
    key, kind, start, size = _first_entry(joined.data, first, end)
    head = joined.data[first:start]
    if len(head) == len(key) + 10:
        sizes = _sizes(joined, at, head, size)
        if sizes is not None:
            return key, kind, at + len(head), sizes
    elif joined.which_are(head, at).all():
        return key, kind, at + len(head), np.full(len(at), size, np.int64)
    starts, stops = joined.field(at, ENTRY)
    keys, key_ends = joined.field(starts, KEY)
    require(key_ends - keys == len(key))
    require(joined.which_are(key, keys))
    for tag in (VALUE, kind, PACKED):
        starts, ends = joined.field(key_ends, tag)
        require(ends == stops)
        key_ends = starts
    return key, kind, starts, stops - starts


def _first_entry(data: bytes, at: int, end: int) -> tuple[bytes, int, int, int]:
    """The key and the kind of an entry, and where its list begins and how many bytes it has."""
    try:
        start, stop = span(data, at + 1, end)
        key, key_end = span(data, start + 1, stop)
        value, value_end = span(data, key_end + 1, stop)
        kind = data[value]
        inner, inner_end = span(data, value + 1, value_end)
        packed, packed_end = span(data, inner + 1, inner_end)
    except Malformed as error:
        raise Unusual from error
    is_usual = (data[at], data[start], data[key_end], data[inner]) == (ENTRY, KEY, VALUE, PACKED)
    if (
        not is_usual
        or kind not in (BYTES, FLOATS, INTEGERS)
        or not stop == value_end == inner_end == packed_end
    ):
        raise Unusual
    return data[key:key_end], kind, packed, packed_end - packed


def _sizes(joined: Joined, at: np.ndarray, head: bytes, size: int) -> np.ndarray | None:
    """How many bytes the list of each entry has, if they are as the first, with lengths of a byte.

    Args:
        joined: the Examples.
        at: where the entries begin.
        head: the first of them, up to its list.
        size: how many bytes that has.
    """
    shortest = min(8, len(head) - 6)
    begin = joined.words(at) & MASKS[shortest]
    last = joined.words(at + (len(head) - 8))
    sizes = last >> _P
    # The longest length, e, is to stay below 128.
    if (sizes > np.uint64(127 - head[1] + size)).any():
        return None
    known = np.uint64(int.from_bytes(head[:shortest], "little") - (size << 8))
    if not (begin - (sizes << np.uint64(8)) == known).all():
        return None
    known_last = int.from_bytes(head[-8:], "little") - size * int(_GROWTH)
    if not (last - sizes * _GROWTH == np.uint64(known_last % 2**64)).all():
        return None
    if not joined.which_are(head[8:-8], at + 8).all():
        return None
    return sizes.view(np.int64)
