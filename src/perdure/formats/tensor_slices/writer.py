"""Writing checkpoints of version 1."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, BinaryIO

from perdure.formats.progress import Progress
from perdure.formats.protos import saved_tensor_slice_pb2, tensor_slice_pb2
from perdure.formats.slices.keys import key_of_slice
from perdure.formats.slices.saved import Saved
from perdure.formats.slices.tensor_slice import TensorSlice
from perdure.formats.table.writer import Pieces, TableWriter
from perdure.formats.tensor_slices.layout import FIELDS, META_KEY, MIN_CONSUMER, VERSION
from perdure.formats.tensor_slices.values import saved_slice
from perdure.graph.dtypes import word_of
from perdure.graph.errors import InternalError, InvalidArgumentError, UnimplementedError
from perdure.graph.shapes import format_shape
from perdure.graph.values import as_bytes

_MOST_BYTES = 1 << 31  # of a message
_HEAD = 1 << 10  # bytes that TensorFlow reckons with for what is not a value


def write_slices(files: Any, name: str, tensors: Sequence[Saved]) -> None:
    """Write a checkpoint, in the place of the file with its name.

    Args:
        files: where files are found, with the methods of `filesystem.Files`.
        name: the file.
        tensors: what it contains.

    Raises:
        InternalError: slices of one tensor say that it has several types or shapes.
        InvalidArgumentError: one is too large for this version.
        UnimplementedError: the type of one cannot be written.
    """
    meta = saved_tensor_slice_pb2.SavedTensorSlices()
    meta.meta.versions.producer, meta.meta.versions.min_consumer = VERSION, MIN_CONSUMER
    values: dict[bytes, Pieces] = {}
    known: dict[bytes, Any] = {}
    for saved in sorted(tensors, key=lambda each: each.name):
        dtype = saved.dtype.base_dtype
        if dtype not in FIELDS:
            raise UnimplementedError(None, None, f"Saving data type {word_of(dtype)} not yet supported")
        part = TensorSlice.full(len(saved.shape)) if saved.part is None else saved.part
        _check_size(saved)
        entry = known.get(saved.name)
        if entry is None:
            entry = known[saved.name] = _new_entry(meta, saved)
        else:
            _check_same(entry, saved)
        part.fill(entry.slice.add())
        message = tensor_slice_pb2.TensorSliceProto()
        part.fill(message)
        key = key_of_slice(saved.name, part)
        if key not in values:
            values[key] = saved_slice(saved.name, message.SerializeToString(), dtype, saved.array)

    with Progress(
        f"Saving {os.path.basename(name)}", sum(value.size for value in values.values())
    ) as progress:

        def write(file: BinaryIO) -> None:
            table = TableWriter(progress.counting(file.write))
            table.add(META_KEY, meta.SerializeToString())
            for key in sorted(values):
                table.add(key, values[key])
            table.finish()

        files.write_atomically(name, write)


def _new_entry(meta: Any, saved: Saved) -> Any:
    entry = meta.meta.tensor.add()
    try:
        entry.name = saved.name.decode()
    except UnicodeDecodeError:
        raise InvalidArgumentError(
            None, None, f"A name in a checkpoint of version 1 must be UTF-8: {saved.name!r}"
        ) from None
    entry.type = saved.dtype.base_dtype.as_datatype_enum
    entry.shape.SetInParent()
    for size in saved.shape:
        entry.shape.dim.add().size = size
    return entry


def _check_same(entry: Any, saved: Saved) -> None:
    """Refuse a slice of another tensor than those before it."""
    shape = tuple(dim.size for dim in entry.shape.dim)
    dtype = saved.dtype.base_dtype
    if shape != saved.shape:
        raise InternalError(
            None,
            None,
            f"Mismatching shapes: existing tensor = {format_shape(shape)}, trying to add name {entry.name}, "
            f"shape = {format_shape(saved.shape)}",
        )
    if entry.type != dtype.as_datatype_enum:
        existing = next(each for each in FIELDS if each.as_datatype_enum == entry.type)
        raise InternalError(
            None,
            None,
            f"Mismatching types: existing type = {word_of(existing)}, trying to add name {entry.name}, "
            f"type = {word_of(dtype)}",
        )


def _check_size(saved: Saved) -> None:
    field = FIELDS[saved.dtype.base_dtype]
    size = _HEAD + saved.array.size * field.most_bytes
    if field.kind == "string":
        size += sum(len(as_bytes(item)) for item in saved.array.ravel().tolist())
    if size > _MOST_BYTES:
        raise InvalidArgumentError(
            None, None, f"Tensor slice is too large to serialize (conservative estimate: {size} bytes)"
        )
