"""Writing bundles."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, NoReturn

import numpy as np

from perdure.formats.bundle import values
from perdure.formats.bundle.index import Entry, shown
from perdure.formats.bundle.layout import HEADER_KEY, data_name
from perdure.formats.bundle.publishing import publish, temporary_name
from perdure.formats.checksums import mask
from perdure.formats.progress import Progress
from perdure.formats.slices.keys import key_of_slice
from perdure.formats.slices.saved import Saved
from perdure.formats.slices.tensor_slice import Shape, TensorSlice
from perdure.formats.variants import VariantData
from perdure.graph.dtypes import DType, variant
from perdure.graph.errors import InvalidArgumentError, UnimplementedError


def write_bundle(files: Any, prefix: str, tensors: Sequence[Saved], alignment: int = 1) -> None:
    """Write a bundle, in the place of the one with its name; after a crash there is the old or the new one.

    In a terminal it shows how far it has come if that takes more than a second.

    Args:
        files: where files are found, with the methods of `filesystem.Files`.
        prefix: its name; the folder for it is made, but none for that.
        tensors: what it contains, in the order of its bytes.
        alignment: of what the offset of each tensor is a multiple, in bytes.

    Raises:
        InvalidArgumentError: two tensors have the same name.
        UnimplementedError: the type of one cannot be written.
        ResourceExhaustedError: the disk is full.
    """
    wholes, parts = _planned(tensors)
    folder = os.path.dirname(prefix)
    if folder:
        files.make_directory(folder)
    data = temporary_name(data_name(prefix, 0, 1))
    entries = {name: entry.SerializeToString() for name, entry in wholes.items()}
    with Progress(
        f"Saving {os.path.basename(prefix)}", sum(saved.array.nbytes for saved in tensors)
    ) as progress:

        def write(file: BinaryIO) -> None:
            _write_data(progress.counting(file.write), parts, entries, alignment)

        publish(files, prefix, [data], entries, writes=[(data, write)])


def _planned(tensors: Sequence[Saved]) -> tuple[dict[bytes, Entry], dict[bytes, Saved]]:
    """The entries of tensors that are stored in parts, and all that has bytes, by key."""
    wholes: dict[bytes, Entry] = {}
    parts: dict[bytes, Saved] = {}
    for saved in tensors:
        _check_type(saved.name, saved.array, saved.dtype)
        key, part = saved.name, saved.part
        if part is not None and not part.is_full and part.shape_in(saved.shape) != saved.shape:
            key = key_of_slice(key, part)
            if key not in parts and saved.name not in parts:
                _add_to_whole(wholes, saved, part)
            else:
                _refuse(saved.name, part if key in parts else None)
        elif key in wholes:
            _refuse(key)
        if key in parts or key == HEADER_KEY:
            _refuse(key)
        parts[key] = saved
    return wholes, parts


def _check_type(name: bytes, array: np.ndarray, dtype: DType) -> None:
    """Refuse what has no bytes: handles, and variants that cannot say what they are."""
    if dtype is variant and all(isinstance(item, VariantData) for item in array.ravel().tolist()):
        return
    if not dtype.is_numpy_compatible:
        raise UnimplementedError(
            None, None, f"Tensors of type {dtype.base_dtype.name} cannot be saved: {shown(name)}"
        )


def _refuse(name: bytes, part: TensorSlice | None = None) -> NoReturn:
    which = "" if part is None else f", slice {part}"
    raise InvalidArgumentError(None, None, f"Adding duplicate key: {shown(name)}{which}")


def _add_to_whole(wholes: dict[bytes, Entry], saved: Saved, part: TensorSlice) -> None:
    """Note a slice in the entry of the whole tensor."""
    entry = wholes.get(saved.name)
    if entry is None:
        entry = wholes[saved.name] = _new_entry(saved.dtype, saved.shape)
    elif (
        entry.dtype != saved.dtype.base_dtype.as_datatype_enum
        or tuple(dim.size for dim in entry.shape.dim) != saved.shape
    ):
        raise InvalidArgumentError(
            None, None, f"The slices of {shown(saved.name)} are of tensors of several types or shapes"
        )
    part.fill(entry.slices.add())


def _new_entry(dtype: DType, shape: Shape) -> Entry:
    entry = Entry(dtype=dtype.base_dtype.as_datatype_enum)
    entry.shape.SetInParent()
    for size in shape:
        entry.shape.dim.add().size = size
    return entry


def _writer_of(array: np.ndarray, dtype: DType) -> Callable[..., tuple[int, int]]:
    """What writes an array."""
    if dtype is variant:
        return values.write_variants
    return values.write_strings if array.dtype == object else values.write_array


def _write_data(
    write: Callable[[Any], object], parts: dict[bytes, Saved], entries: dict[bytes, bytes], alignment: int
) -> None:
    """Write the bytes of all tensors, and make the entries that say where they are."""
    # A message is what two with some of its fields each are, one behind the other; many begin alike.
    heads: dict[tuple[DType, Shape], bytes] = {}
    tail = Entry()
    place = 0
    for key, saved in parts.items():
        array, kind = saved.array, (saved.dtype, saved.array.shape)
        size, checksum = _writer_of(array, saved.dtype)(array, write)
        tail.offset, tail.size, tail.crc32c = place, size, mask(checksum)
        head = heads.get(kind)
        if head is None:
            head = heads[kind] = _new_entry(*kind).SerializeToString()
        entries[key] = head + tail.SerializeToString()
        place += size
        padding = -place % alignment
        if padding:
            write(bytes(padding))
            place += padding


class BundleWriter:
    """A bundle that is written tensor by tensor; it has its name when it is whole.

    Args:
        files: where files are found, with the methods of `filesystem.Files`.
        prefix: its name.
        folder_prefix: what the names of the files begin with until then; `prefix` when None.
    """

    def __init__(self, files: Any, prefix: str, folder_prefix: str | None = None) -> None:
        self._files, self._prefix = files, prefix
        self._data = temporary_name(data_name(folder_prefix or prefix, 0, 1))
        self._file: BinaryIO = files.open(self._data, "wb")
        self._entries: dict[bytes, bytes] = {}
        self._place = 0

    def add(self, key: bytes, array: np.ndarray, dtype: DType) -> None:
        """Write a tensor.

        Raises:
            UnimplementedError: its type cannot be written.
        """
        _check_type(key, array, dtype)
        write = _writer_of(array, dtype)
        entry = _new_entry(dtype, array.shape)
        size, checksum = write(array, self._file.write)
        entry.offset, entry.size, entry.crc32c = self._place, size, mask(checksum)
        self._entries[key] = entry.SerializeToString()
        self._place += size

    def finish(self) -> None:
        """Give it its name."""
        self._file.close()
        publish(self._files, self._prefix, [self._data], self._entries)

    def abandon(self) -> None:
        """Leave nothing of it."""
        self._file.close()
        self._files.remove(self._data)
