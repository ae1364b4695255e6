"""Examples put one behind the other, and what stands at many places of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.formats.examples.wire import BYTES, FLOATS, Malformed, varints

_PADDING = bytes(16)
_BYTE, _SEVEN, _MORE = np.uint64(0xFF), np.uint64(0x7F), np.uint64(0x80)
# The first so many bytes of a word.
MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
# Texts of few lengths are cut out length by length, if there are many.
_FEW, _MANY = 16, 256
_ALL_MORE = np.uint64(0x8080808080808080)
# From digits of 7 bits to ones of 14, 28 and 56: the lower digits, the upper ones, and how far those move.
_JOINS = [
    tuple(map(np.uint64, numbers))
    for numbers in (
        (0x007F007F007F007F, 0x7F007F007F007F00, 1),
        (0x00003FFF00003FFF, 0x3FFF00003FFF0000, 2),
        (0x000000000FFFFFFF, 0x0FFFFFFF00000000, 4),
    )
]


class Unusual(Exception):
    """Something is not written in the usual way."""


def require(condition: Any) -> None:
    """See that something holds everywhere.

    Raises:
        Unusual: it does not.
    """
    if not np.all(condition):
        raise Unusual


class Joined:
    """Some serialized messages, one behind the other.

    Args:
        records: the messages.

    Attributes:
        starts, ends: where each of them begins and ends.
    """

    def __init__(self, records: Sequence[bytes]) -> None:
        self.data = b"".join(records) + _PADDING
        self._words = np.ndarray((len(self.data) - 7,), "<u8", self.data, strides=(1,))
        sizes = np.fromiter(map(len, records), np.int64, len(records))
        self.ends = np.cumsum(sizes)
        self.starts = self.ends - sizes

    def words(self, at: np.ndarray) -> np.ndarray:
        """The eight bytes at each of some places, as a number whose lowest byte comes first."""
        return self._words[at]

    def which_are(self, text: bytes, at: np.ndarray) -> np.ndarray:
        """Whether a text stands at each of some places."""
        found: Any = None
        for place in range(0, len(text), 8):
            piece = text[place : place + 8]
            words = self._words[at + place if place else at]
            if len(piece) < 8:
                words &= MASKS[len(piece)]
            same = words == np.uint64(int.from_bytes(piece, "little"))
            found = same if found is None else found & same
        return np.ones(len(at), bool) if found is None else found

    def field(self, at: np.ndarray, tag: int) -> tuple[np.ndarray, np.ndarray]:
        """Where the contents of fields begin and end, from where their tags stand.

        Raises:
            Unusual: there is another tag, or a length of more than 28 bits.
        """
        words = self._words[at]
        require((words & _BYTE) == np.uint64(tag))
        words >>= np.uint64(8)
        sizes = words & _SEVEN
        more = (words & _MORE) != 0
        width: Any = 2
        if more.any():
            second = more & ((words & (_MORE << np.uint64(8))) != 0)
            third = second & ((words & (_MORE << np.uint64(16))) != 0)
            require(~(third & ((words & (_MORE << np.uint64(24))) != 0)))
            for place, which in enumerate((more, second, third), 1):
                digit = (words >> np.uint64(8 * place)) & _SEVEN
                sizes |= np.where(which, digit << np.uint64(7 * place), np.uint64(0))
            width = 2 + more.astype(np.int64) + second + third
        starts = at + width
        ends = starts + sizes.view(np.int64)
        require(ends <= len(self.data) - len(_PADDING))
        return starts, ends

    def values(self, kind: int, at: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many values each of some packed lists has, and all of them.

        Args:
            kind: the tag of the lists; one of texts has one.
            at: where each list begins.
            sizes: its bytes.

        Raises:
            Unusual: a list is damaged.
        """
        if kind == BYTES:
            return np.ones(len(at), np.int64), self._texts(at, sizes)
        if kind == FLOATS:
            require(sizes & 3 == 0)
            return sizes >> 2, self._floats(at, sizes >> 2)
        return self._integers(at, sizes)

    def _texts(self, at: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        data = self.data
        found = np.full(len(at), b"", object)
        lengths = np.unique(sizes).tolist()
        if len(lengths) > _FEW or len(at) < _MANY:
            found[:] = [data[a:b] for a, b in zip(at.tolist(), (at + sizes).tolist(), strict=True)]
            return found
        for length in filter(None, lengths):
            chosen = np.flatnonzero(sizes == length)
            texts = np.ndarray((len(data) - length + 1,), f"V{length}", data, strides=(1,))
            found[chosen] = texts[at[chosen]].astype(object)
        return found

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
        require(sizes > 0)
        alone = self._one_integer_each(at, sizes)
        if alone is not None:
            return np.ones(len(at), np.int64), alone
        flat = np.frombuffer(self.data, np.uint8)[_spread(at, sizes, 1)]
        is_last = flat < 0x80
        stops = np.cumsum(sizes)
        require(is_last[stops - 1])
        done = np.cumsum(is_last)[stops - 1]
        try:
            return np.diff(done, prepend=0), varints(flat)
        except Malformed as error:
            raise Unusual from error

    def _one_integer_each(self, at: np.ndarray, sizes: np.ndarray) -> np.ndarray | None:
        """The numbers, if every list is of one, and that of eight bytes at most."""
        longest = int(sizes.max())
        if longest > 8:
            return None
        words = self._words[at]
        masks = MASKS[sizes]
        if not ((words & masks & _ALL_MORE) == (masks >> np.uint64(8)) & _ALL_MORE).all():
            return None
        words &= masks & ~_ALL_MORE
        for lower, upper, distance in _JOINS if longest > 1 else ():
            words = words & lower | (words & upper) >> distance
        return words.view(np.int64)


def _spread(at: np.ndarray, counts: np.ndarray, step: int) -> np.ndarray:
    """The places of all items of some runs, from where each run begins."""
    firsts = np.cumsum(counts) - counts
    total = int(counts.sum())
    return np.repeat(at - step * firsts, counts) + step * np.arange(total)
