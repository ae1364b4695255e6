"""matching_files and match_filenames_once, as TensorFlow 1.15.5 answered for the same folder."""

import numpy as np
import pytest

from perdure import tf


@pytest.fixture
def folder(tmp_path):
    """A folder with a few files, one of them hidden, and one below it."""
    (tmp_path / "sub").mkdir()
    for name in ("b.txt", "a.txt", ".hidden.txt", "c.dat", "sub/x.txt"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["*.txt"], [".hidden.txt", "a.txt", "b.txt"]),
        (["*"], [".hidden.txt", "a.txt", "b.txt", "c.dat", "sub"]),
        (["[ab].txt"], ["a.txt", "b.txt"]),
        (["?.txt"], ["a.txt", "b.txt"]),
        (["nothing*"], []),
        (["*/x.txt"], ["sub/x.txt"]),
        (["a.txt"], ["a.txt"]),
        (["*.dat", "a*"], ["a.txt", "c.dat"]),
    ],
)
def test_matching_files(folder, patterns, expected):
    """Sorted names of all patterns together."""
    names = tf.matching_files([str(folder / pattern) for pattern in patterns])
    assert names.shape.as_list() == [None]
    with tf.Session() as session:
        found = session.run(names)
    assert found.dtype == object
    assert [name.decode() for name in found] == [str(folder / name) for name in expected]


def test_missing_folder_and_wrong_patterns(folder):
    """The folder before the first special character must be there; patterns are at most a vector."""
    with tf.Session() as session:
        with pytest.raises(tf.errors.NotFoundError, match="no/such; No such file or directory"):
            session.run(tf.matching_files(str(folder / "no" / "such" / "*")))
        assert session.run(tf.matching_files("")).size == 0
    with pytest.raises(ValueError, match="Shape must be at most rank 1 but is rank 2"):
        tf.matching_files([["a"]])


def test_match_filenames_once(folder):
    """A local variable that keeps what was there when it was initialized."""
    files = tf.train.match_filenames_once(str(folder / "*.txt"))
    assert files.op.name == "matching_filenames" and files in tf.local_variables()
    assert files.initial_value.op.name == "matching_filenames/MatchingFiles"
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        (folder / "d.txt").touch()
        assert np.size(session.run(files)) == 3
