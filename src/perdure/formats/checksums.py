"""Checksums of TensorFlow's files: CRC-32C (Castagnoli), masked where it is stored beside what it covers.

The mask is LevelDB's: the checksum of data that holds checksums of its own would be weak.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import google_crc32c
import numpy as np

_MASK_DELTA = 0xA282EAD8
_32_BITS = 0xFFFFFFFF


def crc32c(data: Any, value: int = 0) -> int:
    """The CRC-32C of bytes.

    Args:
        data: any contiguous buffer: bytes, a memoryview, an array.
        value: the checksum of what stands before `data`.

    Returns:
        An unsigned number of 32 bits.
    """
    if not isinstance(data, bytes):  # the library takes arrays of bytes, but no views of memory
        data = np.frombuffer(data, np.uint8)
    return google_crc32c.extend(value, data)


def mask(value: int) -> int:
    """A checksum as it is stored: rotated right by 15 bits, plus a constant."""
    return (((value >> 15) | (value << 17)) + _MASK_DELTA) & _32_BITS


def unmask(masked: int) -> int:
    """The checksum that was stored as `masked`."""
    rotated = (masked - _MASK_DELTA) & _32_BITS
    return ((rotated >> 17) | (rotated << 15)) & _32_BITS


def masked_crc32c(data: Any) -> int:
    """The checksum of bytes as it is stored beside them.

    Args:
        data: any contiguous buffer.

    Returns:
        An unsigned number of 32 bits.
    """
    value = google_crc32c.value(data) if type(data) is bytes else crc32c(data)
    return (((value >> 15) | (value << 17)) + _MASK_DELTA) & _32_BITS


def masked_crc32c_of_each(pieces: Collection[bytes]) -> np.ndarray:
    """The checksums of many byte strings as they are stored beside them.

    Args:
        pieces: the byte strings.

    Returns:
        A vector of numbers of 32 bits.
    """
    values = np.fromiter(map(google_crc32c.value, pieces), np.uint32, len(pieces))
    return ((values >> 15) | (values << 17)) + np.uint32(_MASK_DELTA)
