"""If and While: what a condition may be, and what they do with variables in a step."""

import numpy as np
import pytest

from perdure import tf
from perdure.ops.control.functional_ops import truth
from perdure.runtime.planning.effects import is_writer
from tests.runtime.functional_nodes import cond, while_loop


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.bool_(True), True),
        (np.int32(0), False),
        (np.float32(0.5), True),
        (b"", False),
        (b"x", True),
        (np.zeros([0]), False),
        (np.zeros([2]), True),
    ],
)
def test_truth(value, expected):
    """Numbers other than zero, strings and tensors that are not empty."""
    assert truth(value) is expected


def test_statefulness_and_writers():
    """The type of the node and its place in the order follow from its branches."""
    with tf.Graph().as_default():
        p, v = tf.placeholder(tf.bool, []), tf.Variable(1.0)
        reads = cond(p, lambda: v + 1.0, lambda: 0.0).op.inputs[0].op
        writes = cond(p, lambda: v.assign(1.0), lambda: v).op.inputs[0].op
        draws = cond(p, lambda: tf.random_uniform([]), lambda: 0.0).op.inputs[0].op
        nested = (
            while_loop(lambda i: i < 1.0, lambda i: i + cond(p, lambda: v.assign(1.0), lambda: v), [0.0])
            .op.inputs[0]
            .op
        )
    assert [op.type for op in (reads, draws)] == ["StatelessIf", "If"]
    assert [is_writer(op) for op in (reads, writes, draws, nested)] == [False, True, False, True]


def test_readers_precede_a_conditional_that_writes():
    """As they precede any other writer."""
    with tf.Graph().as_default(), tf.Session() as session:
        p, v = tf.placeholder(tf.bool, []), tf.Variable(1.0)
        change = cond(p, lambda: v.assign(7.0), lambda: v)
        doubled = v * 2.0
        session.run(v.initializer)
        assert session.run([change, doubled], {p: True})[1] == 2
        assert session.run(doubled) == 14
