"""The index of a bundle: its header and its entries, both ways."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from math import prod
from typing import Any, NamedTuple

from perdure.formats.bundle.layout import HEADER_KEY, MIN_CONSUMER, MIN_PRODUCER, VERSION, index_name
from perdure.formats.checksums import unmask
from perdure.formats.protos import tensor_bundle_pb2
from perdure.formats.slices.tensor_slice import Shape, TensorSlice
from perdure.formats.table.reader import Table
from perdure.formats.table.writer import TableWriter
from perdure.formats.versions import check_versions
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.errors import DataLossError, InternalError, OpError

Entry = tensor_bundle_pb2.BundleEntryProto
Header = tensor_bundle_pb2.BundleHeaderProto

_OWN_ORDER = Header.LITTLE if sys.byteorder == "little" else Header.BIG
_MOST_ELEMENTS = 1 << 58  # 16 bytes each are as many as an array can have
_MOST_DIMENSIONS = 254
_MOST_LOOKUPS = 16  # before all entries are read


def new_header(shards: int) -> Header:
    """The header of a bundle that is written here."""
    header = Header(num_shards=shards, endianness=_OWN_ORDER)
    header.version.producer, header.version.min_consumer = VERSION, MIN_CONSUMER
    return header


def write_index(
    write: Callable[[bytes], object], header: Header, entries: Iterable[tuple[bytes, bytes]]
) -> None:
    """Write an index.

    Args:
        write: takes the bytes of the file.
        header: its header.
        entries: all others as messages, with ascending keys.
    """
    table = TableWriter(write)
    table.add(HEADER_KEY, header.SerializeToString())
    for key, entry in entries:
        table.add(key, entry)
    table.finish()


class Index:
    """The index of a bundle, of which a few entries are looked up and many are read at once.

    Args:
        files: where files are found.
        prefix: the name of the bundle.

    Raises:
        NotFoundError: there is none.
        DataLossError: it is damaged.
        InvalidArgumentError: it is of a version that this code does not know.
    """

    def __init__(self, files: Any, prefix: str) -> None:
        self._name = index_name(prefix)
        file = files.open_at(self._name)
        try:
            self._table = Table(file.read, file.size)
        except DataLossError as error:
            raise DataLossError(None, None, f"{error.message}: {self._name}") from None
        self._close = file.close
        self._lookups = 0
        self._values: dict[bytes, bytes] | None = None
        found = self._read(lambda: self._table.get(HEADER_KEY))
        if found is None:
            raise self._corrupt("failed to seek to header entry")
        self.header = Header()
        try:
            self.header.ParseFromString(bytes(found))
        except Exception:  # protobuf's own DecodeError
            unreadable = DataLossError(None, None, "Entry for key  not parseable.")
            raise self._corrupt("unable to parse header", unreadable) from None
        check_versions(self.header.version, VERSION, MIN_PRODUCER, "Checkpoint", "checkpoint")

    def get(self, key: bytes) -> bytes | None:
        """What `parse_entry` reads of a key; None if there is nothing.

        Raises:
            DataLossError: the index is damaged.
        """
        self._lookups += 1
        if self._values is None and self._lookups <= _MOST_LOOKUPS:
            found = self._read(lambda: self._table.get(key)) if key != HEADER_KEY else None
            return None if found is None else bytes(found)
        return self.values().get(key)

    def values(self) -> dict[bytes, bytes]:
        """What `parse_entry` reads of all keys, in their order.

        Raises:
            DataLossError: the index is damaged.
        """
        if self._values is None:
            values = self._read(lambda: {key: bytes(value) for key, value in self._table})
            values.pop(HEADER_KEY, None)
            self._values = values
            self._close()
        return self._values

    def _read(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except DataLossError as error:
            raise self._corrupt("failed to seek to header entry", error) from None

    def _corrupt(self, what: str, error: OpError | None = None) -> OpError:
        words = (
            f"Unable to read file ({self._name}). Perhaps the file is corrupt or was produced by a newer "
            f"version of TensorFlow with format changes ({what})"
        )
        if error is None:
            return InternalError(None, None, words)
        return DataLossError(None, None, f"{words}: {error.message}")


def byte_order(header: Header) -> str:
    """The order of the bytes of numbers: "<" or ">"."""
    return "<" if header.endianness == Header.LITTLE else ">"


class Stored(NamedTuple):
    """What an index says of a tensor.

    Attributes:
        dtype: its type.
        shape: its shape.
        shard: which file has its bytes.
        offset: where they begin.
        size: how many there are.
        checksum: theirs, not masked.
        slices: the parts that it is stored in, if it is.
    """

    dtype: DType
    shape: Shape
    shard: int
    offset: int
    size: int
    checksum: int
    slices: tuple[TensorSlice, ...]

    @property
    def elements(self) -> int:
        """How many values it has."""
        return prod(self.shape)


def parse_entry(key: bytes, value: bytes) -> tuple[Entry, Stored]:
    """Read an entry.

    Returns:
        The message, and what it says.

    Raises:
        DataLossError: it is none, or says what cannot be.
    """
    entry = Entry()
    try:
        entry.ParseFromString(value)
    except Exception:  # protobuf's own DecodeError
        raise DataLossError(None, None, f"Entry for key {shown(key)} not parseable.") from None
    shape = tuple([dim.size for dim in entry.shape.dim])
    bad_shape = entry.shape.unknown_rank or len(shape) > _MOST_DIMENSIONS or min(shape, default=0) < 0
    if bad_shape or prod([size or 1 for size in shape]) > _MOST_ELEMENTS:
        raise DataLossError(None, None, f"Invalid tensor shape: {shown(key)} {list(shape)}")
    shard, offset, size = entry.shard_id, entry.offset, entry.size
    if (shard | offset | size) < 0:
        raise DataLossError(None, None, f"Invalid place in bundle entry: key {shown(key)}")
    try:
        dtype = as_dtype(entry.dtype)
    except TypeError:
        raise DataLossError(
            None, None, f"Unknown type {entry.dtype} in bundle entry: key {shown(key)}"
        ) from None
    slices = tuple(map(TensorSlice.from_proto, entry.slices)) if entry.slices else ()
    return entry, Stored(dtype, shape, shard, offset, size, unmask(entry.crc32c), slices)


def shown(key: bytes) -> str:
    """A key as errors show it."""
    return key.decode("utf-8", "backslashreplace")
