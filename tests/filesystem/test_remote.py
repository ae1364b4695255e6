"""File systems that fsspec knows: its own one in memory, under another name."""

import sys

import fsspec
import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from perdure import tf
from perdure.filesystem import remote
from perdure.filesystem.files import FILES
from perdure.filesystem.tf_record import read_record_file
from perdure.formats.events.files import parsed
from perdure.graph import errors


class Elsewhere(MemoryFileSystem):
    """Names begin with elsewhere://."""

    protocol = "elsewhere"
    store = {}
    pseudo_dirs = [""]

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(path.removeprefix("elsewhere://"))


@pytest.fixture(autouse=True)
def scheme():
    """There is such a file system, and it is empty."""
    fsspec.register_implementation("elsewhere", Elsewhere, clobber=True)
    Elsewhere.store.clear()
    Elsewhere.pseudo_dirs[:] = [""]
    remote.remote_disk.cache_clear()
    yield
    remote.remote_disk.cache_clear()


def test_files_and_folders():
    """All of tf.gfile."""
    gfile, base = tf.gfile, "elsewhere://bucket"
    gfile.MakeDirs(f"{base}/a/b")
    assert gfile.IsDirectory(f"{base}/a/b") and not gfile.Exists(f"{base}/c")
    with gfile.GFile(f"{base}/a/x.txt", "w") as file:
        file.write("one\ntwo")
    with gfile.GFile(f"{base}/a/x.txt", "a") as file:
        file.write("\nthree")
    with gfile.GFile(f"{base}/a/x.txt") as file:
        assert file.readline() == "one\n" and file.size() == 13
        file.seek(4)
        assert file.read(3) == "two" and file.tell() == 7 and file.readlines() == ["\n", "three"]
    found = gfile.Stat(f"{base}/a/x.txt")
    assert found.length == 13 and not found.is_directory and found.mtime_nsec > 10**18
    assert gfile.ListDirectory(f"{base}/a") == ["b", "x.txt"]
    assert gfile.Glob(f"{base}/*/x*") == [f"{base}/a/x.txt"]
    assert list(gfile.Walk(base)) == [
        (base, ["a"], []),
        (f"{base}/a", ["b"], ["x.txt"]),
        (f"{base}/a/b", [], []),
    ]
    gfile.Copy(f"{base}/a/x.txt", f"{base}/y")
    gfile.Rename(f"{base}/y", f"{base}/z")
    with pytest.raises(errors.AlreadyExistsError):
        gfile.Rename(f"{base}/z", f"{base}/a/x.txt")
    gfile.Rename(f"{base}/z", f"{base}/a/x.txt", overwrite=True)
    gfile.Rename(f"{base}/a", f"{base}/d")
    assert gfile.ListDirectory(base) == ["d"] and gfile.ListDirectory(f"{base}/d") == ["b", "x.txt"]
    gfile.Remove(f"{base}/d/x.txt")
    gfile.DeleteRecursively(base)
    assert not gfile.Exists(base)


def test_errors():
    """They are those of the local disk."""
    gfile, base = tf.gfile, "elsewhere://bucket"
    FILES.make_directories(f"{base}/folder")
    FILES.write(f"{base}/file", b"abc")
    with pytest.raises(errors.NotFoundError, match="elsewhere://bucket/no; No such file or directory"):
        gfile.GFile(f"{base}/no").read()
    with pytest.raises(errors.NotFoundError):
        gfile.Remove(f"{base}/no")
    with pytest.raises(errors.FailedPreconditionError, match="Is a directory"):
        gfile.Remove(f"{base}/folder")
    with pytest.raises(errors.FailedPreconditionError, match="Is a directory"):
        FILES.open(f"{base}/folder", "wb")
    with pytest.raises(errors.AlreadyExistsError, match="File exists"):
        FILES.open(f"{base}/file", "xb")
    with pytest.raises(errors.FailedPreconditionError):
        gfile.Rename(f"{base}/file", f"{base}/folder", overwrite=True)
    with pytest.raises(errors.UnimplementedError, match="two file systems"):
        gfile.Rename(f"{base}/file", "memory://file")
    gfile.MkDir(f"{base}/folder")


def test_writing_whole_files():
    """The old file stays when the writer fails, and nothing else is left."""
    name = "elsewhere://bucket/kept"
    FILES.write_atomically(name, b"old")

    def fail(file):
        file.write(b"half")
        raise KeyError("no more")

    with pytest.raises(KeyError):
        FILES.write_atomically(name, fail)
    assert FILES.read(name) == b"old" and FILES.list_directory("elsewhere://bucket") == ["kept"]
    FILES.write_atomically(name, b"new")
    assert FILES.read(name) == b"new" and FILES.list_directory("elsewhere://bucket") == ["kept"]


def test_records_and_events():
    """They are written and read like others."""
    with tf.io.TFRecordWriter("elsewhere://bucket/records", "GZIP") as writer:
        writer.write(b"abc")
    assert list(read_record_file("elsewhere://bucket/records", "GZIP")) == [b"abc"]
    for _ in range(2):
        with tf.summary.FileWriter("elsewhere://bucket/logs/run") as writer:
            writer.add_summary(tf.Summary(), 3)
    names = FILES.glob("elsewhere://bucket/logs/run/events.out.tfevents.*")
    assert len(names) == 2
    for name in names:
        assert [event.step for event in parsed(read_record_file(name))] == [0, 3]


def test_operations_read_and_write():
    """Through the policy of their session."""
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.write_file("elsewhere://bucket/a/b", "text"))
        assert session.run(tf.read_file("elsewhere://bucket/a/b")) == b"text"
        found = session.run(tf.matching_files("elsewhere://bucket/a/*"))
        np.testing.assert_array_equal(found, [b"elsewhere://bucket/a/b"])


def test_what_is_not_there(monkeypatch):
    """The error says what to install."""
    with pytest.raises(
        errors.UnimplementedError, match=r"scheme 'nowhere' not implemented \(file: 'nowhere://x'\)$"
    ):
        tf.gfile.Exists("nowhere://x")
    fsspec.register_implementation("lacking", "no_such_package.Files", errtxt="install no_such_package")
    with pytest.raises(errors.UnimplementedError, match="fsspec knows it, but says.*install no_such_package"):
        tf.gfile.Exists("lacking://x")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    remote.remote_disk.cache_clear()
    with pytest.raises(errors.UnimplementedError, match=r'pip install "perdure\[remote\]"'):
        tf.gfile.Exists("elsewhere://x")


def test_errors_without_a_number():
    """Other file systems raise such; the class says what is meant."""
    from perdure.filesystem.errors import error_of

    assert isinstance(error_of("a", FileNotFoundError("a")), errors.NotFoundError)
    assert isinstance(error_of("a", PermissionError("a")), errors.PermissionDeniedError)
    unavailable = error_of("a", ConnectionResetError("the wire is cut"))
    assert isinstance(unavailable, errors.UnavailableError) and "the wire is cut" in unavailable.message
