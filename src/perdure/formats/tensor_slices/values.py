"""The values of slices as the bytes of messages and back, without making messages of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from perdure.formats.table.layout import varint
from perdure.formats.table.reader import read_varint
from perdure.formats.table.writer import Pieces
from perdure.formats.tensor_slices import varints
from perdure.formats.tensor_slices.layout import FIELDS, Field
from perdure.graph.dtypes import DType
from perdure.graph.errors import DataLossError
from perdure.graph.values import as_bytes

_COUNT = 1 << 16  # numbers that are dealt with at once
_BYTES = 2  # the wire type of what has a length
_FIXED_SIZES = {1: 8, 5: 4}  # of wire types


def plain(array: np.ndarray) -> np.ndarray:
    """Numbers without the name of their type (quantized ones)."""
    return array.view(array.dtype[0]) if array.dtype.names else array


# -- writing ------------------------------------------------------------------------------------


def _tagged(number: int, size: int) -> bytes:
    """What stands before a field that has a length."""
    return varint(number << 3 | _BYTES) + varint(size)


def _as_unsigned(array: np.ndarray) -> np.ndarray:
    """Whole numbers as varints count: negative ones have all of 64 bits."""
    if array.dtype == np.float16:
        array = array.view(np.uint16)
    return array.astype(np.int64 if array.dtype.kind == "i" else np.uint64).view(np.uint64)


def _flat_parts(array: np.ndarray) -> Iterator[np.ndarray]:
    flat = plain(array).reshape(-1)
    for start in range(0, flat.size, _COUNT):
        yield flat[start : start + _COUNT]


def _values(field: Field, array: np.ndarray) -> Pieces:
    """The field with all values; nothing if there are none."""
    if not array.size:
        return Pieces(0, lambda: ())
    if field.kind == "string":
        items = [as_bytes(item) for item in array.ravel().tolist()]
        size = sum(len(_tagged(field.number, len(item))) + len(item) for item in items)
        return Pieces(size, lambda: (_tagged(field.number, len(item)) + item for item in items))
    if field.kind == "fixed":
        content = np.ascontiguousarray(array)
        head = _tagged(field.number, content.nbytes)
        return Pieces(len(head) + content.nbytes, lambda: (head, content.reshape(-1).view(np.uint8)))
    content = np.ascontiguousarray(array)
    size = sum(int(varints.sizes_of(_as_unsigned(part)).sum()) for part in _flat_parts(content))
    head = _tagged(field.number, size)

    def make() -> Iterable[Any]:
        yield head
        for part in _flat_parts(content):
            yield varints.encode(_as_unsigned(part))

    return Pieces(len(head) + size, make)


def saved_slice(name: bytes, part: bytes, dtype: DType, array: np.ndarray) -> Pieces:
    """A SavedTensorSlices message with the values of a slice.

    Args:
        name: the tensor.
        part: the slice, as a message.
        dtype: its type, one of `FIELDS`.
        array: its values.
    """
    values = _values(FIELDS[dtype], array)
    head = (_tagged(1, len(name)) + name if name else b"") + _tagged(2, len(part)) + part
    head += _tagged(3, values.size)
    head = _tagged(2, len(head) + values.size) + head

    def make() -> Iterable[Any]:
        yield head
        yield from values.make()

    return Pieces(len(head) + values.size, make)


# -- reading ------------------------------------------------------------------------------------


def _malformed() -> DataLossError:
    return DataLossError(None, None, "malformed values of a slice")


def _fields(data: memoryview) -> Iterator[tuple[int, int, Any]]:
    """The fields of a message: number, wire type, and the bytes or the number that is there."""
    place, end = 0, len(data)
    while place < end:
        tag, place = read_varint(data, place, end)
        kind = tag & 7
        if kind == 0:
            value, place = read_varint(data, place, end)
            yield tag >> 3, kind, value
            continue
        size = _FIXED_SIZES.get(kind)
        if kind == _BYTES:
            size, place = read_varint(data, place, end)
        if size is None or size > end - place:
            raise _malformed()
        yield tag >> 3, kind, data[place : place + size]
        place += size


def _only(data: memoryview, number: int) -> memoryview:
    """The last field of a number that has a length, as protocol buffers read it."""
    found = memoryview(b"")
    for field, kind, value in _fields(data):
        if field == number and kind == _BYTES:
            found = value
    return found


def read_values(message: memoryview, dtype: DType, count: int) -> np.ndarray:
    """The values of a SavedTensorSlices message.

    Args:
        message: its bytes.
        dtype: what they are, one of `FIELDS`.
        count: how many there should be.

    Returns:
        They, in one dimension, perhaps in the memory of the message.

    Raises:
        DataLossError: there are more or fewer, or it is no such message.
    """
    field = FIELDS[dtype]
    tensor = _only(_only(message, 2), 3)
    numpy_dtype = np.dtype(dtype.as_numpy_dtype)
    found = [(kind, value) for number, kind, value in _fields(tensor) if number == field.number]
    if field.kind == "string":
        array = np.empty(len(found), object)
        for index, (kind, value) in enumerate(found):
            if kind != _BYTES:
                raise _malformed()
            array[index] = bytes(value)
    else:
        parts = [_numbers(field, kind, value, numpy_dtype) for kind, value in found]
        array = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, numpy_dtype), *parts])
    if array.size != count:
        raise DataLossError(None, None, f"a slice has {array.size} values instead of {count}")
    return array


def _numbers(field: Field, kind: int, value: Any, dtype: np.dtype) -> np.ndarray:
    """What one occurrence of the field has: one number, or many that are packed."""
    if field.kind == "fixed":
        if kind == 0 or len(value) % dtype.itemsize:
            raise _malformed()
        return np.frombuffer(value, dtype)
    if kind == 0:
        numbers = np.array([value], np.uint64)
    elif kind == _BYTES:
        data = np.frombuffer(value, np.uint8)
        numbers = varints.decode(data)
    else:
        raise _malformed()
    if dtype.kind == "b":
        return numbers != 0
    if dtype == np.float16:
        return numbers.astype(np.uint16).view(np.float16)
    target = dtype[0] if dtype.names else dtype
    return numbers.view(np.int64).astype(target).view(dtype)
