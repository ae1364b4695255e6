"""Sequences of one length, windows over them: the package keras_preprocessing."""

from __future__ import annotations

from typing import Any

from perdure.keras.preprocessing.package import preprocessing_module
from perdure.keras.utils.sequences import Sequence

_sequence: Any = preprocessing_module("sequence")
pad_sequences = _sequence.pad_sequences
make_sampling_table = _sequence.make_sampling_table
skipgrams = _sequence.skipgrams
_remove_long_seq = _sequence._remove_long_seq


class TimeseriesGenerator(_sequence.TimeseriesGenerator, Sequence):  # type: ignore[misc]
    """Batches of windows over a series; see keras_preprocessing."""
