"""Reviews of films, good and bad."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from perdure.keras.datasets.files import Arrays, as_objects, fetched, shuffled, words
from perdure.platform import logging

_HASH = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    **kwargs: Any,
) -> tuple[Arrays, Arrays]:
    """(texts as numbers of words, labels) for training and for a test.

    Args:
        path: the name of the file in ~/.keras/datasets, or its whole path.
        num_words: how many words are known; all without.
        skip_top: how many of the most frequent words are left out.
        maxlen: longer texts are left out.
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
    with np.load(fetched(path, "imdb.npz", _HASH), allow_pickle=True) as file:
        train = file["x_train"], file["y_train"]
        test = file["x_test"], file["y_test"]
    np.random.seed(seed)
    x_train, y_train = shuffled(*train)
    x_test, y_test = shuffled(*test)
    xs, labels = words(
        np.concatenate([x_train, x_test]),
        np.concatenate([y_train, y_test]),
        num_words,
        skip_top,
        maxlen,
        start_char,
        oov_char,
        index_from,
    )
    count = len(x_train)
    return (
        (as_objects(xs[:count]), np.array(labels[:count])),
        (as_objects(xs[count:]), np.array(labels[count:])),
    )


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """The number of each word.

    Args:
        path: the name of the file in ~/.keras/datasets, or its whole path.
    """
    path = fetched(path, "imdb_word_index.json", "bfafd718b763782e994055a2d397834f")
    with open(path) as file:
        found: dict[str, int] = json.load(file)
    return found
