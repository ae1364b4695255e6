"""The file system in memory does what the local disk does."""

import pytest

from perdure import tf
from perdure.filesystem.files import FILES
from perdure.graph import errors


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
