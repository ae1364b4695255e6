"""What is made from a ref variable behind a change of it sees the new value."""

import pytest

from perdure import tf
from perdure.graph.graph import Graph
from perdure.runtime.options import options


@pytest.fixture(params=["interpret", "compile"])
def tier(request):
    with options(tier=request.param), Graph().as_default():
        yield request.param


def run(*fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [[float(v) for v in session.run(fetches)] for _ in range(2)]


def test_behind_an_assignment(tier):
    """A product under control dependencies on an assignment uses the assigned value."""
    v = tf.Variable(1.0)
    before = v * 10.0
    change = v.assign_add(1.0)
    with tf.control_dependencies([change]):
        after = v * 10.0
    assert run(before, after) == [[10.0, 20.0], [20.0, 30.0]]


def test_twice(tier):
    """Each of two changes is seen by what follows it."""
    v = tf.Variable(1.0)
    with tf.control_dependencies([v.assign_add(1.0)]):
        first = v * 10.0
    with tf.control_dependencies([v.assign(first)]):
        second = v + 0.5
    assert run(first, second) == [[20.0, 20.5], [210.0, 210.5]]


def test_host_consumer_before_the_change(tier):
    """A host operation made from the variable without control inputs sees the old value."""
    v = tf.Variable(1.0)
    large = tf.size(tf.where(tf.stack([v, v]) > 1.5))  # Where runs on the host
    with tf.control_dependencies([v.assign_add(1.0)]):
        after = v * 10.0
    assert run(after, large) == [[20.0, 0.0], [30.0, 2.0]]


@pytest.mark.parametrize(
    ("shared", "expected"),
    [
        (tf.identity, 5.0),
        (tf.stop_gradient, 5.0),
        (lambda v: tf.raw_ops.PreventGradient(input=v, message=""), 5.0),
        (lambda v: tf.raw_ops.IdentityN(input=[v])[0], 5.0),
        (lambda v: tf.raw_ops.Snapshot(input=v), 1.0),  # which copies
    ],
    ids=["Identity", "StopGradient", "PreventGradient", "IdentityN", "Snapshot"],
)
def test_fetched_with_a_change(tier, shared, expected):
    """TensorFlow hands out the memory of the variable, by way of all identities that share it."""
    v = tf.Variable(1.0)
    seen, change = shared(v), v.assign(5.0)
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run([seen, change]) == [expected, 5.0]
