"""Random words one by one, for choices that follow one another: shuffles, samples."""

from __future__ import annotations

import numpy as np

from perdure.arrays.philox import Stream, blocks

# How many blocks of four words are made at a time; first few, since most users want few.
_FEWEST, _MOST = 16, 1024


class RandomWords:
    """The 32-bit words of a stream, one at a time, as TensorFlow's SingleSampleAdapter gives them.

    Args:
        seed, seed2: the seeds; two zeros leave the choice to the operating system.

    Attributes:
        taken: how many words were taken.
    """

    __slots__ = ("_stream", "_words", "_many", "taken")

    def __init__(self, seed: int, seed2: int) -> None:
        self._stream = Stream(seed, seed2)
        self._words: list[int] = []
        self._many = _FEWEST
        self.taken = 0

    def next(self) -> int:
        """The next word, from 0 to 2**32 - 1."""
        self.taken += 1
        try:
            return self._words.pop()
        except IndexError:
            self._words = self._made()
            return self._words.pop()

    def some(self, count: int) -> list[int]:
        """The next words."""
        self.taken += count
        found: list[int] = []
        while len(found) < count:
            if not self._words:
                self._words = self._made()
            first = max(0, len(self._words) - (count - len(found)))
            found += self._words[: first - 1 if first else None : -1]
            del self._words[first:]
        return found

    def skip(self, words: int) -> None:
        """Leave out some words."""
        for _ in range(min(words, len(self._words))):
            self.next()
            words -= 1
        self._stream.reserve(words // 4)
        self.taken += words - words % 4
        for _ in range(words % 4):
            self.next()

    def _made(self) -> list[int]:
        many = self._many
        self._many = min(4 * many, _MOST)
        words = blocks(np, *self._stream.reserve(many), np.arange(many, dtype=np.uint64))
        return np.stack(words, axis=1).ravel()[::-1].tolist()
