"""Writing bundles."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from perdure.formats.bundle import values
from perdure.formats.bundle.index import Entry, shown
from perdure.formats.bundle.layout import HEADER_KEY, data_name
from perdure.formats.bundle.publishing import publish, temporary_name
from perdure.formats.checksums import mask
from perdure.formats.slices.keys import key_of_slice
from perdure.formats.slices.saved import Saved
from perdure.formats.slices.tensor_slice import Shape, TensorSlice
from perdure.graph.errors import InvalidArgumentError, OpError, UnimplementedError


def write_bundle(
    files: Any,
    prefix: str,
    tensors: Sequence[Saved],
    alignment: int = 1,
    progress: Callable[[int], object] | None = None,
) -> None:
    """Write a bundle, in the place of the one with its name; after a crash there is the old or the new one.

    Args:
        files: where files are found, with the methods of `filesystem.Files`.
        prefix: its name; the folder for it is made, but none for that.
        tensors: what it contains, in the order of its bytes.
        alignment: of what the offset of each tensor is a multiple, in bytes.
        progress: told how many bytes were written, again and again.

    Raises:
        InvalidArgumentError: two tensors have the same name.
        UnimplementedError: the type of one cannot be written.
        ResourceExhaustedError: the disk is full.
    """
    entries, written = _entries(tensors)
    folder = os.path.dirname(prefix)
    if folder:
        files.make_directory(folder)
    data = temporary_name(data_name(prefix, 0, 1))
    files.write_durably(data, lambda file: _write_data(file, written, alignment, progress))
    try:
        publish(files, prefix, [data], entries)
    except BaseException:
        with suppress(OpError):
            files.remove(data)
        raise


def _entries(tensors: Sequence[Saved]) -> tuple[dict[bytes, Entry], list[tuple[Entry, Saved]]]:
    """The entries of an index, and those of them that have bytes with these, in order."""
    entries: dict[bytes, Entry] = {}
    written = []
    for saved in tensors:
        base = saved.dtype.base_dtype
        if not base.is_numpy_compatible:
            raise UnimplementedError(
                None, None, f"Tensors of type {base.name} cannot be saved: {shown(saved.name)}"
            )
        key, part = saved.name, saved.part
        if part is not None and not part.is_full and part.shape_in(saved.shape) != saved.shape:
            _add_to_whole(entries, saved, part)
            key = key_of_slice(key, part)
        if key in entries or key == HEADER_KEY:
            which = "" if key == saved.name else f", slice {part}"
            raise InvalidArgumentError(None, None, f"Adding duplicate key: {shown(saved.name)}{which}")
        entry = entries[key] = Entry(dtype=base.as_datatype_enum)
        _set_shape(entry, saved.array.shape)
        written.append((entry, saved))
    return entries, written


def _add_to_whole(entries: dict[bytes, Entry], saved: Saved, part: TensorSlice) -> None:
    """Note a slice in the entry of the whole tensor."""
    entry = entries.get(saved.name)
    if entry is None:
        entry = entries[saved.name] = Entry(dtype=saved.dtype.base_dtype.as_datatype_enum)
        _set_shape(entry, saved.shape)
    elif not entry.slices:
        raise InvalidArgumentError(None, None, f"Adding duplicate key: {shown(saved.name)}")
    elif (
        entry.dtype != saved.dtype.base_dtype.as_datatype_enum
        or tuple(dim.size for dim in entry.shape.dim) != saved.shape
    ):
        raise InvalidArgumentError(
            None, None, f"The slices of {shown(saved.name)} are of tensors of several types or shapes"
        )
    part.fill(entry.slices.add())


def _set_shape(entry: Entry, shape: Shape) -> None:
    entry.shape.SetInParent()
    for size in shape:
        entry.shape.dim.add().size = size


def _write_data(
    file: BinaryIO,
    written: list[tuple[Entry, Saved]],
    alignment: int,
    progress: Callable[[int], object] | None,
) -> None:
    """Write the bytes of all tensors, and where they are into their entries."""
    place = 0
    for entry, saved in written:
        entry.offset = place
        write = values.write_strings if values.is_string(saved.dtype) else values.write_array
        size, checksum = write(saved.array, file.write)
        entry.size, entry.crc32c = size, mask(checksum)
        place += size
        padding = -place % alignment
        if padding:
            file.write(bytes(padding))
            place += padding
        if progress is not None:
            progress(place)
