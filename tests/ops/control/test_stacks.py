"""Stacks: what ops do with them, and TensorFlow 1.15.5's words where they refuse."""

import pytest

from perdure import tf
from perdure.graph.builder import g


def pushed_and_popped(size, pushes, pops):
    handle = g.stack_v2(size, tf.float32, stack_name="bar")
    made, last = [], []
    for value in pushes:
        with tf.control_dependencies(last):
            last = [g.stack_push_v2(handle, value)]
    for _ in range(pops):
        with tf.control_dependencies(last):
            last = [g.stack_pop_v2(handle, tf.float32)]
        made += last
    return made or last


def test_last_in_first_out():
    """In each step anew."""
    popped = pushed_and_popped(-1, [1.0, 2.0], 2)
    with tf.Session() as session:
        assert [session.run(popped) for _ in range(2)] == [[2.0, 1.0]] * 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((-1, [], 1), r"Stack\[bar_\d+\] is empty when calling Pop\(\)\."),
        ((1, [1.0, 2.0], 0), r"Stack\[bar_\d+\] overflowed its max_size \(1\)"),
    ],
)
def test_refusals(arguments, words):
    """In TensorFlow's words."""
    popped = pushed_and_popped(*arguments)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=words):
        session.run(popped)


def test_another_type():
    """What is popped must be what the graph says."""
    handle = g.stack_v2(-1, tf.float32)
    with tf.control_dependencies([g.stack_push_v2(handle, 1.0)]):
        popped = g.stack_pop_v2(handle, tf.int32)
    with tf.Session() as session, pytest.raises(tf.errors.InternalError, match="Output 0 of type float"):
        session.run(popped)


def test_size_of_a_list():
    """A stack has one size."""
    handle = g.stack_v2(tf.placeholder_with_default([1], None), tf.float32)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="must be a scalar"):
        session.run(g.stack_push_v2(handle, 1.0))


def test_closing():
    """Closing one that is used afterwards is no error, as in TensorFlow."""
    handle = g.stack_v2(-1, tf.float32)
    with tf.control_dependencies([g.stack_close_v2(handle)]):
        pushed = g.stack_push_v2(handle, 1.0)
    with tf.Session() as session:
        assert session.run(pushed) == 1.0


def test_shapes():
    """What is popped may be anything."""
    handle = g.stack_v2(-1, tf.float32)
    assert handle.shape == (2,)
    assert g.stack_push_v2(handle, [1.0]).shape == (1,)
    assert g.stack_pop_v2(handle, tf.float32).shape.ndims is None
