"""Checksums: published values, parts, and the mask."""

import numpy as np
import pytest

from perdure.formats.checksums import crc32c, mask, masked_crc32c, unmask


@pytest.mark.parametrize(
    ("data", "expected"),
    # From RFC 3720, B.4.
    [
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (b"123456789", 0xE3069283),
        (b"", 0),
    ],
)
def test_published_values(data, expected):
    assert crc32c(data) == expected
    assert crc32c(memoryview(bytearray(data))) == expected


def test_arrays_are_read_where_they_are():
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert crc32c(array) == crc32c(array.tobytes())
    assert masked_crc32c(array) == mask(crc32c(array.tobytes()))


def test_parts_continue():
    assert crc32c(b"456789", crc32c(b"123")) == crc32c(b"123456789")


@pytest.mark.parametrize("value", [0, 1, 0x8A9136AA, 0xFFFFFFFF, 0x80000000])
def test_the_mask_is_taken_off_again(value):
    assert mask(value) != value
    assert unmask(mask(value)) == value


def test_the_mask_is_leveldb_s():
    """The checksum of a length of zero, as it stands in front of an empty record."""
    assert masked_crc32c(bytes(8)) == 0x07980329
