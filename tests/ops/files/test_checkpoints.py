"""Operations on checkpoints, as a `Saver` uses them."""

import subprocess
import sys

import numpy as np
import pytest

from perdure import tf
from perdure.functional.builder import g
from perdure.graph.errors import InvalidArgumentError, NotFoundError


@pytest.fixture
def session():
    """A session on a graph of its own."""
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_saving_and_restoring(session, tmp_path):
    prefix = str(tmp_path / "c")
    session.run(g.save_v2(prefix, ["a", "w"], ["", "4 2 1,2:-"], [tf.constant(3), tf.ones([2, 2])]))
    a, w = g.restore_v2(prefix, ["a", "w"], ["", "4 2 2,1:-"], [tf.int32, tf.float32])
    assert a.shape.dims is None and w.shape.as_list() == [1, 2]
    found = session.run([a, w])
    assert found[0] == 3 and found[1].tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("names", "specs", "types", "error", "message"),
    [
        (["zz", "b"], ["", ""], [tf.int32, tf.int32], NotFoundError, "Key b not found in checkpoint"),
        (
            ["a"],
            [""],
            [tf.int32],
            InvalidArgumentError,
            "tensor_name = a; expected dtype int32 does not equal original dtype float",
        ),
        (
            ["a"],
            ["3 0,1"],
            [tf.float32],
            InvalidArgumentError,
            r"in shape_and_slice spec \[3\] does not match the shape stored in checkpoint: \[2\]",
        ),
    ],
)
def test_what_cannot_be_restored(session, tmp_path, names, specs, types, error, message):
    prefix = str(tmp_path / "c")
    session.run(g.save_v2(prefix, ["a"], [""], [tf.ones([2])]))
    with pytest.raises(error, match=message):
        session.run(g.restore_v2(prefix, names, specs, types))


def test_missing_checkpoints(session, tmp_path):
    prefix = str(tmp_path / "none")
    message = "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for .*none"
    with pytest.raises(tf.errors.NotFoundError, match=message):
        session.run(g.restore_v2(prefix, ["a"], [""], [tf.float32]))


def test_merging(session, tmp_path):
    for shard in range(2):
        name = str(tmp_path / "temp" / f"part-{shard}")
        session.run(g.save_v2(name, [f"v{shard}"], [""], [tf.fill([3], float(shard))]))
    parts = [str(tmp_path / "temp" / f"part-{shard}") for shard in range(2)]
    session.run(g.merge_v2_checkpoints(parts, str(tmp_path / "c"), delete_old_dirs=True))
    assert not (tmp_path / "temp").exists()
    reader = tf.train.NewCheckpointReader(str(tmp_path / "c"))
    assert reader.get_variable_to_shape_map() == {"v0": [3], "v1": [3]}
    np.testing.assert_array_equal(reader.get_tensor("v1"), np.ones(3))


def test_names_of_shards(session):
    names = [g.sharded_filename("d/c", 3, 10), g.sharded_filespec("d/c", 10)]
    assert session.run(names) == [b"d/c-00003-of-00010", b"d/c-?????-of-00010"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a", "b"], ["", ""]), "Dimension must be 1 but is 2"),
        ((["a"], ["", ""]), "Dimension must be 1 but is 2"),
        (([["a"]], [""]), "must be rank 1"),
    ],
)
def test_what_cannot_be_built(session, arguments, message):
    with pytest.raises(ValueError, match=message):
        g.save_v2("c", *arguments, [tf.ones([2])])


def test_the_policy_is_kept(tmp_path):
    """A session that may write one folder saves there and nowhere else."""
    import perdure

    with tf.Graph().as_default(), perdure.policy(reads=[tmp_path / "in"], writes=[tmp_path / "in"]):
        (tmp_path / "in").mkdir()
        with tf.Session() as session:
            session.run(g.save_v2(str(tmp_path / "in" / "c"), ["a"], [""], [tf.ones([2])]))
            session.run(g.save_v2(str(tmp_path / "in" / "c"), ["a"], [""], [tf.ones([2])]))
            with pytest.raises(tf.errors.PermissionDeniedError):
                session.run(g.save_v2(str(tmp_path / "c"), ["a"], [""], [tf.ones([2])]))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_programs_without_checkpoints_import_nothing_for_them():
    """All families are imported by every program; protocol buffers take longer than a small one."""
    program = (
        "import sys; from perdure import tf\n"
        "with tf.Session() as session: session.run(tf.ones([2]) + 1.0)\n"
        "print([name for name in sys.modules if name.startswith(('google', 'perdure.formats.bundle'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
