"""Reading checkpoints of version 1: the lists of tensors at once, values when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from perdure.formats.bundle.index import shown
from perdure.formats.protos import saved_tensor_slice_pb2
from perdure.formats.slices.coverage import Coverage
from perdure.formats.slices.keys import key_of_slice
from perdure.formats.slices.tensor_slice import Shape, TensorSlice
from perdure.formats.table.reader import Table
from perdure.formats.tensor_slices.layout import FIELDS, META_KEY, MIN_PRODUCER, VERSION
from perdure.formats.tensor_slices.values import read_values
from perdure.formats.versions import check_versions
from perdure.graph.dtypes import DType, as_dtype, word_of
from perdure.graph.errors import (
    DataLossError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    OpError,
    UnimplementedError,
)
from perdure.graph.shapes import format_shape

SavedTensorSlices = saved_tensor_slice_pb2.SavedTensorSlices

_ALL_SHARDS = -1
_MOST_ELEMENTS = 1 << 62


@dataclass(slots=True)
class _Stored:
    """A tensor that is there.

    Attributes:
        dtype: its type.
        shape: its shape.
        parts: its slices, with the table of each.
        coverage: what these add up to, once that was asked.
    """

    dtype: DType
    shape: Shape
    parts: dict[TensorSlice, Table] = field(default_factory=dict)
    coverage: Coverage | None = None


class SliceFiles:
    """A checkpoint of version 1.

    Args:
        files: where files are found, with the methods of `filesystem.Files`.
        pattern: the name of its file, or a pattern for several.
        preferred_shard: which of several files is opened first; the others are opened if something is not in
            it.  -1 to open all.

    Raises:
        NotFoundError: there is no such file.
        DataLossError: one is damaged, or no checkpoint.
        InternalError: the lists of tensors contradict each other.
        InvalidArgumentError: one is of a version that this code does not know.
    """

    version = 1

    def __init__(self, files: Any, pattern: str, preferred_shard: int = _ALL_SHARDS) -> None:
        words = "Unsuccessful TensorSliceReader constructor: Failed to"
        try:
            names = files.glob(pattern)
        except OpError as error:
            kind = " ".join(_words_of_class(error)).capitalize()
            message = f"{words} get matching files on {pattern}: {kind}: {error.message}"
            raise InvalidArgumentError(None, None, message) from None
        if not names:
            raise NotFoundError(None, None, f"{words} find any matching files for {pattern}")
        self._files = files
        self._pattern = pattern
        self._unopened = list(names)
        self._tensors: dict[bytes, _Stored] = {}
        if 0 <= preferred_shard < len(names):
            self._load(self._unopened.pop(preferred_shard))
        else:
            self._load_all()

    def _load_all(self) -> None:
        while self._unopened:
            self._load(self._unopened.pop(0))

    def _load(self, name: str) -> None:
        """Open a file and note what is in it."""
        table = self._opened(name)
        try:
            found = table.get(META_KEY)
            meta = (
                None if found is None else saved_tensor_slice_pb2.SavedTensorSlices.FromString(bytes(found))
            )
        except Exception:  # DataLossError, or protobuf's own DecodeError
            meta = None
        if meta is None:
            raise InternalError(
                None,
                None,
                f"Failed to find the saved tensor slices at the beginning of the checkpoint file: {name}",
            )
        check_versions(meta.meta.versions, VERSION, MIN_PRODUCER, "Checkpoint", "checkpoint")
        for tensor in meta.meta.tensor:
            self._note(tensor, table)

    def _opened(self, name: str) -> Table:
        try:
            file = self._files.open_at(name)
            return Table(file.read, file.size)
        except OpError as error:
            kind = " ".join(_words_of_class(error)).capitalize()
            raise DataLossError(
                None,
                None,
                f"Unable to open table file {name}: {kind}: {error.message}: perhaps your file is in a "
                "different file format and you need to use a different restore operator?",
            ) from None

    def _note(self, tensor: Any, table: Table) -> None:
        """Note a tensor of a list."""
        name = tensor.name.encode()
        dtype, shape = _type_and_shape(tensor)
        stored = self._tensors.setdefault(name, _Stored(dtype, shape))
        for what, existing, new in (
            ("shapes", format_shape(stored.shape), format_shape(shape)),
            ("types", word_of(stored.dtype), word_of(dtype)),
        ):
            if existing != new:
                raise InternalError(
                    None,
                    None,
                    f"Incompatible tensor {what} detected for tensor {tensor.name}: existing = {existing}, "
                    f"new = {new}",
                )
        for proto in tensor.slice:
            part = TensorSlice.from_proto(proto)
            part.shape_in(shape)
            if part in stored.parts:
                raise InternalError(
                    None, None, f"Overlapping slices: existing slice = {part}, new slice = {part}"
                )
            stored.parts[part] = table
        stored.coverage = None

    def __contains__(self, name: bytes) -> bool:
        if name not in self._tensors:
            self._load_all()
        return name in self._tensors

    def _stored(self, name: bytes) -> _Stored:
        if name not in self:
            raise NotFoundError(
                None, None, f'Tensor name "{shown(name)}" not found in checkpoint files {self._pattern}'
            )
        return self._tensors[name]

    def tensors(self) -> Iterator[tuple[bytes, DType, Shape]]:
        """Name, type and shape of all tensors, in the order of the names."""
        self._load_all()
        for name in sorted(self._tensors):
            yield name, self._tensors[name].dtype, self._tensors[name].shape

    def type_and_shape(self, name: bytes) -> tuple[DType, Shape]:
        """The type and the shape of a tensor.

        Raises:
            NotFoundError: it is not there.
        """
        stored = self._stored(name)
        return stored.dtype, stored.shape

    def debug_string(self) -> bytes:
        """A line for each tensor."""
        lines = []
        for name, dtype, shape in self.tensors():
            enum = saved_tensor_slice_pb2.SavedSliceMeta.DESCRIPTOR.fields_by_name["type"].enum_type
            what = f" ({enum.values_by_number[dtype.as_datatype_enum].name}) {format_shape(shape)}"
            count = len(self._tensors[name].parts)
            lines.append(name + what.encode() + (b", %d slices\n" % count if count > 1 else b"\n"))
        return b"".join(lines)

    def read(self, name: bytes, part: TensorSlice | None = None) -> np.ndarray:
        """Read a tensor, or a part of it.

        Args:
            name: its name.
            part: a slice that it has.

        Returns:
            A new array; strings are objects (bytes).

        Raises:
            NotFoundError: it is not there.
            DataLossError: it is damaged.
            InvalidArgumentError: not all of the part is stored.
            UnimplementedError: its type cannot be read.
        """
        stored = self._stored(name)
        if stored.dtype not in FIELDS:
            raise UnimplementedError(
                None, None, f"Restoring data type {word_of(stored.dtype)} not yet supported"
            )
        wanted = TensorSlice.full(len(stored.shape)) if part is None else part
        pieces = self._coverage(stored).pieces(wanted)
        if pieces is None and self._unopened:
            self._load_all()
            pieces = self._coverage(stored).pieces(wanted)
        if pieces is None:
            raise InvalidArgumentError(
                None, None, f"Error copying slice data: not all of {shown(name)} is there"
            )
        # What there is to read says how much memory is needed.
        found = [(piece, self._values(name, stored, piece.part)) for piece in pieces]
        result = np.empty(wanted.shape_in(stored.shape), np.dtype(stored.dtype.as_numpy_dtype))
        for piece, array in found:
            result[piece.target] = array[piece.source]
        return result

    def _coverage(self, stored: _Stored) -> Coverage:
        if stored.coverage is None:
            stored.coverage = Coverage(stored.shape, list(stored.parts))
        return stored.coverage

    def _values(self, name: bytes, stored: _Stored, part: TensorSlice) -> np.ndarray:
        """The values of a slice."""
        shape = part.shape_in(stored.shape)
        message = stored.parts[part].get(key_of_slice(name, part))
        if message is None:
            raise DataLossError(None, None, f"Slice {part} of {shown(name)} is not there: {self._pattern}")
        try:
            values = read_values(message, stored.dtype, int(np.prod(shape, dtype=np.int64)))
        except DataLossError as error:
            raise DataLossError(None, None, f"{error.message}: {shown(name)} in {self._pattern}") from None
        return values.reshape(shape)


def _words_of_class(error: OpError) -> Iterator[str]:
    """The words of an error's class, as TensorFlow shows its code: NotFoundError as not, found."""
    word = ""
    for letter in type(error).__name__.removesuffix("Error"):
        if letter.isupper() and word:
            yield word
            word = ""
        word += letter.lower()
    yield word


def _type_and_shape(tensor: Any) -> tuple[DType, Shape]:
    """What a list says of a tensor.

    Raises:
        DataLossError: that cannot be.
    """
    shape = tuple(dim.size for dim in tensor.shape.dim)
    elements = 1
    for size in shape:
        elements = min(elements * max(size, 1), _MOST_ELEMENTS)
    if tensor.shape.unknown_rank or min(shape, default=0) < 0 or elements == _MOST_ELEMENTS:
        raise DataLossError(None, None, f"Invalid tensor shape: {tensor.name} {list(shape)}")
    try:
        return as_dtype(tensor.type), shape
    except TypeError:
        raise DataLossError(None, None, f"Unknown type {tensor.type}: {tensor.name}") from None
