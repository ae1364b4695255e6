"""Arrays as the bytes of a bundle and back."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from perdure.formats.checksums import crc32c, mask, unmask
from perdure.formats.table.layout import varint
from perdure.formats.table.reader import read_varint
from perdure.formats.variants import VariantData
from perdure.graph.errors import DataLossError
from perdure.graph.values import as_bytes

PIECE = 1 << 19  # bytes that are read or written at once: what a checksum finds in the processor's cache
SMALL = 1 << 16  # bytes of an array that is copied, which takes less time than to look at it in place
_OWN_ORDER = "<" if sys.byteorder == "little" else ">"
_32_BITS = 0xFFFFFFFF


# -- writing ------------------------------------------------------------------------------------


def pieces_of(array: np.ndarray) -> Iterator[np.ndarray]:
    """The bytes of an array of numbers in C order, without a copy if they are in that order."""
    if array.flags.c_contiguous:
        flat = array.reshape(-1).view(np.uint8)
        for start in range(0, flat.size, PIECE):
            yield flat[start : start + PIECE]
    elif array.size:
        count = max(1, PIECE // array.itemsize)
        for piece in np.nditer(array, flags=["external_loop", "buffered"], order="C", buffersize=count):
            yield np.ascontiguousarray(piece).reshape(-1).view(np.uint8)


def write_array(array: np.ndarray, write: Callable[[Any], object]) -> tuple[int, int]:
    """Write an array of numbers.

    Returns:
        How many bytes were written, and their checksum (not masked).
    """
    if array.nbytes <= SMALL:
        data = array.tobytes()
        write(data)
        return len(data), crc32c(data)
    checksum = 0
    for piece in pieces_of(array):
        write(piece)
        checksum = crc32c(piece, checksum)
    return array.size * array.itemsize, checksum


def _checked_lengths(lengths: list[int], order: str = _OWN_ORDER) -> bytes:
    """What the checksum of strings covers of their lengths."""
    if max(lengths, default=0) <= _32_BITS:
        return np.array(lengths, f"{order}u4").tobytes()
    return b"".join(struct.pack(order + "IQ"[length > _32_BITS], length) for length in lengths)


def write_strings(array: np.ndarray, write: Callable[[Any], object]) -> tuple[int, int]:
    """Write an array of strings; see `write_array`."""
    items = [as_bytes(item) for item in array.ravel().tolist()]
    lengths = [len(item) for item in items]
    checksum = crc32c(_checked_lengths(lengths))
    head = b"".join(map(varint, lengths)) + struct.pack(_OWN_ORDER + "I", mask(checksum))
    write(head)
    checksum = crc32c(head[-4:], checksum)
    start = size = 0
    for end, length in enumerate(lengths, 1):
        size += length
        if size >= PIECE or end == len(items):
            piece = b"".join(items[start:end])
            write(piece)
            checksum = crc32c(piece, checksum)
            start, size = end, 0
    return len(head) + sum(lengths), checksum


def write_variants(array: np.ndarray, write: Callable[[Any], object]) -> tuple[int, int]:
    """Write an array of variants (`VariantData`); see `write_array`."""
    checksum = total = 0
    for item in array.ravel().tolist():
        data = item.to_bytes()
        length = varint(len(data))
        checksum = crc32c(data, crc32c(struct.pack(_OWN_ORDER + "Q", len(data)), checksum))
        tail = struct.pack(_OWN_ORDER + "I", mask(checksum))
        checksum = crc32c(tail, checksum)
        write(length + data + tail)
        total += len(length) + len(data) + len(tail)
    return total, checksum


# -- reading ------------------------------------------------------------------------------------


def in_own_order(array: np.ndarray, order: str) -> np.ndarray:
    """Numbers whose bytes were read in some order; they are changed in place where that is possible.

    Args:
        array: the numbers, contiguous.
        order: "<" or ">".
    """
    size = array.dtype.itemsize // (2 if array.dtype.kind == "c" else 1)
    if order == _OWN_ORDER or size == 1:
        return array
    if not array.flags.writeable:
        array = array.copy()
    array.reshape(-1).view(f"u{size}").byteswap(inplace=True)
    return array


def fill_array(
    array: np.ndarray, offset: int, read_into: Callable[[int, Any], None], checksum: int = 0
) -> int:
    """Read an array of numbers.

    Args:
        array: what is filled, contiguous.
        offset: where its bytes begin.
        read_into: fills memory from an offset on.
        checksum: that of what stands before.

    Returns:
        The checksum of its bytes.
    """
    flat = array.reshape(-1).view(np.uint8)
    for start in range(0, flat.size, PIECE):
        piece = flat[start : start + PIECE]
        read_into(offset + start, piece)
        checksum = crc32c(piece, checksum)
    return checksum


def read_strings(
    shape: tuple[int, ...], offset: int, size: int, read_into: Callable[[int, Any], None], order: str
) -> tuple[np.ndarray, int]:
    """Read an array of strings.

    Args:
        shape: its shape.
        offset: where its bytes begin.
        size: how many there are.
        read_into: fills memory from an offset on.
        order: of the bytes of numbers, "<" or ">".

    Returns:
        The array and the checksum of its bytes.

    Raises:
        DataLossError: these are no strings.
    """
    array = np.empty(shape, object)
    flat = array.reshape(-1)
    data = memoryview(np.empty(size, np.uint8))
    read_into(offset, data)
    place, lengths = 0, []
    for _ in range(flat.size):
        length, place = read_varint(data, place, size)
        lengths.append(length)
    checksum = crc32c(_checked_lengths(lengths, order))
    if size - place < 4:
        raise DataLossError(None, None, f"String lengths longer than expected offset {offset + size}")
    stored = unmask(struct.unpack_from(order + "I", data, place)[0])
    if stored != checksum:
        raise DataLossError(
            None,
            None,
            f"The length checksum does not match: expected {stored:08d} but actual is {checksum}",
        )
    if sum(lengths) > size - place - 4:
        raise DataLossError(None, None, f"Strings longer than expected offset {offset + size}")
    # What follows the last string, if anything, is not of this tensor.
    checksum = crc32c(data[place : place + 4 + sum(lengths)], checksum)
    place += 4
    for index, length in enumerate(lengths):
        flat[index] = bytes(data[place : place + length])
        place += length
    return array, checksum


def read_variants(
    shape: tuple[int, ...], offset: int, size: int, read_into: Callable[[int, Any], None], order: str
) -> tuple[np.ndarray, int]:
    """Read an array of variants; see `read_strings`.

    Raises:
        DataLossError: these are no variants.
    """
    array = np.empty(shape, object)
    flat = array.reshape(-1)
    data = memoryview(np.empty(size, np.uint8))
    read_into(offset, data)
    place = checksum = 0
    for index in range(flat.size):
        length, place = read_varint(data, place, size)
        if size - place < length + 4:
            raise DataLossError(None, None, f"Variant longer than expected offset {offset + size}")
        item, tail = data[place : place + length], data[place + length : place + length + 4]
        checksum = crc32c(item, crc32c(struct.pack(order + "Q", length), checksum))
        stored = unmask(struct.unpack(order + "I", tail)[0])
        if stored != checksum:
            raise DataLossError(
                None,
                None,
                f"The checksum after Variant {index} does not match. Expected: {stored} Actual: {checksum}",
            )
        checksum = crc32c(tail, checksum)
        flat[index] = VariantData.from_bytes(bytes(item))
        place += length + 4
    return array, checksum
