"""What a program refuses leaves its cluster, and bodies of interpreted loops are compiled."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.resources.resources import Resources
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.executable import HostUnit
from perdure.runtime.options import options
from perdure.runtime.planning.lifting.lift import lift
from perdure.runtime.planning.prune import needed_operations
from perdure.runtime.units import PlannedBody
from tests.runtime.control_nodes import beside, loop


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def growing(count, x):
    """A loop that writes to an array which may grow."""
    handle, flow = g.tensor_array_v3(0, tf.float32, dynamic_size=True)

    def body(i, flow, n, handle, x):
        value = g.mat_mul(x, g.mul(x, g.cast(i, tf.float32)))
        return [i + beside(i, 1), g.tensor_array_write_v3(handle, i, value, flow)]

    left = loop(lambda i, flow, n, *_: g.less(i, n), body, [tf.constant(0), flow], [count, handle, x])
    return g.tensor_array_gather_v3(handle, tf.range(count), left[1], tf.float32)


def test_what_is_refused_is_left_out():
    """The rest of the cluster is compiled all the same."""
    count, x = tf.placeholder(tf.int32, []), tf.placeholder(tf.float32, [2, 2])
    packed = growing(count, tf.exp(x)) + 1.0
    feeds = {count: 3, x: np.eye(2)}
    with tf.Session() as session, options(tier="interpret"):
        expected = session.run(packed, feeds)
    with tf.Session() as session, options(tier="compile"):
        for _ in range(3):
            np.testing.assert_allclose(session.run(packed, feeds), expected, rtol=1e-5)
        (unit,) = list(session._executables.values())[-1].units
        (refused,) = unit.specialisations.values()
        assert "it may grow" in refused.refused
        kinds = [type(part) for part in refused.parts]
        assert Cluster in kinds and HostUnit in kinds
        compiled = [part for part in refused.parts if isinstance(part, Cluster)]
        assert all(s.program is not None for part in compiled for s in part.specialisations.values())
        assert "it may grow" in session.explain(packed, feeds)


@pytest.mark.parametrize(("size", "is_cut"), [(2, False), (600, True)])
def test_bodies_of_interpreted_loops(size, is_cut):
    """They are cut if a run of them takes long enough."""
    count, x = tf.placeholder(tf.int32, []), tf.placeholder(tf.float32, [size, size])
    packed = growing(count, x)
    lifted = lift(needed_operations((), [packed], {count, x}), [packed], (), {count, x})
    (made,) = [op for op in lifted.operations if op.type == "While"]
    assert bool(PlannedBody(made.attrs["body"], Resources()).units) == is_cut
    value = np.eye(size)
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            found = session.run(packed, {count: 3, x: value})
        np.testing.assert_allclose(found, [value * 0, value, value * 2], rtol=1e-5)
