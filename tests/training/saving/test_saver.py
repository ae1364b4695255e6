"""What of Savers is not compared with TensorFlow."""

import pytest

from perdure import tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_removing_spares_names_that_look_like_patterns(tmp_path):
    """A checkpoint whose name has a `*` is removed without those that would match it."""
    for name in "a*.index", "ab.index", "a*.data-00000-of-00001", "ab.data-00000-of-00001", "a*.meta":
        (tmp_path / name).touch()
    tf.train.remove_checkpoint(str(tmp_path / "a*"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ab.data-00000-of-00001", "ab.index"]


def test_names_that_look_like_patterns_are_found(tmp_path):
    """A checkpoint in a folder with brackets in its name is there, where TensorFlow looks for a pattern."""
    folder = tmp_path / "run[1]"
    folder.mkdir()
    (folder / "model.index").touch()
    assert tf.train.checkpoint_exists(str(folder / "model"))
    tf.train.update_checkpoint_state(str(folder), str(folder / "model"))
    assert tf.train.latest_checkpoint(str(folder)) == str(folder / "model")
    assert len(tf.train.get_checkpoint_mtimes([str(folder / "model")])) == 1


@pytest.mark.parametrize("version", [0, 3])
def test_other_formats_are_refused(version):
    """A format that there is not is an error when the nodes are made."""
    with pytest.raises(RuntimeError, match=f"Unexpected write_version: {version}"):
        tf.train.Saver([tf.Variable(1.0)], write_version=version)
