"""All that deals with one stack or array is in one unit, or on the host."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.runtime.execution.cluster import Cluster


@pytest.mark.parametrize("apart", [False, True])
def test_a_host_operation_between(apart):
    """It would cut the program in two, so that nothing of the array is compiled."""
    x = tf.placeholder(tf.float32, [2])
    handle, flow = g.tensor_array_v3(2, tf.float32)
    flow = g.tensor_array_write_v3(handle, 0, x, flow)
    value = tf.py_func(lambda v: v + np.float32(1), [x], tf.float32) if apart else x + 1.0
    with tf.control_dependencies([flow.op]):
        value = tf.reshape(value, [2])
    flow = g.tensor_array_write_v3(handle, 1, value, flow)
    read = [g.tensor_array_read_v3(handle, i, flow, tf.float32) for i in (0, 1)]
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(read, {x: [1.0, 2.0]}), [[1, 2], [2, 3]])
        units = list(session._executables.values())[-1].units
    in_clusters = [i.node.type for unit in units if isinstance(unit, Cluster) for i in unit.instructions]
    assert ("TensorArrayV3" in in_clusters) != apart
    assert ("TensorArrayReadV3" in in_clusters) != apart
