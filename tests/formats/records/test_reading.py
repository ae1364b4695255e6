"""Reading records beyond what tests/oracle/client/records.py compares with TensorFlow."""

import io
import random
import tracemalloc

import pytest

from perdure.formats.records.compression import Compression, Inflated
from perdure.formats.records.layout import HEADER, Headers, Lengths
from perdure.formats.records.reading import read_records
from perdure.formats.records.writing import RecordWriter
from perdure.graph.errors import DataLossError


class Kept(io.BytesIO):
    """A file whose contents outlive it."""

    def close(self):
        self.contents = self.getvalue()
        super().close()


def framed(records, compression=None):
    """Records as they stand in a file."""
    file = Kept()
    writer = RecordWriter(file, compression)
    for record in records:
        writer.write(record)
    writer.close()
    return file.contents


class Slow(io.BytesIO):
    """A file that gives little at a time."""

    def read(self, size=-1):
        return super().read(min(size, 7))


def test_records_of_all_sizes():
    """Also those that are larger than what is read at a time, and from files that give less than asked."""
    records = [b"x" * size for size in (0, 1, 2**18 - 17, 2**18, 2**20 + 3, 5, 0)] + [b"y"] * 3000
    assert list(read_records(io.BytesIO(framed(records)))) == records
    few = [b"", b"abc", b"z" * 40]
    assert list(read_records(Slow(framed(few)))) == few


def test_a_file_that_still_grows():
    """What is complete is read; a part of a header at the end is no error."""
    contents = framed([b"abc", b"defg"])
    end = len(framed([b"abc"]))
    for size in range(end, end + HEADER):
        assert list(read_records(io.BytesIO(contents[:size]))) == [b"abc"]


def test_a_length_may_be_a_lie():
    """A record that says it has an exabyte takes no more memory than the file has."""
    contents = framed([b"abc"]) + Headers()[2**60] + b"x" * 1000
    tracemalloc.start()
    try:
        found = []
        with pytest.raises(DataLossError, match="truncated record at 19"):
            found.extend(read_records(io.BytesIO(contents)))
        assert tracemalloc.get_traced_memory()[1] < 2**21
    finally:
        tracemalloc.stop()


def test_lengths_are_not_remembered_for_ever():
    """A file of records of many sizes does not fill the memory."""
    headers, lengths = Headers(), Lengths()
    for length in range(10_000):
        assert lengths[headers[length]] == length
    assert len(headers) < 5000 and len(lengths) < 5000
    assert lengths[headers[5][:-1] + b"?"] == -1


@pytest.mark.parametrize("kind", [None, "ZLIB", "GZIP"])
def test_bytes_that_anybody_may_have_written(kind):
    """Files that are changed in any way are read or refused; never is anything else raised."""
    draw = random.Random(5)
    compression = None if kind is None else Compression(kind)
    whole = framed([b"a", b"", b"bcd" * 50, *[b"e" * 20] * 20], compression)
    outcomes = set()
    for _ in range(200):
        changed = bytearray(whole)
        for _ in range(draw.randint(1, 3)):
            place, size = draw.randrange(len(changed)), draw.randint(1, 20)
            length = draw.choice([0, 1, 2**31, 2**63, 2**64 - 1])
            changed[place : place + draw.choice([0, 1, size])] = draw.choice(
                [b"", draw.randbytes(size), changed[:size], Headers()[length]]
            )
        source = io.BytesIO(bytes(changed))
        try:
            records = list(read_records(Inflated(source, kind) if kind else source))
            outcomes.add("read" if records else "nothing")
        except DataLossError as error:
            outcomes.add(error.message.split(" ")[0])
    assert {"corrupted", "truncated"} < outcomes if kind is None else {"inflate()"} < outcomes
