"""Batches read by arrays are those read message by message."""

import random

import numpy as np
import pytest

from perdure.formats.examples import columns
from perdure.formats.examples.columns import BadExample, BadFeature, columns_of
from tests.formats.examples.test_wire import example

WANTED = {b"f": "float32", b"g": "float32", b"i": "int64", b"b": "string", b"a rather long key": "int64"}


def messages(count):
    """Examples with features of all kinds and lengths, some of them missing."""
    generator = random.Random(2)
    for _ in range(count):
        features = {
            "f": [generator.random()] * generator.randrange(1, 40),
            "g": [0.5, 1.5],
            "i": [generator.randrange(-(2 ** generator.randrange(1, 63)), 2**50) for _ in range(3)],
            "b": [b"x" * generator.randrange(300)],
            "a rather long key": [7],
            "a rather long kez": [8],
        }
        kept = [key for key in features if generator.random() < 0.9]
        generator.shuffle(kept)
        yield example(**{key: features[key] for key in kept}) if kept else b""


def outcome(records):
    try:
        found = columns_of(records, WANTED)
    except (BadExample, BadFeature) as error:
        return type(error), error.args
    return {key: (column.counts.tolist(), column.values.tolist()) for key, column in found.items()}


def test_batches(monkeypatch):
    """Whole and damaged ones."""
    records = list(messages(60))
    generator = random.Random(4)
    batches = [records]
    for _ in range(150):
        damaged = list(records)
        row = generator.randrange(len(records))
        changed = bytearray(damaged[row]) or bytearray(b"\x0a")
        changed[generator.randrange(len(changed))] = generator.randrange(256)
        damaged[row] = bytes(changed)[
            : generator.choice([len(changed), generator.randrange(len(changed) + 1)])
        ]
        batches.append(damaged)
    at_once = [outcome(batch) for batch in batches]
    monkeypatch.setattr(columns, "_MANY", 10**9)
    assert at_once == [outcome(batch) for batch in batches]


@pytest.mark.parametrize("records", [[b""] * 20, [example(f=[1.0])] * 20])
def test_types_of_columns_without_values(records):
    """They are those that are wanted."""
    found = columns_of(records, WANTED)
    kinds = {b"f": np.float32, b"g": np.float32, b"i": np.int64, b"b": object, b"a rather long key": np.int64}
    assert {key: column.values.dtype for key, column in found.items()} == kinds
