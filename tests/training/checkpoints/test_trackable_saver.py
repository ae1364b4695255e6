"""Object graphs that a file may hold, and files that are no checkpoints."""

import pytest

from perdure import tf
from perdure.formats.messages import TrackableObjectGraph
from perdure.tracking.trackable import OBJECT_GRAPH_PROTO_KEY
from perdure.training.checkpoints.restoring import node_names
from perdure.training.checkpoints.trackable_saver import object_metadata


def graph(*nodes):
    """An object graph, with the children and slots of each node."""
    made = TrackableObjectGraph()
    for children, slots in nodes:
        node = made.nodes.add()
        for number in children:
            node.children.add(node_id=number, local_name=f"n{number}")
        for original, slot in slots:
            node.slot_variables.add(
                original_variable_node_id=original, slot_variable_node_id=slot, slot_name="m"
            )
    return made


def write(tmp_path, value):
    """A checkpoint that has this for an object graph."""
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.Variable(value)
        session.run(variable.initializer)
        saver = tf.train.Saver({OBJECT_GRAPH_PROTO_KEY: variable})
        return saver.save(session, str(tmp_path / "model"), write_meta_graph=False)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (b"\xff\xff", "is no TrackableObjectGraph"),
        (1.0, "is no TrackableObjectGraph"),
        (b"", "has no objects"),
        (graph(([1], [])).SerializeToString(), "refers to object 1 of 1"),
        (graph(([-1], [])).SerializeToString(), "refers to object -1 of 1"),
        (graph(([], [(0, 2)])).SerializeToString(), "refers to object 2 of 1"),
        (graph(([], [(5, 0)])).SerializeToString(), "refers to object 5 of 1"),
    ],
)
def test_damaged_graphs_are_refused(tmp_path, value, message):
    """With the name of the file, before any object was touched."""
    path = write(tmp_path, value)
    with tf.Graph().as_default():
        for read in (tf.train.Checkpoint().restore, object_metadata):
            with pytest.raises(tf.errors.DataLossError, match=f"model: .* {message}"):
                read(path)


def test_objects_that_no_way_leads_to(tmp_path):
    """Are said by their numbers."""
    described = graph(([0], []), ([], [(2, 3)]), ([], []), ([], []))
    assert node_names(described) == {
        0: "(root)",
        1: "object 1",
        2: "object 2",
        3: "object 1's state 'm' for object 2",
    }
    path = write(tmp_path, described.SerializeToString())
    with tf.Graph().as_default():
        status = tf.train.Checkpoint(n0=tf.contrib.checkpoint.Checkpointable()).restore(path).expect_partial()
        with pytest.raises(AssertionError, match="object 1|not bound"):
            status.assert_consumed()


def test_what_is_no_checkpoint(tmp_path):
    (tmp_path / "model.index").write_bytes(b"nothing")
    with tf.Graph().as_default():
        with pytest.raises(tf.errors.DataLossError):
            tf.train.Checkpoint().restore(str(tmp_path / "model"))
        with pytest.raises(tf.errors.NotFoundError):
            tf.train.Checkpoint().restore(str(tmp_path / "other"))


def test_a_save_that_fails_leaves_the_last_checkpoint(tmp_path):
    """The state file names it, and it is restored."""
    with tf.Graph().as_default(), tf.Session() as session:
        root = tf.train.Checkpoint(v=tf.Variable(1.0))
        session.run(root.v.initializer)
        manager = tf.train.CheckpointManager(root, str(tmp_path), max_to_keep=1)
        first = manager.save()
        root.unsaved = tf.Variable(2.0)  # has no value
        with pytest.raises(tf.errors.FailedPreconditionError):
            manager.save()
        with pytest.raises(tf.errors.FailedPreconditionError):
            root.save(str(tmp_path / "ckpt"))
        assert manager.checkpoints == [first] and manager.latest_checkpoint == first
        assert tf.train.latest_checkpoint(str(tmp_path)) == first
        session.run(root.v.assign(5.0))
        root.restore(first).run_restore_ops()
        assert session.run(root.v) == 1.0
