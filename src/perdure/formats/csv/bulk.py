"""Many lines of comma-separated values at once, by NumPy: where all fields are plain.

Numbers of up to sixteen digits are read eight bytes at a time, as words whose first byte is the first digit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_PADDING = b"0" * 16  # what is before the first field when words are read that end with it
_NEWLINE, _MINUS = 0x0A, 0x2D
_ZEROS = np.uint64(0x3030303030303030)
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
_ONES = np.uint64(0x0101010101010101)
_HIGHS = np.uint64(0x8080808080808080)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_BEYOND_NINE = np.uint64(0x7676767676767676)
_POWERS = 10.0 ** np.arange(17)
_EXACT = 1 << 53  # integers up to here are doubles


class Fields:
    """Where the fields of some lines are.

    Attributes:
        text: the lines.
        starts, ends: where each field begins and ends in it, with a row for each line.
    """

    __slots__ = ("text", "starts", "ends", "_bytes", "_words")

    def __init__(self, text: bytes, starts: np.ndarray, ends: np.ndarray) -> None:
        self.text, self.starts, self.ends = text, starts, ends
        self._bytes = np.frombuffer(text, np.uint8)
        # The words that begin at each byte.
        self._words = np.ndarray((len(text) - 7,), "<u8", text, strides=(1,))

    def decimals(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """A column of numbers without an exponent.

        Returns:
            The digits as integers, how many of them are behind a point, -1 where there is no point, whether
            there is a minus, and which fields are such numbers at all.
        """
        starts, ends = self.starts[:, number], self.ends[:, number]
        is_negative = self._bytes[starts] == _MINUS
        sizes = ends - starts - is_negative
        fits = (sizes >= 1) & (sizes <= 16)
        low, behind, has_point = self._last_eight(ends, sizes)
        high = None
        if sizes.max(initial=0) > 8:
            high = _kept(self._words[ends - 16], sizes - 8)
            low, high, behind, has_point = _without_point(low, high)
        digits = _number(low)
        fits &= _is_number(low) & (sizes > has_point)
        if high is not None:
            digits += _number(high) * np.uint64(10**8)
            fits &= _is_number(high)
        return digits.view(np.int64), np.where(has_point, behind, -1), is_negative, fits

    def _last_eight(self, ends: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        low = _kept(self._words[ends - 8], sizes)
        if sizes.max(initial=0) > 8:
            return low, sizes, sizes > 0
        marks, below, above = _point(low)
        has_point = marks != 0
        low = np.where(has_point, (low & above) | ((low & below) << np.uint64(8)) | np.uint64(0x30), low)
        return low, np.bitwise_count(above).astype(np.int64) >> 3, has_point


def _kept(words: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The last bytes of words, so many of each, behind digits of zero."""
    sizes = np.clip(sizes, 0, 8).astype(np.uint64)
    # Two shifts, since one by 64 bits is none.
    shift = (np.uint64(8) - sizes) * np.uint64(4)
    mask = (_ALL << shift) << shift
    return (words & mask) | (_ZEROS & ~mask)


def _point(words: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A mark at the first point of each word, 0 if it has none, and what is before and behind it."""
    matches = words ^ _DOTS
    found = (matches - _ONES) & ~matches & _HIGHS
    marks = found & (~found + np.uint64(1))
    return marks, (marks >> np.uint64(7)) - np.uint64(1), ~((marks << np.uint64(1)) - np.uint64(1))


def _without_point(
    low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two words without the point in them: the digits before it move by a byte."""
    byte, zero = np.uint64(8), np.uint64(0x30)
    in_low, below, above = _point(low)
    in_high, high_below, high_above = _point(high)
    is_low, is_high = in_low != 0, (in_high != 0) & (in_low == 0)
    behind = np.where(is_low, np.bitwise_count(above) >> 3, 8 + (np.bitwise_count(high_above) >> 3))
    moved = (low & above) | ((low & below) << byte) | (high >> np.uint64(56))
    high_moved = (high & high_above) | ((high & high_below) << byte) | zero
    new_high = np.where(is_low, (high << byte) | zero, np.where(is_high, high_moved, high))
    return np.where(is_low, moved, low), new_high, behind.astype(np.int64), is_low | is_high


def _is_number(words: np.ndarray) -> np.ndarray:
    digits = words ^ _ZEROS
    return (((digits + _BEYOND_NINE) | digits) & _HIGHS) == 0


def _number(words: np.ndarray) -> np.ndarray:
    """Eight digits as an integer: pairs, then fours, then all."""
    digits = words & np.uint64(0x0F0F0F0F0F0F0F0F)
    digits = (digits * np.uint64(2561)) >> np.uint64(8)
    digits = ((digits & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
    return ((digits & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32)


def plain_fields(
    lines: Sequence[bytes], width: int, delimiter: bytes, quotes: bool, chosen: Sequence[int]
) -> Fields | None:
    """The fields of lines without quotation marks, all of which have as many; None if they are not such."""
    text = _PADDING + b"\n".join(lines) + b"\n"
    if b"\r" in text or (quotes and b'"' in text) or delimiter in (b"\n", b"\r", b'"'):
        return None
    data = np.frombuffer(text, np.uint8)[len(_PADDING) :]
    is_end = data == _NEWLINE
    if np.count_nonzero(is_end) != len(lines):
        return None
    marks = np.flatnonzero(is_end | (data == delimiter[0])) + len(_PADDING)
    total, rest = divmod(len(marks), len(lines))
    if rest or (total != width if not chosen else total <= chosen[-1]):
        return None
    ends = marks.reshape(len(lines), total)
    if not is_end[ends[:, -1] - len(_PADDING)].all():
        return None
    begun = np.empty_like(marks)
    begun[0] = len(_PADDING)
    begun[1:] = marks[:-1] + 1
    starts = begun.reshape(len(lines), total)
    if total == 1 and (starts == ends).any():
        return None  # an empty line has no field
    return Fields(text, starts[:, chosen], ends[:, chosen]) if chosen else Fields(text, starts, ends)


def integers(fields: Fields, number: int, kind: type) -> tuple[np.ndarray, np.ndarray]:
    """A column of integers, and which fields are such; the others have any value."""
    digits, behind, is_negative, fits = fields.decimals(number)
    values = np.where(is_negative, -digits, digits)
    fits &= (behind < 0) & (values >= np.iinfo(kind).min) & (values <= np.iinfo(kind).max)
    return values.astype(kind), fits


def floats(fields: Fields, number: int, kind: type) -> tuple[np.ndarray, np.ndarray]:
    """A column of floating point numbers, and which fields are such; the others have any value."""
    digits, behind, is_negative, fits = fields.decimals(number)
    # Both are exact, so that the quotient is the double nearest to the number.
    values = digits / _POWERS[np.clip(behind, 0, 16)]
    fits &= digits <= _EXACT
    if kind is np.float32:
        # What is in the middle of two floats only as a double is looked at more closely.
        fits &= (values.view(np.int64) & 0x1FFFFFFF) != 0x10000000
    return np.where(is_negative, -values, values).astype(kind), fits
