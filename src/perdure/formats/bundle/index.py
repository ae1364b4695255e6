"""The index of a bundle: its header and its entries, both ways."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from perdure.formats.bundle.layout import HEADER_KEY, MIN_CONSUMER, MIN_PRODUCER, VERSION, index_name
from perdure.formats.protos import tensor_bundle_pb2
from perdure.formats.table.reader import Table
from perdure.formats.table.writer import TableWriter
from perdure.formats.versions import check_versions
from perdure.graph import dtypes
from perdure.graph.errors import DataLossError, InternalError, OpError, UnimplementedError

Entry = tensor_bundle_pb2.BundleEntryProto
Header = tensor_bundle_pb2.BundleHeaderProto

_OWN_ORDER = Header.LITTLE if sys.byteorder == "little" else Header.BIG
_MOST_ELEMENTS = 1 << 62
_MOST_DIMENSIONS = 254


def new_header(shards: int) -> Header:
    """The header of a bundle that is written here."""
    header = Header(num_shards=shards, endianness=_OWN_ORDER)
    header.version.producer, header.version.min_consumer = VERSION, MIN_CONSUMER
    return header


def write_index(
    write: Callable[[bytes], object], header: Header, entries: Iterable[tuple[bytes, Entry]]
) -> None:
    """Write an index.

    Args:
        write: takes the bytes of the file.
        header: its header.
        entries: all others, with ascending keys.
    """
    table = TableWriter(write)
    table.add(HEADER_KEY, header.SerializeToString())
    for key, entry in entries:
        table.add(key, entry.SerializeToString())
    table.finish()


def read_index(files: Any, prefix: str) -> tuple[Header, dict[bytes, bytes]]:
    """Read an index.

    Args:
        files: where files are found.
        prefix: the name of the bundle.

    Returns:
        The header, and the entries by key, which `parse_entry` reads.

    Raises:
        NotFoundError: there is none.
        DataLossError: it is damaged.
        InvalidArgumentError: it is of a version that this code does not know.
    """
    name = index_name(prefix)
    file = files.open_at(name)
    try:
        table = _opened(file, name)
        try:
            entries = {key: bytes(value) for key, value in table}
        except OpError as error:
            raise _corrupt(name, "failed to seek to header entry", error) from None
    finally:
        file.close()
    if HEADER_KEY not in entries:
        raise _corrupt(name, "failed to seek to header entry")
    header = Header()
    try:
        header.ParseFromString(entries.pop(HEADER_KEY))
    except Exception:  # protobuf's own DecodeError
        unreadable = DataLossError(None, None, "Entry for key  not parseable.")
        raise _corrupt(name, "unable to parse header", unreadable) from None
    check_versions(header.version, VERSION, MIN_PRODUCER, "Checkpoint", "checkpoint")
    return header, entries


def _opened(file: Any, name: str) -> Table:
    try:
        return Table(file.read, file.size)
    except DataLossError as error:
        raise DataLossError(None, None, f"{error.message}: {name}") from None


def check_order(header: Header) -> None:
    """Refuse a bundle of a machine with another byte order, as TensorFlow does.

    Raises:
        UnimplementedError: it is one.
    """
    if header.endianness != _OWN_ORDER:
        raise UnimplementedError(None, None, "Reading a bundle with different endianness from the reader")


def _corrupt(name: str, what: str, error: OpError | None = None) -> OpError:
    words = (
        f"Unable to read file ({name}). Perhaps the file is corrupt or was produced by a newer version of "
        f"TensorFlow with format changes ({what})"
    )
    if error is None:
        return InternalError(None, None, words)
    return type(error)(None, None, f"{words}: {error.message}")  # type: ignore[call-arg]


def parse_entry(key: bytes, value: bytes) -> Entry:
    """Read an entry.

    Raises:
        DataLossError: it is none, or says what cannot be.
    """
    entry = Entry()
    try:
        entry.ParseFromString(value)
    except Exception:  # protobuf's own DecodeError
        raise DataLossError(None, None, f"Entry for key {shown(key)} not parseable.") from None
    sizes = [dim.size for dim in entry.shape.dim]
    elements = 1
    for size in sizes:
        elements = min(elements * max(size, 1), _MOST_ELEMENTS)
    bad_shape = entry.shape.unknown_rank or len(sizes) > _MOST_DIMENSIONS or min(sizes, default=0) < 0
    if bad_shape or elements == _MOST_ELEMENTS:
        raise DataLossError(None, None, f"Invalid tensor shape: {shown(key)} {sizes}")
    if entry.offset < 0 or entry.size < 0 or entry.shard_id < 0:
        raise DataLossError(None, None, f"Invalid place in bundle entry: key {shown(key)}")
    try:
        dtypes.as_dtype(entry.dtype)
    except TypeError:
        raise DataLossError(
            None, None, f"Unknown type {entry.dtype} in bundle entry: key {shown(key)}"
        ) from None
    return entry


def shape_of(entry: Entry) -> tuple[int, ...]:
    """The shape of the tensor of an entry."""
    return tuple(dim.size for dim in entry.shape.dim)


def shown(key: bytes) -> str:
    """A key as errors show it."""
    return key.decode("utf-8", "backslashreplace")
