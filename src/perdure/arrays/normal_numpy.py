"""Normal float32 numbers with NumPy: the steps of `philox.normal_float32`, in place.

The bits are the same.  Every step writes to memory that is in the processor's cache already, and what follows
from exponent and interval of the logarithm is in one table: 27 ns a number became 7.
"""

import numpy as np

from perdure.arrays import philox

# An entry of the tables for each interval of each exponent; the least exponent, that of 1e-7, is -24.
_ENTRIES = np.arange(25 * 16)
_EXPONENTS = (_ENTRIES >> 4) - 24
_FIRST = np.int32(0x3F330000 - (24 << 23))
# 2**-exponent / c and log(c) + exponent log(2), c being the middle of the interval.
_SCALE = philox._LOG_TABLE[0][_ENTRIES & 15] * 2.0**-_EXPONENTS
_KNOWN = philox._LOG_TABLE[1][_ENTRIES & 15] + _EXPONENTS * philox._LOG[0]
_QUARTERS_PER_RADIAN = philox._QUARTERS_PER_RADIAN / 2**24
_MANTISSA, _EXPONENT_OF_ONE = np.uint32(0x7FFFFF), np.uint32(0x3F800000)
_NONE, _FIRST_BIT, _SECOND_BIT, _TO_SIGN = np.uint32(0), np.uint32(1), np.uint32(2), np.uint32(30)


class Scratch:
    """Memory for the steps of one thread at a time.

    Args:
        count: how many blocks are made at a time, at most.

    Attributes:
        words: for three pairs of words of each block.
        wide, narrow: rows of two numbers for each block.
    """

    def __init__(self, count: int) -> None:
        self.words = np.empty((3, 2, count), np.uint64)
        self.wide = np.empty((6, 2 * count))
        self.narrow = np.empty((5, 2 * count), np.float32)


def normal_float32(even, odd, scratch):
    """Standard normal numbers, two columns from even and odd words (Box and Muller).

    Args:
        even, odd: words of at most as many blocks as `scratch` has room for, uint64.
        scratch: changed; the columns are in it.
    """
    wide = scratch.wide[:, : even.size]
    ring, turn, sine, cosine, index = scratch.narrow[:, : even.size]
    index = index.view(np.int32)
    _uniform(even, ring)
    _radius(ring, wide, index)
    _uniform(odd, turn)
    _sine_and_cosine(turn, wide, sine, cosine, index)
    for column in (sine, cosine):
        np.multiply(column, ring, column)
    return sine.reshape(even.shape), cosine.reshape(even.shape)


def _uniform(words, out):
    """Numbers in [0, 1): see `philox.uniform_float32`."""
    bits = out.view(np.uint32)
    np.copyto(bits, words.reshape(-1), casting="unsafe")
    np.bitwise_and(bits, _MANTISSA, bits)
    np.bitwise_or(bits, _EXPONENT_OF_ONE, bits)
    np.subtract(out, np.float32(1), out)


def _radius(ring, wide, index):
    """The root of -2 log(ring), in place of `ring`: see `philox.log_float32`."""
    np.maximum(ring, np.float32(philox._SMALLEST), out=ring)
    rest, known, square, tail = wide[:4]
    _, log1, log2, log3 = philox._LOG
    np.subtract(ring.view(np.int32), _FIRST, index)
    np.right_shift(index, np.int32(19), index)
    _SCALE.take(index, out=rest, mode="clip")
    _KNOWN.take(index, out=known, mode="clip")
    np.copyto(square, ring)
    np.multiply(square, rest, rest)
    np.subtract(rest, 1.0, rest)
    np.multiply(rest, rest, square)
    np.multiply(rest, log2, tail)
    np.add(tail, log1, tail)
    np.add(known, rest, known)
    np.multiply(square, log3, rest)
    np.add(rest, tail, rest)
    np.multiply(rest, square, rest)
    np.add(rest, known, rest)
    np.copyto(ring, rest, casting="same_kind")
    np.multiply(ring, np.float32(-2), ring)
    np.sqrt(ring, ring)


def _sine_and_cosine(turn, wide, sine, cosine, quarter):
    """Of 2 pi `turn`, which is changed: see `philox.sine_and_cosine_float32`."""
    x, nearest = wide[:2]
    np.copyto(x, turn)
    np.multiply(x, 2 * np.pi, x)
    np.copyto(turn, x, casting="same_kind")
    np.copyto(x, turn)
    np.multiply(x, _QUARTERS_PER_RADIAN, nearest)
    np.rint(nearest, nearest)
    np.copyto(quarter, nearest, casting="unsafe")
    np.multiply(nearest, philox._QUARTER, nearest)
    np.subtract(x, nearest, x)
    _of_an_eighth(wide, sine, cosine)
    _turn_by_quarters(quarter.view(np.uint32), sine.view(np.uint32), cosine.view(np.uint32), turn)


def _of_an_eighth(wide, sine, cosine):
    """Sine and cosine of the angles in `wide[0]`, at most an eighth of a turn."""
    x, x3, x2, x4, tail, power = wide
    sine1, sine2, sine3 = philox._SINE
    cosine1, cosine2, cosine3, cosine4 = philox._COSINE
    np.multiply(x, x, x2)
    np.multiply(x2, x, x3)
    np.multiply(x2, x2, x4)
    np.multiply(x2, sine3, tail)
    np.add(tail, sine2, tail)
    np.multiply(x3, x2, power)
    np.multiply(power, tail, tail)
    np.multiply(x3, sine1, x3)
    np.add(x, x3, x)
    np.add(x, tail, x)
    np.copyto(sine, x, casting="same_kind")
    np.multiply(x2, cosine4, tail)
    np.add(tail, cosine3, tail)
    np.multiply(x4, x2, power)
    np.multiply(power, tail, tail)
    np.multiply(x4, cosine2, x4)
    np.multiply(x2, cosine1, x2)
    np.add(x2, 1.0, x2)
    np.add(x2, x4, x2)
    np.add(x2, tail, x2)
    np.copyto(cosine, x2, casting="same_kind")


def _turn_by_quarters(quarter, sine, cosine, scratch):
    """Bits of sine and cosine, in place: in odd quarters they change places; signs + + - - and + - - +."""
    different = scratch.view(np.uint32)
    swapped = np.bitwise_and(quarter, _FIRST_BIT)
    np.subtract(_NONE, swapped, swapped)
    np.bitwise_xor(sine, cosine, different)
    np.bitwise_and(different, swapped, different)
    for bits, first in ((sine, _NONE), (cosine, _FIRST_BIT)):
        np.bitwise_xor(bits, different, bits)
        np.add(quarter, first, swapped)
        np.bitwise_and(swapped, _SECOND_BIT, swapped)
        np.left_shift(swapped, _TO_SIGN, swapped)
        np.bitwise_xor(bits, swapped, bits)
