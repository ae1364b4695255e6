"""Summaries of numbers without protobuf: what a training program writes most, read and framed by hand.

The wire format is that of protocol buffers; field numbers are those of summary.proto and event.proto.
"""

from __future__ import annotations

from struct import Struct

_WALL_TIME = Struct("<Bd")
_SHORT = Struct("BBBB")
# A field's number and kind, as one byte: 1, 2 and 5 of Event, 1 of Summary, 1 and 2 of Summary.Value.
_EVENT_WALL_TIME, _EVENT_STEP, _EVENT_SUMMARY = 0x09, b"\x10", b"\x2a"
_SUMMARY_VALUE = _VALUE_TAG = 0x0A
_VALUE_SIMPLE_VALUE = 0x15
_VALUE, _TAG, _NUMBER = bytes([_SUMMARY_VALUE]), bytes([_VALUE_TAG]), bytes([_VALUE_SIMPLE_VALUE])
# What stands beside the tag in a value: two kinds, the tag's length, and the number.
_BESIDE = 7
_LARGEST = 0x80  # sizes from here on take more than one byte


def scalar_tags(summary: bytes) -> list[str] | None:
    """The tags of a serialized `Summary`, if it has nothing but numbers, as the op ScalarSummary writes them.

    Args:
        summary: any bytes.

    Returns:
        The tags; None if there is anything else in it, or it is no summary at all.
    """
    tags, place, size = [], 0, len(summary)
    try:
        while place < size:
            length, tag = summary[place + 1], summary[place + 3]
            if (
                summary[place] != _SUMMARY_VALUE
                or length >= _LARGEST
                or summary[place + 2] != _VALUE_TAG
                or tag + _BESIDE != length
                or summary[place + 4 + tag] != _VALUE_SIMPLE_VALUE
            ):
                return None
            tags.append(summary[place + 4 : place + 4 + tag].decode())
            place += 2 + length
    except (IndexError, UnicodeDecodeError):
        return None
    return tags if place == size else None


def scalar_value(tag: bytes, number: bytes) -> bytes:
    """The bytes of a `Summary` with one number.

    Args:
        tag: its tag.
        number: the four bytes of a float32, the lowest first.
    """
    size = len(tag)
    if 0 < size < _LARGEST - _BESIDE:
        return _SHORT.pack(_SUMMARY_VALUE, size + _BESIDE, _VALUE_TAG, size) + tag + _NUMBER + number
    named = _TAG + _varint(size) + tag if tag else b""
    return b"".join((_VALUE, _varint(len(named) + 1 + len(number)), named, _NUMBER, number))


def summary_event(wall_time: float, step: int, summary: bytes) -> bytes:
    """The bytes of an `Event` with a summary.

    Args:
        wall_time: when it was made, in seconds since 1970; not 0.
        step: its step, a number of 64 bits with a sign.
        summary: the serialized summary.
    """
    event = _WALL_TIME.pack(_EVENT_WALL_TIME, wall_time)
    if step:
        event += _EVENT_STEP + _varint(step)
    return b"".join((event, _EVENT_SUMMARY, _varint(len(summary)), summary))


def _varint(number: int) -> bytes:
    """A number in groups of seven bits, the lowest first; negative ones as those of 64 bits."""
    if 0 <= number < _LARGEST:
        return number.to_bytes(1, "little")
    if 0 <= number < _LARGEST**2:
        return bytes((number & 0x7F | 0x80, number >> 7))
    number &= 2**64 - 1
    groups = bytearray()
    while number >= _LARGEST:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)
