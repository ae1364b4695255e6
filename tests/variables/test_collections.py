"""Initializing variables and asking whether they are initialized."""

import pytest

from perdure import tf
from perdure.graph import errors


def test_initializers():
    """All global variables, some, local ones; nothing to do is no error."""
    a, b = tf.Variable(1.0), tf.Variable(2.0, use_resource=True)
    local = tf.Variable(3.0, collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
    with tf.Session() as session:
        session.run(tf.variables_initializer([a]))
        assert session.run(tf.report_uninitialized_variables()).tolist() == [b"Variable_1", b"Variable_2"]
        assert session.run([tf.is_variable_initialized(a), tf.is_variable_initialized(b)]) == [True, False]
        with pytest.raises(errors.FailedPreconditionError):
            session.run(tf.assert_variables_initialized())
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        assert session.run(tf.report_uninitialized_variables()).tolist() == []
        assert session.run(tf.assert_variables_initialized()).tolist() == [0, 0, 0]
        assert session.run([a, b, local]) == [1.0, 2.0, 3.0]
        session.run(tf.variables_initializer([]))


def test_older_names():
    """Those of before 0.12."""
    v = tf.Variable(1.0)
    assert tf.all_variables() == [v]
    with tf.Session() as session:
        session.run(tf.initialize_all_variables())
        session.run(tf.initialize_local_variables())
        session.run(tf.initialize_variables([v]))
        assert session.run(v) == 1.0


def test_without_variables():
    """A report of nothing, an assertion of nothing; bare nodes count as variables."""
    assert tf.assert_variables_initialized() is None
    with tf.Session() as session:
        assert session.run(tf.report_uninitialized_variables()).tolist() == []
    tf.raw_ops.VariableV2(shape=[], dtype=tf.float32, name="bare")
    with tf.Session() as session:
        assert session.run(tf.report_uninitialized_variables()).tolist() == [b"bare"]


def test_collections():
    """Each function returns its collection."""
    v = tf.Variable(1.0, collections=[tf.GraphKeys.MODEL_VARIABLES], trainable=False)
    tf.add_to_collection(tf.GraphKeys.MOVING_AVERAGE_VARIABLES, v)
    assert tf.model_variables() == tf.moving_average_variables() == [v]
    assert tf.global_variables() == tf.local_variables() == []
    assert tf.model_variables("other") == []
