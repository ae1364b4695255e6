"""Bodies as functions of Python's: the same values and errors as interpreted ones."""

import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.runtime.options import options
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
