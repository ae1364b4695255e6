"""Examples of the same features in the same order are read as they are message by message."""

import random

import numpy as np
import pytest

from perdure.formats.examples import columns, joined
from perdure.formats.examples.joined import Joined, Unusual
from perdure.formats.examples.lockstep import columns_in_lockstep
from tests.formats.examples.test_bulk import outcome
from tests.formats.examples.test_wire import example

KINDS = {b"f": 0x12, b"g": 0x12, b"i": 0x1A, b"b": 0x0A, b"a rather long key": 0x1A}


def messages(count, long_texts=False, seed=2):
    """Examples with the same features: of one length, of a few, of many lengths."""
    generator = random.Random(seed)
    for _ in range(count):
        yield example(
            f=[generator.random()] * 40,
            g=[0.5] * generator.randrange(1, 4),
            i=[generator.randrange(-(2 ** generator.randrange(1, 63)), 2 ** generator.randrange(1, 63))],
            b=[b"x" * generator.randrange(400 if long_texts else 60)],
            **{"a rather long key": [generator.randrange(2 ** generator.randrange(1, 40))], "unread": [b""]},
        )


@pytest.mark.parametrize("count", [12, 300])
@pytest.mark.parametrize("long_texts", [False, True])
def test_all_kinds_and_lengths(monkeypatch, count, long_texts):
    """Numbers of one byte to ten, texts that need a length of two bytes, keys that nobody asked for."""
    records = list(messages(count, long_texts))
    found = columns_in_lockstep(Joined(records), KINDS | {b"absent": 0x0A})
    assert (found.pop(b"absent")[0] == -1).all()
    monkeypatch.setattr(columns, "_MANY", 10**9)
    single = columns.columns_of(records, {key: columns.NAMES[kind] for key, kind in KINDS.items()})
    for key, column in single.items():
        np.testing.assert_array_equal(found[key][0], column.counts)
        np.testing.assert_array_equal(found[key][1], column.values)


def test_numbers_one_by_one(monkeypatch):
    """Of every number of bytes."""
    numbers = [0, 1, *(2**k - d for k in range(7, 63, 7) for d in (0, 1)), -1]
    records = [example(i=[number]) for number in numbers]
    (values,) = columns_in_lockstep(Joined(records), {b"i": 0x1A}).values()
    assert values[1].tolist() == numbers
    short = [number for number in numbers if 0 <= number < 2**56]
    (values,) = columns_in_lockstep(Joined([example(i=[n]) for n in short]), {b"i": 0x1A}).values()
    assert values[1].tolist() == short


def test_texts_of_many_lengths_and_of_few(monkeypatch):
    """However they are cut out."""
    texts = [b"\x00" * (i % 7) for i in range(300)]
    expected = columns_in_lockstep(Joined([example(b=[text]) for text in texts]), {b"b": 0x0A})[b"b"]
    assert expected[1].tolist() == texts
    monkeypatch.setattr(joined, "_FEW", 1)
    found = columns_in_lockstep(Joined([example(b=[text]) for text in texts]), {b"b": 0x0A})[b"b"]
    assert found[1].tolist() == texts


@pytest.mark.parametrize(
    "last",
    [b"", example(i=[1]), example(f=[1.0]), example(f=[1.0], g=[1])],
)
def test_what_is_not_the_same(last):
    """It is left to those who read otherwise."""
    records = [example(f=[1.0], g=[float(i)]) for i in range(20)]
    with pytest.raises(Unusual):
        columns_in_lockstep(Joined([*records, last]), KINDS)


def test_damaged_ones(monkeypatch):
    """The same error as message by message, or the same values."""
    records = list(messages(40))
    generator = random.Random(4)
    batches = []
    for _ in range(400):
        damaged = list(records)
        row = generator.choice([0, generator.randrange(len(records))])
        changed = bytearray(damaged[row])
        for _ in range(generator.randrange(1, 3)):
            changed[generator.randrange(len(changed))] = generator.choice(
                [generator.randrange(256), 0x0A, 0x12, 0x1A, 0x80]
            )
        damaged[row] = bytes(changed)
        batches.append(damaged)
    at_once = [outcome(batch) for batch in batches]
    monkeypatch.setattr(columns, "_MANY", 10**9)
    assert at_once == [outcome(batch) for batch in batches]
