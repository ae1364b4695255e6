"""Reading bundles: the index at once, the bytes of a tensor when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NoReturn

import numpy as np

from perdure.formats.bundle import values
from perdure.formats.bundle.index import Entry, Index, check_order, parse_entry, shape_of, shown
from perdure.formats.bundle.layout import data_name
from perdure.formats.checksums import unmask
from perdure.formats.slices.coverage import Coverage
from perdure.formats.slices.keys import key_of_slice
from perdure.formats.slices.tensor_slice import Shape, TensorSlice
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.errors import DataLossError, InvalidArgumentError, NotFoundError, UnimplementedError
from perdure.graph.shapes import format_shape


class Bundle:
    """A checkpoint of version 2.  Thread-safe.

    Args:
        files: where its files are found, with the methods of `filesystem.Files`.
        prefix: its name.

    Raises:
        NotFoundError: it has no index.
        DataLossError: its index is damaged.
        InvalidArgumentError: it is of a version that this code does not know.
        UnimplementedError: it is of a machine with another byte order.
    """

    def __init__(self, files: Any, prefix: str) -> None:
        self._files = files
        self._prefix = prefix
        self._index = Index(files, prefix)
        check_order(self._index.header)
        self._entries: dict[bytes, Entry] = {}
        self._shards: dict[int, Any] = {}
        self._coverages: dict[bytes, Coverage] = {}

    def __contains__(self, name: bytes) -> bool:
        return self._index.get(name) is not None

    def _entry(self, name: bytes) -> Entry:
        entry = self._entries.get(name)
        if entry is None:
            value = self._index.get(name)
            if value is None:
                raise NotFoundError(None, None, f"Key {shown(name)} not found in checkpoint")
            entry = self._entries[name] = parse_entry(name, value)
        return entry

    def tensors(self) -> Iterator[tuple[bytes, DType, Shape]]:
        """Name, type and shape of all tensors, in the order of the names.

        Raises:
            DataLossError: an entry is damaged.
        """
        slices = {
            key_of_slice(name, TensorSlice.from_proto(part))
            for name in self._index.values()
            for part in self._entry(name).slices
        }
        for name in self._index.values():
            if name not in slices:
                yield name, *self.type_and_shape(name)

    def type_and_shape(self, name: bytes) -> tuple[DType, Shape]:
        """The type and the shape of a tensor.

        Raises:
            NotFoundError: it is not there.
            DataLossError: its entry is damaged.
        """
        entry = self._entry(name)
        return as_dtype(entry.dtype), shape_of(entry)

    def debug_string(self) -> bytes:
        """A line for each tensor that has bytes: the parts of those that are stored in parts."""
        names = Entry.DESCRIPTOR.fields_by_name["dtype"].enum_type.values_by_number
        lines = []
        for name in self._index.values():
            entry = self._entry(name)
            if not entry.slices:
                what = f" ({names[entry.dtype].name}) {format_shape(shape_of(entry))}\n"
                lines.append(name + what.encode())
        return b"".join(lines)

    def read(self, name: bytes, part: TensorSlice | None = None) -> np.ndarray:
        """Read a tensor, or a part of it.

        Args:
            name: its name.
            part: a slice that it has.

        Returns:
            A new array; strings are objects (bytes).

        Raises:
            NotFoundError: it, or the file with its bytes, is not there.
            DataLossError: it is damaged.
            InvalidArgumentError: not all of the part is stored.
        """
        entry = self._entry(name)
        if not entry.slices and (part is None or part.is_full):
            return self._read_whole(name, entry)
        shape = shape_of(entry)
        wanted = TensorSlice.full(len(shape)) if part is None else part
        coverage = self._coverages.get(name)
        if coverage is None:
            parts = [TensorSlice.from_proto(each) for each in entry.slices]
            coverage = Coverage(shape, parts or [TensorSlice.full(len(shape))])
            self._coverages[name] = coverage
        pieces = coverage.pieces(wanted)
        if pieces is None:
            raise InvalidArgumentError(
                None,
                None,
                f"Does not have sufficient slices for partitioned tensor {shown(name)} to restore in "
                f"slice_spec: {wanted}",
            )
        result = np.empty(wanted.shape_in(shape), self._numpy_dtype(name, entry))
        for piece in pieces:
            key = name if piece.part.is_full and not entry.slices else key_of_slice(name, piece.part)
            stored = self._entry(key)
            if stored.dtype != entry.dtype or shape_of(stored) != piece.part.shape_in(shape):
                raise DataLossError(None, None, f"A slice of {shown(name)} has another type or shape than it")
            self._read_piece(key, stored, piece.source, result[piece.target])
        return result

    def _read_piece(self, key: bytes, stored: Entry, source: tuple[slice, ...], target: np.ndarray) -> None:
        """Read a stored tensor of which only a part is wanted, without a copy of all of it."""
        shape = shape_of(stored)
        if values.is_string(as_dtype(stored.dtype)) or not shape:
            target[...] = self._read_whole(key, stored)[source]
            return
        row_size = max(1, target.dtype.itemsize * int(np.prod(shape[1:], dtype=np.int64)))
        read = self._reader_of(key, stored, row_size * shape[0])
        if target.flags.c_contiguous and target.shape == shape:
            checksum = values.fill_array(target, stored.offset, read)
        else:
            checksum = 0
            first, last, columns = source[0].start, source[0].stop, source[1:]
            count = max(1, values.PIECE // row_size)
            for start in range(0, shape[0], count):
                rows = np.empty((min(count, shape[0] - start), *shape[1:]), target.dtype)
                checksum = values.fill_array(rows, stored.offset + start * row_size, read, checksum)
                low, high = max(first, start), min(last, start + len(rows))
                if low < high:
                    target[low - first : high - first] = rows[(slice(low - start, high - start), *columns)]
        self._check(key, stored, checksum)

    def _read_whole(self, name: bytes, entry: Entry) -> np.ndarray:
        """The array of an entry that has bytes."""
        dtype, shape = as_dtype(entry.dtype), shape_of(entry)
        numpy_dtype = self._numpy_dtype(name, entry)
        elements = int(np.prod(shape, dtype=np.int64))
        if values.is_string(dtype):
            if entry.size < elements:
                self._refuse_size(name, entry, f"is at least {elements}")
            read = self._reader_of(name, entry, entry.size)
            array, checksum = values.read_strings(shape, entry.offset, entry.size, read)
        else:
            read = self._reader_of(name, entry, elements * numpy_dtype.itemsize)
            array = np.empty(shape, numpy_dtype)
            checksum = values.fill_array(array, entry.offset, read)
        self._check(name, entry, checksum)
        return array

    def _numpy_dtype(self, name: bytes, entry: Entry) -> np.dtype:
        dtype = as_dtype(entry.dtype)
        if not dtype.is_numpy_compatible or dtype.is_ref_dtype:
            raise UnimplementedError(
                None, None, f"Tensors of type {dtype.name} cannot be read from checkpoints: {shown(name)}"
            )
        return np.dtype(dtype.as_numpy_dtype)

    def _refuse_size(self, name: bytes, entry: Entry, expected: str) -> NoReturn:
        raise DataLossError(
            None,
            None,
            f"Invalid size in bundle entry: key {shown(name)}; stored size {entry.size}; expected size "
            f"{expected}",
        )

    def _reader_of(self, name: bytes, entry: Entry, size: int) -> Any:
        """What fills memory with bytes of an entry; all of them are there."""
        if entry.size != size:
            self._refuse_size(name, entry, str(size))
        file = self._shard(entry.shard_id)
        if entry.offset + entry.size > file.size:
            self._refuse_short(name, file)
        return partial(self._read_into, name, file)

    def _read_into(self, name: bytes, file: Any, offset: int, buffer: Any) -> None:
        if file.read_into(offset, buffer) < buffer.nbytes:
            self._refuse_short(name, file)

    def _refuse_short(self, name: bytes, file: Any) -> NoReturn:
        raise DataLossError(
            None, None, f"Read less bytes than requested: {file.name} ends before all of {shown(name)}"
        )

    def _shard(self, number: int) -> Any:
        file = self._shards.get(number)
        if file is None:
            name = data_name(self._prefix, number, self._index.header.num_shards)
            file = self._shards[number] = self._files.open_at(name)
        return file

    def _check(self, name: bytes, entry: Entry, checksum: int) -> None:
        stored = unmask(entry.crc32c)
        if stored != checksum:
            file = self._shard(entry.shard_id).name
            raise DataLossError(
                None,
                None,
                f"Checksum does not match: stored {stored:08d} vs. calculated on the restored bytes "
                f"{checksum}: {shown(name)} in {file}",
            )

    def close(self) -> None:
        """Close its files; they are opened again if need be."""
        for number in list(self._shards):
            self._shards.pop(number).close()
