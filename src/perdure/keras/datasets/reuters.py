"""News of Reuters by topic."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from perdure.keras.datasets.files import Arrays, as_objects, fetched, shuffled, words
from perdure.platform import logging

_HASH = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"


def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    **kwargs: Any,
) -> tuple[Arrays, Arrays]:
    """(texts as numbers of words, topics) for training and for a test.

    Args:
        path: the name of the file in ~/.keras/datasets, or its whole path.
        num_words: how many words are known; all without.
        skip_top: how many of the most frequent words are left out.
        maxlen: longer texts are left out.
        test_split: the share of the test.
        seed: the seed of the order.
        start_char, oov_char: what a text begins with, and what stands for unknown words.
        index_from: the number of the first word.
        **kwargs: `nb_words`: an older name of `num_words`.
    """
    if "nb_words" in kwargs:
        logging.warning("The `nb_words` argument in `load_data` has been renamed `num_words`.")
        num_words = kwargs.pop("nb_words")
    if kwargs:
        raise TypeError(f"Unrecognized keyword arguments: {kwargs}")
    with np.load(fetched(path, "reuters.npz", _HASH), allow_pickle=True) as file:
        xs, labels = file["x"], file["y"]
    np.random.seed(seed)
    xs, labels = shuffled(xs, labels)
    xs, labels = words(xs, labels, num_words, skip_top, maxlen, start_char, oov_char, index_from)
    count = int(len(xs) * (1 - test_split))
    return (
        (as_objects(xs[:count]), np.array(labels[:count])),
        (as_objects(xs[count:]), np.array(labels[count:])),
    )


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """The number of each word.

    Args:
        path: the name of the file in ~/.keras/datasets, or its whole path.
    """
    path = fetched(path, "reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")
    with open(path) as file:
        found: dict[str, int] = json.load(file)
    return found
