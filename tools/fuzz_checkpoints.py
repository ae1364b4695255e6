"""Damage checkpoints in many ways, and see that reading them fails with a clear error or not at all.

    python tools/fuzz_checkpoints.py [COUNT [SEED]]     100,000 by default

Bytes are changed at random: of files; of blocks, whose checksums are made right again; of the messages in
tables that are right otherwise. Each checkpoint must be read, or be refused with one of TensorFlow's errors,
within a second and without much memory.
"""

from __future__ import annotations

import random
import resource
import struct
import sys
import tempfile
import time
from pathlib import Path

import cramjam
import numpy as np

from perdure.filesystem.files import Files
from perdure.formats.bundle.writer import write_bundle
from perdure.formats.checkpoints import open_checkpoint
from perdure.formats.checksums import masked_crc32c
from perdure.formats.slices.saved import Saved
from perdure.formats.slices.tensor_slice import TensorSlice, parse_shape_and_slice
from perdure.formats.table.layout import FOOTER, MAGIC, varint
from perdure.formats.table.reader import Table
from perdure.formats.table.writer import TableWriter
from perdure.formats.tensor_slices.writer import write_slices
from perdure.graph.dtypes import as_dtype
from perdure.graph.errors import OpError

FILES = Files()
MOST_SECONDS = 1.0
MOST_MEGABYTES = 512
# What makes trouble where it stands for a length or a size.
NUMBERS = [
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    1 << 16,
    1 << 31,
    (1 << 32) - 1,
    1 << 40,
    (1 << 63) - 1,
    1 << 63,
    (1 << 64) - 1,
]


def saved(name: str, array: np.ndarray, text: str = "") -> Saved:
    """A tensor that is written."""
    dtype = as_dtype("string" if array.dtype == object else array.dtype)
    if not text:
        return Saved(name.encode(), dtype, array, array.shape)
    shape, part, _ = parse_shape_and_slice(text)
    return Saved(name.encode(), dtype, array, shape, part)


def samples(folder: Path) -> dict[str, dict[str, bytes]]:
    """Checkpoints that are right: the contents of their files, by version and by the ends of their names."""
    tensors = [
        saved("a", np.arange(6, dtype=np.float32).reshape(2, 3)),
        saved("ab", np.arange(-2, 2)),
        saved("s", np.array([b"x", b"", b"y" * 200], object)),
        saved("w", np.ones([2, 3]), "5 3 0,2:-"),
        saved("w", np.zeros([3, 3]), "5 3 2,3:-"),
        saved("z", np.zeros([0, 3], np.int8)),
        *(saved(f"many/{number:03d}", np.array(number, np.int32)) for number in range(40)),
    ]
    write_bundle(FILES, str(folder / "two"), tensors)
    write_slices(FILES, str(folder / "one"), tensors)
    return {
        "2": {path.name[3:]: path.read_bytes() for path in folder.glob("two.*")},
        "1": {"": (folder / "one").read_bytes()},
    }


def changed(data: bytes, choose: random.Random) -> bytes:
    """Data with a few changes."""
    found = bytearray(data)
    for _ in range(choose.choice((1, 1, 1, 2, 5))):
        place = choose.randrange(len(found) + 1)
        kind = choose.randrange(6)
        if kind == 0 and place < len(found):
            found[place] ^= 1 << choose.randrange(8)
        elif kind == 1 and place < len(found):
            found[place] = choose.choice((0, 1, 0x7F, 0x80, 0xFF, choose.randrange(256)))
        elif kind == 2:
            del found[place : place + choose.choice((1, 2, 4, len(found)))]
        elif kind == 3:
            found[place:place] = varint(choose.choice(NUMBERS))
        elif kind == 4:
            number = varint(choose.choice(NUMBERS))
            found[place : place + len(number)] = number
        else:
            other = choose.randrange(len(found) + 1)
            found[place:place] = found[other : other + choose.choice((1, 3, 10, 100))]
    return bytes(found)


def with_changed_block(data: bytes, choose: random.Random) -> bytes:
    """A table with a block that was changed, of any sort, whose checksum is right."""
    table = Table(lambda offset, size: data[offset : offset + size], len(data))
    handles = list(table._handles)
    contents = [data[handle.offset : handle.offset + handle.size] for handle in handles]
    index_at = handles[-1].offset + handles[-1].size + 5 + 13  # behind the metaindex block, which is empty
    index = data[index_at : len(data) - FOOTER - 5]
    number = choose.randrange(len(contents) + 1)
    if number < len(contents):
        contents[number] = changed(contents[number], choose)
    else:
        index = changed(index, choose)
    pieces, place = [], 0

    def add(block: bytes) -> bytes:
        nonlocal place
        kind = 0
        if choose.random() < 0.3:
            block, kind = bytes(cramjam.snappy.compress_raw(block)), 1
            if choose.random() < 0.3:
                block = changed(block, choose)
        block += bytes([kind])
        pieces.extend([block, struct.pack("<I", masked_crc32c(block))])
        handle = varint(place) + varint(len(block) - 1)
        place += len(block) + 4
        return handle

    if number < len(contents):  # the blocks may have moved
        entries = [(key, add(block)) for key, block in zip(table._last_keys, contents, strict=True)]
        found: list[bytes] = []
        writer = TableWriter(lambda piece: found.append(bytes(piece)))
        for key, handle in entries:
            writer._index.add(key, handle)
        index = b"".join(map(bytes, writer._index.pieces()))
    else:
        for block in contents:
            add(block)
    footer = varint(0) + varint(0) + add(index)
    return b"".join(pieces) + footer.ljust(FOOTER - 8, b"\0") + struct.pack("<Q", MAGIC)


def with_changed_message(data: bytes, choose: random.Random) -> bytes:
    """A table with a few values that were changed."""
    entries = dict(Table(lambda offset, size: data[offset : offset + size], len(data)))
    pieces: list[bytes] = []
    writer = TableWriter(lambda piece: pieces.append(bytes(piece)))
    unlucky = choose.sample(sorted(entries), choose.choice((1, 1, 2, 10)))
    for key, value in entries.items():
        writer.add(key, changed(bytes(value), choose) if key in unlucky else bytes(value))
    writer.finish()
    return b"".join(pieces)


CHANGES = [changed, with_changed_block, with_changed_message]


def read_all(name: str) -> None:
    """All that can be asked of a checkpoint; errors of single tensors do not keep others from being read."""
    checkpoint = open_checkpoint(FILES, name)
    names = [b"a", b"ab", b"s", b"w", b"z", b"many/007", b"none"]
    try:
        names += [name for name, _, _ in checkpoint.tensors()][:60]
        checkpoint.debug_string()
    except OpError:
        pass
    for each in names:
        for part in (None, TensorSlice.parse("1,2:0,1"), TensorSlice.full(2)):
            try:
                if part is not None:
                    part.shape_in(checkpoint.type_and_shape(each)[1])
                array = checkpoint.read(each, part)
                assert isinstance(array, np.ndarray)
            except OpError:
                pass


def run(folder: Path, count: int, seed: int = 0) -> int:
    """Read a number of damaged checkpoints.

    Returns:
        How many of them could be opened.

    Raises:
        AssertionError: one took too long or too much memory.
        Exception: reading one failed with something else than an error of TensorFlow's.
    """
    right = samples(folder)
    opened = 0
    for number in range(count):
        choose = random.Random(f"{seed}/{number}")
        version = choose.choice("12")
        files = dict(right[version])
        ending = choose.choice(sorted(files))
        change = changed if ending.startswith(".data") else choose.choice(CHANGES)
        files[ending] = change(files[ending], choose)
        for each, contents in files.items():
            (folder / f"bad{each}").write_bytes(contents)
        began = time.process_time()
        try:
            read_all(str(folder / "bad"))
            opened += 1
        except OpError as error:
            assert str(error)
        except BaseException:
            print(f"seed {seed}, number {number}: {change.__name__} of version {version}{ending}")
            raise
        taken = time.process_time() - began
        assert taken < MOST_SECONDS, f"seed {seed}, number {number} took {taken:.1f} s"
        for each in files:
            (folder / f"bad{each}").unlink()
    return opened


def megabytes() -> float:
    """The most memory that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """What the program does."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    before = megabytes()
    with tempfile.TemporaryDirectory() as folder:
        opened = run(Path(folder), count, seed)
    more = megabytes() - before
    print(f"{count} damaged checkpoints, {opened} of them could be opened; {more:.0f} MB")
    assert more < MOST_MEGABYTES


if __name__ == "__main__":
    main()
