"""The keys of slices in checkpoints: ordered codes, whose bytes sort as what they stand for.

    key     = number(0) string(name) number(rank) (signed(start) signed(length))*
    number  = how many bytes follow, then these, the highest first
    string  = its bytes, 00 as 00 FF and FF as FF 00, then 00 01
    signed  = as many leading ones as there are bytes, then the number, the highest bits first; all bits
              the other way around for a negative one

All of a dimension has start 0 and length -1.  Source: TensorFlow, core/lib/strings/ordered_code.cc and
core/util/saved_tensor_slice_util.cc.
"""

from __future__ import annotations

from perdure.formats.slices.tensor_slice import TensorSlice

_ALL = (0, -1)


def _number(value: int) -> bytes:
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "big")


def _string(text: bytes) -> bytes:
    escaped = text.replace(b"\xff", b"\xff\0")
    # A 00 that stands for itself; those that were put behind an FF are none.
    parts = [part.replace(b"\0", b"\0\xff") for part in escaped.split(b"\xff\0")]
    return b"\xff\0".join(parts) + b"\0\1"


def _signed(value: int) -> bytes:
    magnitude = ~value if value < 0 else value
    size = magnitude.bit_length() // 7 + 1  # each byte has 7 bits, one of them all for the sign
    bits = 8 * size
    ones = ((1 << size) - 1) << (bits - size)
    coded = magnitude | ones
    if value < 0:
        coded ^= (1 << bits) - 1
    return coded.to_bytes(size, "big")


def key_of_slice(name: bytes, part: TensorSlice) -> bytes:
    """The key under which a checkpoint has a part of a tensor.

    Args:
        name: the tensor.
        part: which part of it.
    """
    extents = [number for extent in part.extents for number in (extent or _ALL)]
    return b"".join([_number(0), _string(name), _number(len(part.extents)), *map(_signed, extents)])
