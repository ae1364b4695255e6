"""Dead values and frames, as TensorFlow's executor has them."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.resources.resources import Resources
from perdure.runtime.execution.dataflow import Dataflow
from perdure.runtime.execution.function import PlannedFunction
from perdure.runtime.execution.interpret import Failure
from perdure.runtime.execution.step import Step
from perdure.runtime.planning.prune import needed_operations
from tests.runtime.control_nodes import beside, conditional, loop


def run(fetches, feeds=None, targets=()):
    feeds = feeds or {}
    resources = Resources()
    needed = needed_operations(targets, fetches, set(feeds))
    dataflow = Dataflow(needed, list(feeds), fetches, resources, PlannedFunction)
    return dataflow.run(Step(resources), [np.asarray(value) for value in feeds.values()])


def counted(count, parallel_iterations=10):
    return loop(
        lambda i, total, n: g.less(i, n),
        lambda i, total, n: [i + beside(i, 1), total + i],
        [beside(count, 0), beside(count, 0)],
        [count],
        parallel_iterations=parallel_iterations,
    )


@pytest.mark.parametrize("condition", [True, False])
def test_one_branch(condition):
    """Merge hands on what lives, and says which input it is."""
    asked = tf.placeholder(tf.bool)
    merged = conditional(asked, lambda x: x * beside(x, 2.0), lambda x: x + beside(x, 1.0), tf.constant(5.0))
    assert run(list(merged), {asked: condition}) == ([10.0, 1] if condition else [6.0, 0])


def test_dead_fetch():
    """TensorFlow's words."""
    dead = g.switch(1.0, True).output_false + 1.0
    with pytest.raises(Failure, match=r"Retval\[1\] does not have value"):
        run([tf.constant(1.0), dead])


def test_dead_target():
    """Nothing happens, and it is no error."""
    dead = g.switch(1.0, True).output_false
    assert run([], targets=[tf.Print(dead, [dead], "is never printed").op]) == []


@pytest.mark.parametrize("parallel_iterations", [1, 2, 10])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_loop(count, parallel_iterations):
    """As many iterations as the condition says, whatever number runs at a time."""
    asked = tf.placeholder(tf.int32)
    expected = [count, sum(range(count))]
    assert run(counted(asked, parallel_iterations), {asked: np.int32(count)}) == expected


@pytest.mark.parametrize("condition", [True, False])
def test_loop_in_a_branch(condition):
    """Its Exits are dead when it is not entered."""
    asked = tf.placeholder(tf.bool)
    merged = conditional(asked, lambda n: counted(n)[1], lambda n: n, tf.constant(4))
    assert run([merged.output], {asked: condition}) == [6 if condition else 4]


def test_loop_in_a_loop():
    """Each iteration begins its own."""
    (i, total) = loop(
        lambda i, total: g.less(i, beside(i, 4)),
        lambda i, total: [i + beside(i, 1), total + counted(i)[1]],
        [tf.constant(0), tf.constant(0)],
        name="outer",
    )
    assert run([i, total]) == [4, 4]


def test_control_trigger():
    """It lives whatever it waits for."""
    dead = g.switch(1.0, True).output_false
    with tf.control_dependencies([dead.op, g.identity(dead).op]):
        trigger = g.control_trigger()
    with tf.control_dependencies([trigger]):
        alive = tf.constant(1.0)
    assert run([alive]) == [1.0]


@pytest.mark.parametrize("what", ["fed", "fetched"])
def test_values_of_iterations(what):
    """Nobody can say which iteration is meant."""
    entered = g.enter(1.0, "frame")
    inside = g.exp(entered)
    left = g.exit(g.add_v2(inside, entered))
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"cannot be {what}"):
        run([inside] if what == "fetched" else [left], {inside: 2.0} if what == "fed" else None)


def test_inputs_of_different_frames():
    """TensorFlow's words."""
    entered = g.enter(1.0, "frame")
    outside = tf.placeholder(tf.float32, name="outside")
    with pytest.raises(tf.errors.InvalidArgumentError, match="has inputs from different frames. The input"):
        run([g.exit(g.add_v2(entered, outside))])


def test_in_a_session():
    """A failing kernel of a loop names its node, and no variable has changed."""
    variable = tf.Variable(1.0)
    asked = tf.placeholder(tf.float32)

    def body(i, x):
        with tf.control_dependencies([g.assert_(g.less(x, beside(x, 3.0)), [x], name="check")]):
            return [g.identity(i + beside(i, 1)), g.identity(x + beside(x, 1.0))]

    with tf.control_dependencies([variable.assign(2.0)]):
        left = loop(lambda i, x: g.less(i, beside(i, 3)), body, [tf.constant(0), tf.identity(asked)])
    with tf.Session() as session:
        session.run(variable.initializer)
        assert session.run(left, {asked: 0.0}) == [3, 3.0]
        assert session.run(variable) == 2.0
        session.run(variable.initializer)
        with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed") as failure:
            session.run(left, {asked: 1.0})
        assert failure.value.op.name == "check"
        assert session.run(variable) == 1.0
