"""Numbers in text; oracle/client/parsing.py compares more of them with TensorFlow's."""

from fractions import Fraction

import numpy as np
import pytest

from perdure.formats.csv.numbers import double, integer, single


def test_the_nearest_float_is_found_also_near_the_middle_of_two():
    """Rounding to a double first must not decide."""
    for text in (b"1.00000005960464477540", b"1.000000059604644775390625", b"1.00000005960464477538"):
        exact = Fraction(text.decode())
        candidates = [np.float32(1), np.nextafter(np.float32(1), np.float32(2))]
        nearest = min(
            candidates, key=lambda each: (abs(Fraction(float(each)) - exact), each.view(np.int32) & 1)
        )
        assert single(text) == nearest


@pytest.mark.parametrize("text", [b"", b" ", b"1 2", b"--1", b"0x", b"1e", b"\xd9\xa1", b"1_0", b"nan(1)"])
def test_what_is_no_number(text):
    """Python's own float() and int() take some of these."""
    assert double(text) is None and single(text) is None and integer(text, 64) is None


def test_bounds_of_integers():
    """A number too large for its type is none."""
    assert integer(b" -2147483648\t", 32) == -(2**31) and integer(b"2147483648", 32) is None
    assert integer(b"9" * 5000, 64) is None
