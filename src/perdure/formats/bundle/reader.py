"""Reading bundles: the index at once, the bytes of a tensor when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import prod
from typing import Any, NoReturn

import numpy as np

from perdure.formats.bundle import values
from perdure.formats.bundle.index import Entry, Index, Stored, byte_order, parse_entry, shown
from perdure.formats.bundle.layout import data_name
from perdure.formats.checksums import crc32c
from perdure.formats.slices.coverage import Coverage, Piece
from perdure.formats.slices.keys import key_of_slice
from perdure.formats.slices.tensor_slice import Shape, TensorSlice
from perdure.graph.dtypes import DType, variant
from perdure.graph.errors import DataLossError, InvalidArgumentError, NotFoundError, UnimplementedError
from perdure.graph.shapes import format_shape

_LARGE = 1 << 20  # bytes of a tensor that is worth a thread


class Bundle:
    """A checkpoint of version 2.  Thread-safe.

    Args:
        files: where its files are found, with the methods of `filesystem.Files`.
        prefix: its name.

    Raises:
        NotFoundError: it has no index.
        DataLossError: its index is damaged.
        InvalidArgumentError: it is of a version that this code does not know.
    """

    version = 2

    def __init__(self, files: Any, prefix: str) -> None:
        self._files = files
        self._prefix = prefix
        self._index = Index(files, prefix)
        self._order = byte_order(self._index.header)
        self._tensors: dict[bytes, Stored] = {}
        self._shards: dict[int, Any] = {}
        self._coverages: dict[bytes, Coverage] = {}

    def __contains__(self, name: bytes) -> bool:
        return self._index.get(name) is not None

    def _stored(self, name: bytes) -> Stored:
        stored = self._tensors.get(name)
        if stored is None:
            value = self._index.get(name)
            if value is None:
                raise NotFoundError(None, None, f"Key {shown(name)} not found in checkpoint")
            stored = self._tensors[name] = parse_entry(name, value)[1]
        return stored

    def tensors(self) -> Iterator[tuple[bytes, DType, Shape]]:
        """Name, type and shape of all tensors, in the order of the names.

        Raises:
            DataLossError: an entry is damaged.
        """
        found = {name: self._stored(name) for name in self._index.values()}
        slices = {key_of_slice(name, part) for name, stored in found.items() for part in stored.slices}
        for name, stored in found.items():
            if name not in slices:
                yield name, stored.dtype, stored.shape

    def type_and_shape(self, name: bytes) -> tuple[DType, Shape]:
        """The type and the shape of a tensor.

        Raises:
            NotFoundError: it is not there.
            DataLossError: its entry is damaged.
        """
        stored = self._stored(name)
        return stored.dtype, stored.shape

    def debug_string(self) -> bytes:
        """A line for each tensor that has bytes: the parts of those that are stored in parts."""
        names = Entry.DESCRIPTOR.fields_by_name["dtype"].enum_type.values_by_number
        lines = []
        for name in self._index.values():
            stored = self._stored(name)
            if not stored.slices:
                dtype = names[stored.dtype.as_datatype_enum].name
                lines.append(name + f" ({dtype}) {format_shape(stored.shape)}\n".encode())
        return b"".join(lines)

    def read(self, name: bytes, part: TensorSlice | None = None) -> np.ndarray:
        """Read a tensor, or a part of it.

        Args:
            name: its name.
            part: a slice that it has.

        Returns:
            An array that nothing else refers to, which may be read-only; strings are objects (bytes).

        Raises:
            NotFoundError: it, or the file with its bytes, is not there.
            DataLossError: it is damaged.
            InvalidArgumentError: not all of the part is stored.
        """
        stored = self._stored(name)
        if not stored.slices and (part is None or part.is_full):
            return self._read_whole(name, stored, _numpy_dtype(name, stored))
        shape = stored.shape
        wanted = TensorSlice.full(len(shape)) if part is None else part
        coverage = self._coverages.get(name)
        if coverage is None:
            coverage = Coverage(shape, stored.slices or [TensorSlice.full(len(shape))])
            self._coverages[name] = coverage
        pieces = coverage.pieces(wanted)
        if pieces is None:
            raise InvalidArgumentError(
                None,
                None,
                f"Does not have sufficient slices for partitioned tensor {shown(name)} to restore in "
                f"slice_spec: {wanted}",
            )
        sources = [(name, stored)] if not stored.slices else self._slices_of(name, stored, pieces)
        result = np.empty(wanted.shape_in(shape), _numpy_dtype(name, stored))
        for (key, each), piece in zip(sources, pieces, strict=False):
            self._read_piece(key, each, piece.source, result[piece.target])
        return result

    def read_all(self, wanted: Sequence[tuple[bytes, TensorSlice | None]]) -> list[np.ndarray]:
        """Read several tensors, or parts of them; see `read`.

        Args:
            wanted: names, with the parts.

        Returns:
            An array for each.
        """
        found: list[Any] = [None] * len(wanted)

        def read(index: int) -> None:
            found[index] = self.read(*wanted[index])

        # They are read fastest in the order in which they stand.
        stored = [self._stored(name) for name, _ in wanted]
        order = sorted(range(len(wanted)), key=lambda index: stored[index][2:4])
        large = [index for index in order if stored[index].size >= _LARGE]
        if len(large) > 1:
            try:
                # While one is read, a checksum is computed of another.
                with ThreadPoolExecutor(2, "perdure-restore") as pool:
                    for _ in pool.map(read, large):
                        pass
            except RuntimeError:  # the interpreter ends, and makes no more threads
                pass
        for index in order:
            if found[index] is None:
                read(index)
        return found

    def _slices_of(self, name: bytes, whole: Stored, pieces: list[Piece]) -> list[tuple[bytes, Stored]]:
        """The keys and entries of slices, which together claim no more bytes than there are."""
        found = []
        for piece in pieces:
            key = key_of_slice(name, piece.part)
            stored = self._stored(key)
            if stored.dtype is not whole.dtype or stored.shape != piece.part.shape_in(whole.shape):
                raise DataLossError(None, None, f"A slice of {shown(name)} has another type or shape than it")
            self._check_place(key, stored, _numpy_dtype(key, stored))
            found.append((key, stored))
        shards = {stored.shard for _, stored in found}
        if sum(stored.size for _, stored in found) > sum(self._shard(shard).size for shard in shards):
            raise DataLossError(None, None, f"Slices of {shown(name)} have the same bytes")
        return found

    def _read_piece(self, key: bytes, stored: Stored, source: tuple[slice, ...], target: np.ndarray) -> None:
        """Read a stored tensor of which only a part is wanted, without a copy of all of it."""
        shape = stored.shape
        if target.dtype == object or not shape:
            target[...] = self._read_whole(key, stored, target.dtype)[source]
            return
        self._check_place(key, stored, target.dtype)
        row_size = target.dtype.itemsize * prod(shape[1:])
        read = partial(self._read_into, key, stored)
        if target.flags.c_contiguous and target.shape == shape:
            checksum = values.fill_array(target, stored.offset, read)
            values.in_own_order(target, self._order)
        else:
            checksum = 0
            first, last, columns = source[0].start, source[0].stop, source[1:]
            count = max(1, values.PIECE // max(1, row_size))
            for start in range(0, shape[0], count):
                rows = np.empty((min(count, shape[0] - start), *shape[1:]), target.dtype)
                checksum = values.fill_array(rows, stored.offset + start * row_size, read, checksum)
                values.in_own_order(rows, self._order)
                low, high = max(first, start), min(last, start + len(rows))
                if low < high:
                    target[low - first : high - first] = rows[(slice(low - start, high - start), *columns)]
        self._check(key, stored, checksum)

    def _read_whole(self, name: bytes, stored: Stored, dtype: np.dtype) -> np.ndarray:
        """The array of an entry that has bytes."""
        self._check_place(name, stored, dtype)
        if dtype.hasobject:
            read = partial(self._read_into, name, stored)
            read_objects = values.read_variants if stored.dtype is variant else values.read_strings
            array, checksum = read_objects(stored.shape, stored.offset, stored.size, read, self._order)
        elif stored.size <= values.SMALL:
            data = self._shard(stored.shard).read(stored.offset, stored.size)
            if len(data) < stored.size:
                self._refuse_short(name, stored)
            array, checksum = np.ndarray(stored.shape, dtype, data), crc32c(data)
        else:
            array = np.empty(stored.shape, dtype)
            checksum = values.fill_array(array, stored.offset, partial(self._read_into, name, stored))
        self._check(name, stored, checksum)
        return array if dtype.hasobject else values.in_own_order(array, self._order)

    def _check_place(self, name: bytes, stored: Stored, dtype: np.dtype) -> None:
        """Refuse an entry that has not as many bytes as its tensor, or more than there are."""
        elements = prod(stored.shape)
        if dtype.hasobject:
            expected = "" if stored.size >= elements else f"is at least {elements}"
        else:
            size = elements * dtype.itemsize
            expected = "" if stored.size == size else str(size)
        if expected:
            raise DataLossError(
                None,
                None,
                f"Invalid size in bundle entry: key {shown(name)}; stored size {stored.size}; expected size "
                f"{expected}",
            )
        if stored.offset + stored.size > self._shard(stored.shard).size:
            self._refuse_short(name, stored)

    def _read_into(self, name: bytes, stored: Stored, offset: int, buffer: Any) -> None:
        if self._shard(stored.shard).read_into(offset, buffer) < buffer.nbytes:
            self._refuse_short(name, stored)

    def _refuse_short(self, name: bytes, stored: Stored) -> NoReturn:
        file = self._shard(stored.shard).name
        raise DataLossError(
            None, None, f"Read less bytes than requested: {file} ends before all of {shown(name)}"
        )

    def _shard(self, number: int) -> Any:
        file = self._shards.get(number)
        if file is None:
            name = data_name(self._prefix, number, self._index.header.num_shards)
            file = self._shards[number] = self._files.open_at(name)
        return file

    def _check(self, name: bytes, stored: Stored, checksum: int) -> None:
        if stored.checksum != checksum:
            file = self._shard(stored.shard).name
            raise DataLossError(
                None,
                None,
                f"Checksum does not match: stored {stored.checksum:08d} vs. calculated on the restored bytes "
                f"{checksum}: {shown(name)} in {file}",
            )

    def close(self) -> None:
        """Close its files; they are opened again if need be."""
        for number in list(self._shards):
            self._shards.pop(number).close()


_NUMPY_DTYPES: dict[DType, np.dtype] = {}


def _numpy_dtype(name: bytes, stored: Stored) -> np.dtype:
    dtype = stored.dtype
    known = _NUMPY_DTYPES.get(dtype)
    if known is not None:
        return known
    if dtype is variant:
        return _NUMPY_DTYPES.setdefault(dtype, np.dtype(object))
    if not dtype.is_numpy_compatible or dtype.is_ref_dtype:
        raise UnimplementedError(
            None, None, f"Tensors of type {dtype.name} cannot be read from checkpoints: {shown(name)}"
        )
    return _NUMPY_DTYPES.setdefault(dtype, np.dtype(dtype.as_numpy_dtype))
