"""tf.assign and its like take variables of both kinds, and references."""

import pytest

from perdure import tf
from perdure.graph.graph import Graph


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize("use_resource", [False, True], ids=["ref", "resource"])
def test_assignments(use_resource):
    """Each returns the variable after the change."""
    v = tf.Variable(1.0, use_resource=use_resource)
    count = tf.Variable(0, use_resource=use_resource)
    steps = [tf.assign(v, 5.0, name="set"), tf.assign_add(v, 2.0), tf.assign_sub(v, 3.0)]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert [session.run(step) for step in steps] == [5.0, 7.0, 4.0]
        assert session.run(tf.is_variable_initialized(v))
        if not use_resource:
            assert session.run(tf.count_up_to(count, 3)) == 0
    assert steps[0].op.name == "set"


def test_a_node_that_is_a_reference():
    """The output of a bare variable node is assigned to like a variable."""
    ref = tf.raw_ops.VariableV2(shape=[], dtype=tf.float32)
    with tf.Session() as session:
        assert not session.run(tf.is_variable_initialized(ref))
        assert session.run(tf.assign(ref, 2.0)) == 2.0


def test_shapes_are_compared_unless_told_otherwise():
    """A ref variable takes another shape without validation only."""
    v = tf.Variable([1.0])
    with pytest.raises(ValueError, match="(?i)dimension|shape"):
        tf.assign(v, [1.0, 2.0])
    with tf.Session() as session:
        assert session.run(tf.assign(v, [1.0, 2.0], validate_shape=False)).tolist() == [1.0, 2.0]
