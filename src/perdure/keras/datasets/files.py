"""How the files of data sets are read."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from perdure.keras.utils.files import get_file

_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

Arrays = tuple[Any, Any]


def fetched(path: str, name: str, file_hash: str | None = None) -> str:
    """The path of a file of Keras' data sets.

    Args:
        path: its name here.
        name: its name there.
        file_hash: what tells whether it is the right one.
    """
    return get_file(path, origin=_ORIGIN + name, file_hash=file_hash)


def load_batch(fpath: str, label_key: str = "labels") -> Arrays:
    """The pictures and labels of a file of CIFAR.

    Args:
        fpath: the file.
        label_key: which labels.
    """
    with open(fpath, "rb") as file:
        batch = {key.decode("utf8"): value for key, value in pickle.load(file, encoding="bytes").items()}
    return batch["data"].reshape(-1, 3, 32, 32), batch[label_key]


def shuffled(*arrays: Any) -> list[Any]:
    """Arrays in one random order, by NumPy's generator."""
    order = np.arange(len(arrays[0]))
    np.random.shuffle(order)
    return [array[order] for array in arrays]


def as_objects(sequences: list[Any]) -> np.ndarray:
    """Sequences of several lengths as an array of lists."""
    if len({len(sequence) for sequence in sequences}) == 1:
        return np.array(sequences)
    found = np.empty(len(sequences), dtype=object)
    found[:] = sequences
    return found


def words(
    sequences: Any,
    labels: Any,
    num_words: int | None,
    skip_top: int,
    maxlen: int | None,
    start_char: int | None,
    oov_char: int | None,
    index_from: int,
) -> tuple[list[Any], Any]:
    """Texts as numbers of words.

    Args:
        sequences: the texts.
        labels: their labels.
        num_words: how many words are known; the others are `oov_char`, or left out.
        skip_top: how many of the most frequent words are left out in the same way.
        maxlen: longer texts are left out.
        start_char: what a text begins with.
        oov_char: what stands for unknown words.
        index_from: the number of the first word.
    """
    if start_char is not None:
        sequences = [[start_char, *(w + index_from for w in x)] for x in sequences]
    elif index_from:
        sequences = [[w + index_from for w in x] for x in sequences]
    if maxlen:
        kept = [(x, label) for x, label in zip(sequences, labels, strict=True) if len(x) < maxlen]
        sequences, labels = [x for x, _ in kept], [label for _, label in kept]
    if maxlen and not sequences:
        raise ValueError(
            f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was kept. Increase "
            "maxlen."
        )
    if not num_words:
        num_words = max(max(x) for x in sequences)
    if oov_char is None:
        return [[w for w in x if skip_top <= w < num_words] for x in sequences], labels
    return [[w if skip_top <= w < num_words else oov_char for w in x] for x in sequences], labels
