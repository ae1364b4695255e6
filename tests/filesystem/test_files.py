"""Files beyond what tf.gfile shows; that is compared with TensorFlow by tests/oracle/client/files.py."""

import errno
import gc
import os

import pytest

from perdure import tf
from perdure.filesystem.errors import error_of
from perdure.filesystem.files import FILES, SCHEMES
from perdure.filesystem.functions import atomic_write_string_to_file
from perdure.filesystem.patterns import compiled
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


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EACCES, errors.PermissionDeniedError),
        (errno.ENOSPC, errors.ResourceExhaustedError),
        (errno.EBUSY, errors.FailedPreconditionError),
        (errno.ENOSYS, errors.UnimplementedError),
        (errno.EIO, errors.UnknownError),
    ],
)
def test_errors_of_the_system(number, kind):
    """Each number has TensorFlow's class, with the file and the system's words."""
    error = error_of("a", OSError(number, "x"))
    assert type(error) is kind and error.message == f"a; {os.strerror(number)}"


def test_names_that_are_none():
    """A zero byte is refused in words, with a policy or without."""
    with pytest.raises(errors.InvalidArgumentError, match="null byte"):
        FILES.read("a\0b")
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
        FILES.exists(3)


def test_patterns_that_are_unfinished_or_odd():
    """As fnmatch(3): an open bracket is a letter, the first bracket in a set belongs to it."""
    assert compiled("[ab").fullmatch("[ab") and compiled("a[]-]b").fullmatch("a]b")
    assert not compiled("a[!b]c").fullmatch("a/c") and compiled("a\\").fullmatch("a\\")
    assert compiled("[&~|]").fullmatch("&") and compiled("*").fullmatch("two\nlines")


# -- memory:// --------------------------------------------------------------------------------------------


@pytest.fixture
def memory():
    """A folder in memory, gone afterwards."""
    FILES.make_directories("memory://top")
    yield "memory://top"
    FILES.remove_tree("memory://top")
    assert FILES.list_directory("memory://") == []


def test_a_life_in_memory(memory):
    """What the local disk does: folders, files, appending, renaming, walking, patterns."""
    g = tf.gfile
    g.MakeDirs(f"{memory}/a/b")
    for name, mode, text in (("one", "w", "1\n"), ("one", "a", "2"), ("a/two", "w", "x")):
        with g.GFile(f"{memory}/{name}", mode) as file:
            file.write(text)
    assert g.GFile(f"{memory}/one").readlines() == ["1\n", "2"]
    assert g.Stat(f"{memory}/one").length == 3 and g.IsDirectory(f"{memory}/a")
    assert list(g.Walk(memory)) == [
        (memory, ["a"], ["one"]), (f"{memory}/a", ["b"], ["two"]), (f"{memory}/a/b", [], []),
    ]  # fmt: skip
    assert g.Glob(f"{memory}/*/t?o") == [f"{memory}/a/two"] and "memory://top" in g.Glob("memory://*")
    g.Rename(f"{memory}/a", f"{memory}/c")
    assert g.Exists(f"{memory}/c/two") and not g.Exists(f"{memory}/a/two")
    g.Copy(f"{memory}/c/two", f"{memory}/copy")
    FILES.write_atomically(f"{memory}/copy", b"whole")
    assert FILES.read(f"{memory}/copy") == b"whole"
    g.Remove(f"{memory}/copy")
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.write_file(f"{memory}/n/w", "op"))
        assert session.run(tf.read_file(f"{memory}/n/w")) == b"op"


def test_what_memory_refuses(memory):
    """The errors are those of the disk."""
    FILES.write(f"{memory}/file", b"")
    for call, kind in (
        (lambda: FILES.read(f"{memory}/no"), errors.NotFoundError),
        (lambda: FILES.read(memory), errors.FailedPreconditionError),
        (lambda: FILES.write(memory, b""), errors.FailedPreconditionError),
        (lambda: FILES.write(f"{memory}/no/x", b""), errors.NotFoundError),
        (lambda: FILES.write(f"{memory}/file/x", b""), errors.FailedPreconditionError),
        (lambda: FILES.remove(memory), errors.FailedPreconditionError),
        (lambda: FILES.remove_tree(f"{memory}/file"), errors.FailedPreconditionError),
        (lambda: FILES.rename(f"{memory}/no", f"{memory}/x"), errors.NotFoundError),
        (lambda: FILES.rename(f"{memory}/file", "/nowhere/x"), errors.UnimplementedError),
        (lambda: FILES.list_directory(f"{memory}/file"), errors.NotFoundError),
    ):
        with pytest.raises(kind):
            call()


def test_a_scheme_is_an_entry_of_a_table(monkeypatch, tmp_path):
    """What has the methods of the local disk is a file system."""
    with pytest.raises(errors.UnimplementedError, match="File system scheme 'mine' not implemented"):
        FILES.exists("mine://a")
    monkeypatch.setitem(SCHEMES, "mine", SCHEMES[""])
    (tmp_path / "a").write_text("x")
    assert FILES.read(f"mine://{tmp_path}/a") == b"x"
