"""Which operations a step needs, and in which order they run."""

import pytest

from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies
from perdure.graph.graph import Graph
from perdure.runtime.planning.order import FetchOfReference, ordered
from perdure.runtime.planning.prune import needed_operations


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def in_order(nodes, fed=(), writers=()):
    """The names of `nodes` in the order they run, where the named ones are writers."""
    return [
        node.name if hasattr(node, "name") else "fetch"
        for node in ordered(nodes, set(fed), lambda node: getattr(node, "name", None) in writers)
    ]


def test_needed_operations_stop_at_feeds():
    """Inputs, control inputs, and nothing behind a fed tensor."""
    a, b = constant(1, name="a"), constant(2, name="b")
    total = g.add_v2(a, b, name="total")
    with control_dependencies([constant(3, name="c")]):
        out = g.identity(total, name="out")
    constant(4, name="unused")
    assert {op.name for op in needed_operations([], [out], set())} == {"a", "b", "c", "total", "out"}
    assert {op.name for op in needed_operations([], [out], {total})} == {"c", "out"}
    assert needed_operations([], [out], {out}) == set()
    assert {op.name for op in needed_operations([total.op], [], {total})} == {"a", "b", "total"}


def test_order_follows_inputs_and_control_inputs():
    """Every node after what it needs, whatever order the nodes come in."""
    a = constant(1, name="a")
    with control_dependencies([g.no_op(name="first")]):
        b = g.identity(a, name="b")
    nodes = [b.op, a.op, b.op.control_inputs[0]]
    order = in_order(nodes)
    assert order.index("b") == 2


def test_readers_precede_unordered_writers():
    """A writer waits until nothing else is ready; those ordered after it still follow it."""
    a = constant(1, name="a")
    writer = g.identity(a, name="writer")
    second = g.identity(a, name="second_writer")
    with control_dependencies([writer]):
        after = g.identity(a, name="after")
    reader = g.identity(g.identity(a, name="step"), name="reader")
    nodes = [writer.op, second.op, after.op, reader.op, reader.op.inputs[0].op, a.op]
    order = in_order([*nodes, FetchOfReference(a)], writers={"writer", "second_writer"})
    assert order == ["a", "fetch", "step", "reader", "writer", "after", "second_writer"]


def test_a_cycle_is_named():
    """A graph changed into a cycle cannot be ordered."""
    a = g.identity(constant(1), name="a")
    b = g.identity(a, name="b")
    a.op._update_input(0, b)
    with pytest.raises(ValueError, match="the graph has a cycle"):
        in_order([a.op, b.op])


def test_control_input_on_a_fed_placeholder():
    """Waiting for a placeholder that is fed is no wait."""
    from perdure import tf

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [])
        with tf.control_dependencies([x]):
            y = tf.constant(2.0)
        assert session.run(y, {x: 1.0}) == 2.0
