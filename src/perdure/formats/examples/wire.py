"""Where the features of an Example are, and the values of one: protocol buffers' wire format.

From tensorflow/core/example/example.proto and feature.proto; each message is a run of fields, a field a tag
and its contents, which a length precedes.

| message | field | tag |
| --- | --- | --- |
| Example | features, a Features | 0A |
| Features | feature, an entry of a map | 0A |
| entry | key | 0A |
| | value, a Feature | 12 |
| Feature | bytes_list, float_list, int64_list | 0A, 12, 1A |
| a list | value; numbers packed, or one by one | 0A; 0D for a float, 08 for an integer |

As in TensorFlow's own reader, an entry is a key and then a value, and a list is either packed, in one field,
or not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Span = tuple[int, int]

BYTES, FLOATS, INTEGERS = 0x0A, 0x12, 0x1A
ENTRY = KEY = PACKED = 0x0A
VALUE = 0x12
_ONE_FLOAT, _ONE_INTEGER = 0x0D, 0x08
_LONGEST_VARINT = 10
# More varints than this are decoded by NumPy.
_MANY = 24
_NUMPY_TYPES: dict[int, Any] = {BYTES: object, FLOATS: np.float32, INTEGERS: np.int64}


class Malformed(Exception):
    """Bytes are no such message."""


class Unsupported(Malformed):
    """A feature holds no list that TensorFlow 1.15 knows."""


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = shift = 0
    for place in range(at, min(end, at + _LONGEST_VARINT)):
        byte = data[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, place + 1
        shift += 7
    raise Malformed


def span(data: bytes, at: int, end: int) -> Span:
    """Where the contents of a field begin and end, from where their length stands."""
    if at >= end:
        raise Malformed
    size = data[at]
    at += 1
    if size >= 0x80:
        size, at = varint(data, at - 1, end)
    if size > end - at:
        raise Malformed
    return at, at + size


def skip(data: bytes, at: int, end: int, depth: int = 0) -> int:
    """Where a field ends that nobody knows, from where its tag stands."""
    tag, at = varint(data, at, end)
    kind = tag & 7
    if tag >> 3 == 0 or depth > 100:
        raise Malformed
    if kind == 0:
        return varint(data, at, end)[1]
    if kind == 2:
        return span(data, at, end)[1]
    if kind in (1, 5):
        at += 8 if kind == 1 else 4
        if at > end:
            raise Malformed
        return at
    if kind == 3:
        while at < end:
            inner, behind = varint(data, at, end)
            if inner & 7 == 4:
                if inner >> 3 != tag >> 3:
                    raise Malformed
                return behind
            at = skip(data, at, end, depth + 1)
    raise Malformed


def features_of(data: bytes) -> dict[bytes, Span]:
    """Where the features of an Example are, by key; of several of one key the last.

    Raises:
        Malformed: it is no Example.
    """
    found: dict[bytes, Span] = {}
    at, end = 0, len(data)
    while at < end:
        if data[at] == ENTRY:
            at, stop = span(data, at + 1, end)
            add_entries(data, at, stop, found)
            at = stop
        else:
            at = skip(data, at, end)
    return found


def add_entries(data: bytes, at: int, end: int, found: dict[bytes, Span]) -> None:
    """Add the entries of a map, `Features` or `FeatureLists`, to those that were found.

    Raises:
        Malformed: something else is among them.
    """
    while at < end:
        if data[at] != ENTRY:
            raise Malformed
        at, stop = span(data, at + 1, end)
        if at >= stop or data[at] != KEY:
            raise Malformed
        key, key_end = span(data, at + 1, stop)
        if key_end >= stop or data[key_end] != VALUE:
            raise Malformed
        value, at = span(data, key_end + 1, stop)
        if at != stop:
            raise Malformed
        found[data[key:key_end]] = value, at


def values_of(data: bytes, at: int, end: int) -> tuple[int, Any]:
    """The list that a feature holds, from where the feature begins and ends.

    Returns:
        Which it is, `BYTES`, `FLOATS` or `INTEGERS`, and its values: an array, or a list of bytes; or 0 and
        None if the feature holds none.

    Raises:
        Unsupported: it holds something else.
        Malformed: the list is damaged; its first argument says which it is.
    """
    if at == end:
        return 0, None
    kind = data[at]
    if kind not in _NUMPY_TYPES:
        raise Unsupported
    try:
        at, end = span(data, at + 1, end)
        if at == end:
            return kind, [] if kind == BYTES else np.empty(0, _NUMPY_TYPES[kind])
        return kind, _READERS[kind](data, at, end)
    except Malformed as error:
        raise Malformed(kind) from error


def _bytes_values(data: bytes, at: int, end: int) -> list[bytes]:
    values = []
    while at < end:
        if data[at] != PACKED:
            raise Malformed
        at, stop = span(data, at + 1, end)
        values.append(data[at:stop])
        at = stop
    return values


def _float_values(data: bytes, at: int, end: int) -> np.ndarray:
    tag = data[at]
    if tag == PACKED:
        at, stop = span(data, at + 1, end)
        return np.frombuffer(data, "<f4", (stop - at) // 4, at)
    count, rest = divmod(end - at, 5)
    if rest:
        raise Malformed
    each = np.ndarray((count, 5), np.uint8, data, at)
    if (each[:, 0] != _ONE_FLOAT).any():
        raise Malformed
    return each[:, 1:].copy().view("<f4").ravel()


def _integer_values(data: bytes, at: int, end: int) -> np.ndarray:
    if data[at] == PACKED:
        at, stop = span(data, at + 1, end)
        if stop - at > _MANY:
            return varints(np.frombuffer(data, np.uint8, stop - at, at))
        end, tagged = stop, False
    else:
        tagged = True
    values = []
    while at < end:
        if tagged:
            if data[at] != _ONE_INTEGER:
                raise Malformed
            at += 1
        value, at = varint(data, at, end)
        values.append(value)
    return np.array(values, np.uint64).view(np.int64)


_READERS: dict[int, Any] = {BYTES: _bytes_values, FLOATS: _float_values, INTEGERS: _integer_values}


def varints(data: np.ndarray) -> np.ndarray:
    """All numbers of variable length in an array of bytes, as int64.

    Raises:
        Malformed: one of them does not end, or has too many bytes.
    """
    lasts = np.flatnonzero(data < 0x80)
    if not lasts.size or lasts[-1] != data.size - 1:
        if data.size:
            raise Malformed
        return np.empty(0, np.int64)
    if lasts.size == data.size:
        return data.astype(np.int64)
    starts = np.empty_like(lasts)
    starts[0] = 0
    starts[1:] = lasts[:-1] + 1
    sizes = lasts - starts + 1
    longest = int(sizes.max())
    if longest > _LONGEST_VARINT:
        raise Malformed
    values = (data[starts] & 0x7F).astype(np.uint64)
    for place in range(1, longest):
        longer = np.flatnonzero(sizes > place)
        more = (data[starts[longer] + place] & 0x7F).astype(np.uint64)
        values[longer] |= more << np.uint64(7 * place)
    return values.view(np.int64)
