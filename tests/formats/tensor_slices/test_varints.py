"""Varints of many numbers: those of one at a time."""

import numpy as np
import pytest

from perdure.formats.table.layout import varint
from perdure.formats.tensor_slices.varints import decode, encode, sizes_of
from perdure.graph.errors import DataLossError

NUMBERS = np.array(
    [
        0,
        1,
        127,
        128,
        300,
        16383,
        16384,
        2**32,
        *(2 ** (7 * k) - d for k in range(1, 10) for d in (0, 1)),
        2**64 - 1,
    ],
    np.uint64,
)


@pytest.mark.parametrize(
    "numbers", [NUMBERS, NUMBERS[::-1], NUMBERS[:1], NUMBERS[:0], np.repeat(NUMBERS, 50)]
)
def test_there_and_back(numbers):
    data = encode(numbers)
    assert data.tobytes() == b"".join(varint(int(number)) for number in numbers)
    assert sizes_of(numbers).sum() == data.size
    np.testing.assert_array_equal(decode(data), numbers)


@pytest.mark.parametrize("data", [b"\x80", b"\1\xff", b"\x80" * 11 + b"\1"])
def test_what_has_no_end(data):
    with pytest.raises(DataLossError, match="malformed varints"):
        decode(np.frombuffer(data, np.uint8))
