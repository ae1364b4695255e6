"""Which frame an operation runs in, and in which order."""

import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.runtime.planning.lifting.frames import frames_of, has_control_flow
from perdure.runtime.planning.prune import needed_operations
from tests.runtime.control_nodes import loop


def test_frames_of_loops_in_loops():
    """An Enter runs in the frame that it leads into, an Exit in the one that it leaves."""

    def inner(i, x):
        return [g.neg(i), loop(lambda y: g.is_finite(y), lambda y: [g.neg(y)], [x], name="inner")[0]]

    left = loop(lambda i, x: g.is_finite(i), inner, [tf.constant(0.0), tf.constant(0.0)], name="outer")
    needed = needed_operations((), left, set())
    frames = frames_of(needed, set())
    assert [(frame.name, frame.outer and frame.outer.name) for frame in frames.loops] == [
        ("outer", None),
        ("inner", "outer"),
    ]
    assert len(frames.order) == len(needed)
    outer = frames.of[left[0].op]
    assert outer is frames.loops[0]
    assert frames.outside(left[0].op) is None
    assert len(outer.enters) == 2


def test_control_flow_is_found():
    """Steps without any are planned as ever."""
    x = tf.constant(1.0) + 1.0
    assert not has_control_flow({x.op})
    assert has_control_flow({x.op, g.switch(x, True).output_true.op})


def test_a_cycle():
    """Only NextIteration leads back."""
    x = tf.placeholder(tf.float32)
    y = g.identity(x)
    z = g.identity(y)
    y.op._update_input(0, z)
    with pytest.raises(tf.errors.InvalidArgumentError, match="is part of a cycle"):
        frames_of({y.op, z.op}, set())
