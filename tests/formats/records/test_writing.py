"""Writing records: when they get to the file."""

import io
import zlib

import pytest

from perdure.formats.records.compression import Compression, Inflated
from perdure.formats.records.reading import read_records
from perdure.formats.records.writing import RecordWriter
from perdure.graph.errors import InvalidArgumentError


class Full(io.BytesIO):
    """A file on a disk without room."""

    def write(self, data):
        raise OSError(28, "No space left on device")


def test_records_are_gathered():
    """They are passed on when there are enough, and when they are flushed."""
    file = io.BytesIO()
    writer = RecordWriter(file)
    writer.write(b"abc")
    assert file.getvalue() == b""
    writer.flush()
    assert list(read_records(io.BytesIO(file.getvalue()))) == [b"abc"]
    writer.write(b"x" * 2**18)
    assert len(list(read_records(io.BytesIO(file.getvalue())))) == 2
    writer.write(b"forgotten")
    writer.abandon()
    assert file.closed


def test_a_full_disk():
    """The error is raised, and closing closes the file all the same."""
    file = Full()
    writer = RecordWriter(file)
    writer.write(b"abc")
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    writer.write(b"abc")
    with pytest.raises(OSError, match="No space left"):
        writer.close()
    assert file.closed


@pytest.mark.parametrize("kind", ["ZLIB", "GZIP"])
def test_a_compressed_file_can_be_read_while_it_is_written(kind):
    """A flush ends what zlib holds, but not the stream."""
    file = io.BytesIO()
    writer = RecordWriter(file, Compression(kind, flush_mode=zlib.Z_SYNC_FLUSH, gathered=4))
    for record in (b"a", b"bcd" * 1000, b""):
        writer.write(record)
    writer.flush()
    contents = file.getvalue()
    assert list(read_records(Inflated(io.BytesIO(contents), kind))) == [b"a", b"bcd" * 1000, b""]
    writer.close()


@pytest.mark.parametrize(
    "wrong", [{"flush_mode": zlib.Z_FINISH}, {"level": 10}, {"window_bits": 40}, {"memory_level": 0}]
)
def test_what_zlib_cannot_do(wrong):
    """TensorFlow ends the process."""
    with pytest.raises(InvalidArgumentError, match="flush_mode|deflateInit failed with status-2"):
        RecordWriter(io.BytesIO(), Compression("GZIP", **wrong))
