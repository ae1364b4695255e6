"""Record files: what happens to what is not closed; bytes are compared by tests/oracle/client/records.py."""

import gc
import subprocess
import sys

import pytest

from perdure import tf
from perdure.filesystem import tf_record
from perdure.graph.errors import InvalidArgumentError


def records_of(name, options=None):
    return list(tf_record.read_record_file(name, options))


def test_a_writer_that_is_dropped(tmp_path):
    """What was written is in the file."""
    name = str(tmp_path / "a")
    tf.io.TFRecordWriter(name).write(b"abc")
    gc.collect()
    assert records_of(name) == [b"abc"]


def test_a_program_that_ends_without_closing(tmp_path):
    """What it wrote is in the file; a process that it has forked adds nothing."""
    program = """
import os, sys
from perdure import tf
writer = tf.io.TFRecordWriter(sys.argv[1], "GZIP")
writer.write(b"abc")
if os.fork() == 0:
    sys.exit()
os.wait()
writer.write(b"def")
"""
    name = str(tmp_path / "a")
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program, name]
    subprocess.run(command, check=True, timeout=60)
    assert records_of(name, "GZIP") == [b"abc", b"def"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"window_bits": "a"}, TypeError),
        ({"mem_level": 1.5}, TypeError),
        ({"mem_level": 10}, InvalidArgumentError),
    ],
)
def test_wrong_options(wrong, error, tmp_path):
    """They are refused before there is a file."""
    with pytest.raises(error):
        tf.io.TFRecordWriter(str(tmp_path / "a"), tf.io.TFRecordOptions("ZLIB", **wrong))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [{"input_buffer_size": 0}, {"output_buffer_size": -1}])
def test_wrong_sizes(wrong, tmp_path):
    """A buffer has a size."""
    with pytest.raises(InvalidArgumentError, match="must be positive"):
        tf.io.TFRecordWriter(str(tmp_path / "a"), tf.io.TFRecordOptions("ZLIB", **wrong))


def test_other_file_systems():
    """A name may begin with a scheme."""
    with tf.io.TFRecordWriter("memory://records") as writer:
        writer.write(b"abc")
    assert records_of("memory://records") == [b"abc"]
    tf.gfile.Remove("memory://records")
