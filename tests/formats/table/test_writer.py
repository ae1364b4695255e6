"""Tables: what is written is read, in blocks that know their keys."""

import pytest

from perdure.formats.table.reader import Table
from perdure.formats.table.writer import TableWriter
from perdure.graph.errors import DataLossError


def written(entries) -> bytes:
    """The file of a table."""
    pieces = []
    table = TableWriter(pieces.append)
    for key, value in entries:
        table.add(key, value)
    size = table.finish()
    data = b"".join(pieces)
    assert size == len(data)
    return data


def opened(data: bytes) -> Table:
    """A table whose file is in memory."""
    return Table(lambda offset, size: data[offset : offset + size], len(data))


ENTRIES = {
    "none": [],
    "one": [(b"", b"x")],
    "shared": [(b"layer/%05d/kernel" % number, b"v" * (number % 300)) for number in range(5000)],
    "zeros": [(b"", b""), (b"\0", b"\0"), (b"\0\0", b""), (b"\xff", b"a"), (b"\xff\xff", b"b")],
    "large": [(bytes([number]), bytes([number]) * 200_000) for number in range(7)],
    "long keys": [(b"k" * 1000 + bytes([number]), b"") for number in range(200)],
}


@pytest.mark.parametrize("name", ENTRIES)
def test_entries_are_read_in_order(name):
    assert [(key, bytes(value)) for key, value in opened(written(ENTRIES[name]))] == ENTRIES[name]


@pytest.mark.parametrize("name", ENTRIES)
def test_entries_are_found_by_their_keys(name):
    table = opened(written(ENTRIES[name]))
    for key, value in ENTRIES[name][::97] + ENTRIES[name][-1:]:
        assert table.get(key) == value
        assert table.get(key + b"\1") is None
    assert table.get(b"\xff\xff\xff") is None


def test_only_the_blocks_that_are_asked_for_are_read():
    """Of a table with many blocks, the footer, the index and one of them."""
    data = written(ENTRIES["large"])
    read = []

    def read_at(offset, size):
        read.append(size)
        return data[offset : offset + size]

    Table(read_at, len(data)).get(bytes([3]))
    assert len(read) == 3 and sum(read) < 700_000 < len(data)


def test_keys_ascend():
    table = TableWriter(lambda _: None)
    table.add(b"b", b"")
    for key in (b"b", b"a", b""):
        with pytest.raises(ValueError, match="must ascend"):
            table.add(key, b"")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: b"", "file is too short to be an sstable"),
        (lambda data: data[:-1], "bad magic number"),
        (lambda data: data[:-48] + b"\xff" * 40 + data[-8:], "bad block handle"),
        (lambda data: data[-60:], "truncated block read|block checksum mismatch|bad"),
        (lambda data: b"\1" + data[1:], "block checksum mismatch"),
    ],
)
def test_damage_is_noticed(change, message):
    with pytest.raises(DataLossError, match=message):
        list(opened(change(written(ENTRIES["zeros"]))))
