"""Vocabularies: numbers of words and of other categories."""

from __future__ import annotations

from collections import defaultdict
from typing import Any


class CategoricalVocabulary:
    """Categories by number, in the order in which they are first seen; 0 is what is unknown.

    Args:
        unknown_token: the name of the unknown.
        support_reverse: whether categories are found by their numbers, too.
    """

    def __init__(self, unknown_token: Any = "<UNK>", support_reverse: bool = True) -> None:
        self._unknown_token = unknown_token
        self._mapping = {unknown_token: 0}
        self._support_reverse = support_reverse
        if support_reverse:
            self._reverse_mapping = [unknown_token]
        self._freq: dict[Any, int] = defaultdict(int)
        self._freeze = False

    def __len__(self) -> int:
        """How many categories, the unknown one included."""
        return len(self._mapping)

    def freeze(self, freeze: bool = True) -> None:
        """Take no new categories any more, or take them again."""
        self._freeze = freeze

    def get(self, category: Any) -> int:
        """The number of a category, a new one if it is new; 0 if none are taken any more."""
        if category not in self._mapping:
            if self._freeze:
                return 0
            self._mapping[category] = len(self._mapping)
            if self._support_reverse:
                self._reverse_mapping.append(category)
        return self._mapping[category]

    def add(self, category: Any, count: int = 1) -> None:
        """Count a category.

        Args:
            category: which one.
            count: how many times it is seen.
        """
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keep what is neither too rare nor too frequent, numbered by how frequent it is.

        Args:
            min_frequency: what is not seen more often goes.
            max_frequency: what is seen as often goes; -1 for no limit.
        """
        by_name = sorted(self._freq.items(), key=lambda item: (isinstance(item[0], str), item[0]))
        by_count = sorted(by_name, key=lambda item: item[1], reverse=True)
        self._mapping = {self._unknown_token: 0}
        if self._support_reverse:
            self._reverse_mapping = [self._unknown_token]
        for category, count in by_count:
            if 0 < max_frequency <= count:
                continue
            if count <= min_frequency:
                break
            self._mapping[category] = len(self._mapping)
            if self._support_reverse:
                self._reverse_mapping.append(category)
        # As TensorFlow does: the most frequent ones are kept here, as many as there are numbers.
        self._freq = dict(by_count[: len(self._mapping) - 1])

    def reverse(self, class_id: int) -> Any:
        """The category of a number.

        Raises:
            ValueError: the vocabulary was made without `support_reverse`.
        """
        if not self._support_reverse:
            raise ValueError(
                "This vocabulary wasn't initialized with support_reverse to support reverse() function."
            )
        return self._reverse_mapping[class_id]
