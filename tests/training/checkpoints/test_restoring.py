"""What a restoration keeps alive, and says when it is over."""

import gc
import logging
import weakref

import pytest

from perdure import tf
from perdure.training.checkpoints.restoring import node_names
from perdure.training.checkpoints.trackable_saver import object_metadata


@pytest.fixture
def path(tmp_path):
    """A checkpoint of a variable with a slot, and of another one."""
    with tf.Graph().as_default(), tf.Session() as session:
        root = tf.train.Checkpoint(v=tf.Variable(1.0), w=tf.Variable(2.0))
        root.optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
        root.optimizer.minimize(root.v**2)
        session.run(tf.global_variables_initializer())
        return root.save(str(tmp_path / "model"), session=session)


@pytest.fixture
def warnings(caplog):
    """What is logged."""
    logger = tf.get_logger()
    logger.addHandler(caplog.handler)
    with caplog.at_level(logging.WARNING, logger=logger.name):
        yield lambda: [record.getMessage() for record in caplog.records]
    logger.removeHandler(caplog.handler)


def test_what_was_not_used_is_said_when_the_checkpoint_is_gone(path, warnings):
    with tf.Graph().as_default():
        root = tf.train.Checkpoint(v=tf.Variable(3.0))
        status = root.restore(path)
        del status
        assert warnings() == []
        del root
        gc.collect()
    said = warnings()
    assert "Unresolved object in checkpoint: (root).w" in said
    assert "Unresolved object in checkpoint: (root).optimizer" in said
    assert any("expect_partial()" in line for line in said)


def test_nothing_is_said_where_that_was_expected(path, warnings):
    with tf.Graph().as_default():
        root = tf.train.Checkpoint(v=tf.Variable(3.0))
        root.restore(path).expect_partial()
        del root
        gc.collect()
    assert warnings() == []


def test_attributes_that_are_gone_are_said(path, warnings):
    with tf.Graph().as_default():
        root = tf.train.Checkpoint(w=tf.contrib.checkpoint.Checkpointable())
        root.restore(path)
        del root
        gc.collect()
    assert "Unused attribute in object (root).w: ['VARIABLE_VALUE']" in warnings()


def test_a_checkpoint_is_gone_with_its_last_reference(path):
    """Neither what waits for its objects nor what saves it keeps it; nothing is left to the collector."""
    with tf.Graph().as_default(), tf.Session() as session:
        root = tf.train.Checkpoint(v=tf.Variable(3.0))
        root.restore(path).expect_partial().initialize_or_restore(session)
        root.save(path + "-again", session=session)
        gone = weakref.ref(root)
        gc.collect()  # errors about files that are not there yet keep the frames they went through
        gc.disable()
        try:
            del root
            assert gone() is None
        finally:
            gc.enable()


def test_ways_to_objects(path):
    names = node_names(object_metadata(path))
    assert sorted(names.values()) == [
        "(root)",
        "(root).optimizer",
        "(root).optimizer's state 'momentum' for (root).v",
        "(root).save_counter",
        "(root).v",
        "(root).w",
    ]


def test_a_value_is_restored_from_another_way_than_it_was_saved_by(tmp_path):
    """What is saved under a new name is found under the old one, too."""
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.Variable(1.0)
        root = tf.train.Checkpoint(a=variable)
        session.run(variable.initializer)
        path = root.save(str(tmp_path / "model"), session=session)
        other = tf.train.Checkpoint(b=tf.train.Checkpoint(a=variable))
        session.run(variable.assign(2.0))
        other.write(str(tmp_path / "other"), session=session)
        other.a = variable
        del other.b
        other.restore(path).expect_partial().run_restore_ops(session)
        assert session.run(variable) == 1.0


def test_a_session_is_needed(path):
    with tf.Graph().as_default():
        root = tf.train.Checkpoint(v=tf.Variable(3.0))
        for fails in (
            lambda: root.save(path),
            lambda: root.write(path),
            root.restore(path).expect_partial().run_restore_ops,
            tf.train.CheckpointManager(root, path, 1).save,
        ):
            with pytest.raises(ValueError, match="session"):
                fails()
