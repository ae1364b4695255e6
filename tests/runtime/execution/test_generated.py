"""Bodies as functions of Python's: the same values and errors as interpreted ones."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.runtime.execution import function
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.options import options
from perdure.runtime.planning import cost
from tests.runtime.control_nodes import beside, loop


@pytest.fixture(autouse=True)
def interpreted():
    with tf.Graph().as_default(), options(tier="interpret"):
        yield


def test_a_long_loop():
    """Kernels of one and of several results, constants, handles and variables."""
    variable = tf.get_variable("v", initializer=0, use_resource=True)
    handle, flow = g.tensor_array_v3(50, tf.int32)

    def body(i, flow, handle, resource):
        with tf.control_dependencies([i.op]):
            pair = g.split(beside(i, 0), g.expand_dims(i, beside(i, 0)), num_split=1)[0]
            added = g.assign_add_variable_op(resource, g.reshape(pair, g.shape(i)))
        with tf.control_dependencies([added]):
            following = g.identity(i + beside(i, 1))
        return [following, g.tensor_array_write_v3(handle, i, g.neg(i), flow)]

    left = loop(
        lambda i, flow, *_: g.less(i, beside(i, 50)),
        body,
        [tf.constant(0), flow],
        [handle, variable.handle],
    )
    packed = g.tensor_array_gather_v3(handle, tf.range(50), left[1], tf.int32)
    with tf.Session() as session:
        session.run(variable.initializer)
        assert session.run(packed).tolist() == [-i for i in range(50)]
        assert session.run(variable) == sum(range(50))


@pytest.mark.parametrize("fails_at", [2, 30])
def test_errors(fails_at):
    """They name the node, in the words of its kernel, however often the body has run before."""
    names = []

    def body(i, x):
        with tf.control_dependencies([i.op]):
            checked = g.div(x, g.sub(i, beside(i, fails_at)))
        names.append(checked.op.name)
        return [i + beside(i, 1), checked]

    left = loop(lambda i, x: g.less(i, beside(i, 50)), body, [tf.constant(0), tf.constant(7)])
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="zero") as failure:
        session.run(left)
    assert failure.value.op.name == names[0]


@pytest.mark.parametrize("tier", ["interpret", "auto", "compile"])
def test_a_loop_with_parts_that_may_be_compiled(tier, monkeypatch):
    """It runs as one function until a part of it pays, which is asked as often as if it had run in parts."""
    compiled, counted = [], []
    compile_part = Cluster._compile
    monkeypatch.setattr(
        Cluster, "_compile", lambda *args: compiled.append(args[1].runs) or compile_part(*args)
    )
    monkeypatch.setattr(cost, "COMPILE_PROGRAM", 4000.0)
    monkeypatch.setattr(cost, "compile_cost_of", lambda op: 0.0)
    count = function.PlannedFunction._count
    monkeypatch.setattr(
        function.PlannedFunction, "_count", lambda *args: counted.append(args[2]) or count(*args)
    )
    weights = tf.constant(np.eye(64, dtype=np.float32) * 0.999)
    array = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[])

    def body(i, x, array):
        following = tf.tanh(tf.matmul(x, weights) + 0.001) * 1.0001 + tf.exp(-x * x) * 0.01
        return [i + 1, following, array.write(i, tf.reduce_sum(following))]

    _, x, array = tf.while_loop(lambda i, *_: i < 400, body, [0, tf.zeros([64, 64]), array])
    fetches = [x, array.stack()]
    with options(tier="interpret"), tf.Session() as session:
        expected = session.run(fetches)
    counted.clear()
    with options(tier=tier, cache=False), tf.Session() as session:
        for _ in range(3):
            for one, other in zip(session.run(fetches), expected, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    assert bool(counted) == (tier != "compile")
    assert bool(compiled) == (tier != "interpret")
    if tier == "auto":
        assert sum(counted) >= compiled[0] - 2 * function._OFTEN > 20


def test_conditions_that_are_no_scalars():
    """They are refused, also after many iterations."""
    grown = tf.placeholder(tf.int32, [None])

    def body(i, x):
        return [i + 1, tf.cond(i < 20, lambda: x, lambda: grown)]

    asked = tf.placeholder_with_default(0, [])
    shape = [asked.shape, tf.TensorShape(None)]
    _, x = tf.while_loop(lambda i, x: tf.reduce_all(x < 5) & (i < 30), body, [asked, 0], shape)
    with tf.Session() as session:
        assert session.run(x, {grown: [1, 2]}).tolist() == [1, 2]
