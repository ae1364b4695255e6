"""Slices: their texts, their keys, their places."""

import pytest

from perdure.formats.slices.keys import key_of_slice
from perdure.formats.slices.tensor_slice import TensorSlice, parse_shape_and_slice
from perdure.graph.errors import InternalError, InvalidArgumentError


@pytest.mark.parametrize(
    ("text", "shape", "part", "part_shape"),
    [
        ("2 0,2", (2,), "0,2", (2,)),
        ("4 3 1,2:-", (4, 3), "1,2:-", (2, 3)),
        (" 7 +3 0,1:2,1"[1:], (7, 3), "0,1:2,1", (1, 1)),
        ("2 -:", (2,), "-", (2,)),
    ],
)
def test_texts(text, shape, part, part_shape):
    found = parse_shape_and_slice(text)
    assert found == (shape, TensorSlice.parse(part), part_shape)
    assert str(found[1]) == part


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("2", InvalidArgumentError, "Need least two elements in shape_and_slice specification: 2"),
        ("-", InvalidArgumentError, "Need least two elements in shape_and_slice specification: -"),
        ("x 0,2", InvalidArgumentError, "Non numerical dimension in shape_and_slice: x 0,2"),
        ("2  -", InvalidArgumentError, "Non numerical dimension in shape_and_slice: 2  -"),
        ("-2 -", InvalidArgumentError, "Negative dimension in shape_and_slice: -2 -"),
        ("2 a", InvalidArgumentError, "Expected a pair of numbers or '-' but got 'a': string = a"),
        ("2 0,1,2", InvalidArgumentError, "Expected a pair of numbers or '-' but got '0,1,2'"),
        ("4 99999999999999999999,2", InvalidArgumentError, "Expected a pair of numbers"),
        ("2 0,0", InvalidArgumentError, "positive length but got start = 0, length = 0: string = 0,0"),
        ("3 0,4", InternalError, r"Extent in dimension 0 out of bounds: shape = \[3\], slice = 0,4"),
        ("2 2 -", InternalError, r"Mismatching ranks: shape = \[2,2\], slice = -"),
    ],
)
def test_bad_texts(text, error, message):
    with pytest.raises(error, match=message):
        parse_shape_and_slice(text)


@pytest.mark.parametrize(
    ("name", "text", "key"),
    # From the index files of TensorFlow 1.15.5.
    [
        (b"c", "300,100:64,1", b"\x00c\x00\x01\x01\x02\xc1,\xc0d\xc0@\x81"),
        (b"w", "0,2:-", b"\x00w\x00\x01\x01\x02\x80\x82\x80\x7f"),
        (b"a\0\xff", "-", b"\x00a\x00\xff\xff\x00\x00\x01\x01\x01\x80\x7f"),
        (b"s", "", b"\x00s\x00\x01\x00"),
    ],
)
def test_keys(name, text, key):
    assert key_of_slice(name, TensorSlice.parse(text)) == key


def test_keys_sort_as_what_they_stand_for():
    starts = [0, 1, 63, 64, 8191, 8192, 2**20, 2**40 + 3, 2**55, 2**62 - 1, 2**62]
    keys = [key_of_slice(b"x", TensorSlice(((start, 1),))) for start in starts]
    assert keys == sorted(keys) and len({*keys}) == len(keys)
