"""Files beyond what tf.gfile shows; that is compared with TensorFlow by tests/oracle/client/files.py."""

import gc
import os

import pytest

from perdure import tf
from perdure.filesystem.files import FILES, SCHEMES
from perdure.filesystem.functions import atomic_write_string_to_file
from perdure.graph import errors


def test_an_atomic_write_is_seen_whole_or_not_at_all(tmp_path):
    """The old file stays when the writer fails, and nothing else is left."""
    name = str(tmp_path / "kept")
    FILES.write_atomically(name, b"old")

    def fail(file):
        file.write(b"half")
        assert FILES.read(name) == b"old"
        raise KeyError("no more")

    with pytest.raises(KeyError):
        FILES.write_atomically(name, fail)
    assert os.listdir(tmp_path) == ["kept"] and FILES.read(name) == b"old"
    FILES.write_atomically(name, lambda file: file.write(b"new"))
    assert os.listdir(tmp_path) == ["kept"] and FILES.read(name) == b"new"
    with pytest.raises(errors.NotFoundError, match="No such file or directory"):
        atomic_write_string_to_file(str(tmp_path / "no" / "x"), "x")


def test_files_that_are_dropped_are_closed(tmp_path):
    """`tf.gfile.GFile(name).read()` leaves nothing open, and what was written is there."""
    name = str(tmp_path / "a")
    tf.gfile.GFile(name, "w").write("abc")
    gc.collect()
    assert tf.gfile.GFile(name).read() == "abc"
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(20):
        tf.gfile.GFile(name).read(1)
    gc.collect()
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after == before


def test_walking_past_what_cannot_be_listed(tmp_path):
    """`onerror` is told, where TensorFlow fails with an error of Python's."""
    seen = []
    assert list(tf.io.gfile.walk(str(tmp_path / "no"), onerror=seen.append)) == []
    assert [type(error) for error in seen] == [errors.NotFoundError]


def test_names_that_are_none():
    """A zero byte is refused in words, with a policy or without."""
    with pytest.raises(errors.InvalidArgumentError, match="null byte"):
        FILES.read("a\0b")
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
        FILES.exists(3)


def test_a_scheme_is_an_entry_of_a_table(monkeypatch, tmp_path):
    """What has the methods of the local disk is a file system."""
    with pytest.raises(errors.UnimplementedError, match="File system scheme 'mine' not implemented"):
        FILES.exists("mine://a")
    monkeypatch.setitem(SCHEMES, "mine", SCHEMES[""])
    (tmp_path / "a").write_text("x")
    assert FILES.read(f"mine://{tmp_path}/a") == b"x"
