"""Rows of categories as rows of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from perdure.contrib.learn.preprocessing.vocabulary import CategoricalVocabulary


class CategoricalProcessor:
    """The numbers of categories, by a vocabulary for each column; what is not a number is unknown.

    Args:
        min_frequency: categories that are not seen more often become unknown.
        share: whether the columns share a vocabulary.
        vocabularies: the vocabularies; new ones if None.
    """

    def __init__(
        self,
        min_frequency: int = 0,
        share: bool = False,
        vocabularies: list[CategoricalVocabulary] | None = None,
    ) -> None:
        self.min_frequency = min_frequency
        self.share = share
        self.vocabularies_: Any = vocabularies

    def freeze(self, freeze: bool = True) -> None:
        """Take no new categories any more, or take them again."""
        for vocabulary in self.vocabularies_:
            vocabulary.freeze(freeze)

    def fit(self, x: Iterable[Any], unused_y: Any = None) -> CategoricalProcessor:
        """Learn the categories of rows, and no others after that; returns itself.

        Args:
            x: the rows.
            unused_y: nothing, as estimators' `fit` has it.
        """
        for row in x:
            if self.vocabularies_ is None:
                shared = CategoricalVocabulary()
                self.vocabularies_ = [shared if self.share else CategoricalVocabulary() for _ in row]
            for index, value in enumerate(row):
                if not _is_nan(value):
                    self.vocabularies_[index].add(value)
        if self.min_frequency > 0:
            for vocabulary in self.vocabularies_:
                vocabulary.trim(self.min_frequency)
        self.freeze()
        return self

    def fit_transform(self, x: Iterable[Any], unused_y: Any = None) -> Iterator[np.ndarray]:
        """`fit`, and then `transform`.

        Args:
            x: the rows.
            unused_y: nothing.
        """
        self.fit(x)
        return self.transform(x)

    def transform(self, x: Iterable[Any]) -> Iterator[np.ndarray]:
        """The numbers of each row, int64.

        Args:
            x: the rows.
        """
        self.freeze()
        for row in x:
            numbers = [
                0 if _is_nan(value) else self.vocabularies_[index].get(value)
                for index, value in enumerate(row)
            ]
            yield np.array(numbers, dtype=np.int64)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
