"""Planned steps: one for what is computed, whatever structure and order it is asked for in."""

import collections
from types import SimpleNamespace

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.runtime.planning.simplify import NONE
from perdure.session import session as session_module
from perdure.session import steps


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def attrs_class():
    """A new class as `attr.s` makes it: compared by its fields, and so not hashable."""

    class Attrs:
        __attrs_attrs__ = (SimpleNamespace(name="value"),)
        __hash__ = None

        def __init__(self, value):
            self.value = value

        def __eq__(self, other):
            return self.value == other.value

    return Attrs


def planned(session):
    """What each planned step fetches and is fed."""
    return [(key.fetch_names, key.feed_names) for key in session._steps.planned]


def test_structures_share_a_step(session):
    """Lists, tuples, dictionaries, classes, names and duplicates of the same fetches."""
    x = tf.placeholder(tf.float32, [3], name="x")
    y = tf.multiply(x, 2.0, name="y")
    feeds = {x: [1, 2, 3]}
    List = type("List", (list,), {})
    structures = [y, [y], (y,), {"a": y}, [[y], {"b": (y, y)}], "y:0", [y, y.op], List([y])]
    structures += [
        attrs_class()(y),
        collections.OrderedDict(z=y),
        collections.namedtuple("Pair", "a b")(y, y),
    ]
    for structure in structures:
        found = session.run(structure, feeds)
    assert found.b.tolist() == [2, 4, 6]
    assert planned(session) == [(["y"], ["x"])]
    session.run([y, x], feeds)
    session.run(y.op, feeds)
    assert planned(session)[1:] == [(["x", "y"], ["x"]), (["y"], ["x"])]


def test_ever_new_structures(session, monkeypatch):
    """New classes in every run neither plan anew nor are they kept for ever."""
    monkeypatch.setattr(session_module, "MAX_MAPPINGS", 10)
    monkeypatch.setattr(steps, "MAX_READY", 10)
    x = tf.placeholder(tf.float32, [], name="x")
    y = x * 2.0
    for i in range(40):
        Pair = collections.namedtuple("Pair", "a b")
        assert session.run(Pair(y, [y]), {x: i}) == (2 * i, [2 * i])
        assert session.run(attrs_class()(y), {x: i}).value == 2 * i
        assert session.run([y], {x: i}) == [2 * i]
    assert len(planned(session)) == 1
    assert len(session._mappings) <= 10 and len(session._ready) <= 10


def test_orders_share_a_step(session):
    """Of fetches, targets and feeds; each gets its own values."""
    x, y = tf.placeholder(tf.float32, [], name="x"), tf.placeholder(tf.float32, [], name="y")
    total, difference = tf.add(x, y, name="total"), tf.subtract(x, y, name="difference")
    assert session.run([total, difference], {x: 5, y: 3}) == [8, 2]
    assert session.run([difference, total], {y: 3, x: 5}) == [2, 8]
    assert session.run([difference, total], {x: 5, y: 3}) == [2, 8]
    assert session.run({"a": difference, "b": [total]}, {y: 3, x: 5}) == {"a": 2, "b": [8]}
    assert session.run([y, difference, x, total], {y: 3, x: 5}) == [3, 2, 5, 8]
    assert session.run([x, total, difference, y], {x: 5, y: 3}) == [5, 8, 2, 3]
    session.run([total.op, difference.op], {x: 5, y: 3})
    session.run((difference.op, total.op), {y: 3, x: 5})
    assert planned(session) == [
        (["total", "difference"], ["x", "y"]),
        (["x", "y", "total", "difference"], ["x", "y"]),
        (["total", "difference"], ["x", "y"]),
    ]


def test_runs_of_all_structures_make_a_cluster_hot(session):
    """What one learns, all know: the tier, and the compiled program."""
    x = tf.placeholder(tf.float32, [4])
    y, z = tf.exp(x), tf.sin(x)
    value = np.ones(4, np.float32)
    with perdure.options(tier="compile", cache=False):
        session.run([y, z], {x: value})
    (executable,) = session._executables.values()
    (chosen,) = executable.units[0].specialisations.values()
    program = chosen.program
    with perdure.options(tier="compile", cache=False):
        found = session.run({"z": z, "y": y}, {x: value})
        called = session.make_callable((z, y), [x])(value)
    assert np.array_equal(found["z"], called[0]) and np.array_equal(found["y"], called[1])
    assert np.allclose(found["z"], np.sin(value)) and np.allclose(found["y"], np.exp(value))
    assert chosen.program is program and len(executable.units[0].specialisations) == 1


def test_every_way_to_run_shares_a_step(session):
    """Callables with and without feeds, with options, and `explain`."""
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.add(x, 1.0, name="y")
    c = tf.constant(3.0, name="c")
    session.run(y, {x: 1})
    assert session.make_callable([y], [x])(2) == [3]
    assert session.make_callable({"y": y}, ["x:0"])(2) == {"y": 3}
    session.run((y,), {x: 1}, tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata())
    assert "Add" in session.explain({"a": y}, [x, "x:0"])
    config_pb2 = perdure.formats.messages
    options = config_pb2.CallableOptions(feed=["x:0"], fetch=["y:0", "y:0"])
    assert session._make_callable_from_options(options)(np.float32(1)) == [2, 2]
    assert session.make_callable([c])() == [3] and session.run(c) == 3
    assert planned(session) == [(["y"], ["x"]), (["c"], [])]


def test_parts_are_planned_once(session):
    """Setting up the same partial run again takes the plan that there is; each run has its own values."""
    x, y = tf.placeholder(tf.float32, [], name="x"), tf.placeholder(tf.float32, [], name="y")
    first, second = tf.add(x, 1.0, name="first"), tf.multiply(x + 1.0, y, name="second")
    handles = [session.partial_run_setup(fetches, feeds) for fetches, feeds in [
        ([first, second], [x, y]), ([second, first], [y, x]), ((first, [second]), [x, y]),
    ]]  # fmt: skip
    assert len(set(handles)) == 3
    assert handles[1].startswith("y:0,x:0->second:0,first:0/")
    for i, handle in enumerate(handles):
        assert session.partial_run(handle, first, {x: i}) == i + 1
    for i, handle in enumerate(handles):
        assert session.partial_run(handle, [second], {y: 10.0}) == [10 * (i + 1)]
    (key,) = session._executables
    assert key.in_parts
    session.run([first, second], {x: 1, y: 2})
    assert [key.in_parts for key in session._executables] == [True, False]


def test_parts_are_run_as_the_graph_has_them(session, monkeypatch):
    """Nothing is left out of a step in parts, whatever the session leaves out of others."""
    asked = []
    real = steps.plan
    monkeypatch.setattr(steps, "plan", lambda *arguments: asked.append(arguments[-1]) or real(*arguments))
    c = tf.constant(1.0)
    session.run(c)
    session.partial_run_setup([c + 1.0], [])
    assert asked == [None, NONE]


def test_a_change_of_the_graph_plans_anew(session):
    """An operation that waits for another one from now on; growth alone changes no plan."""
    v = tf.Variable(1.0)
    session.run(v.initializer)
    c = tf.identity(tf.constant(2.0))
    bound, fed = session.make_callable([c]), session.make_callable({"c": c}, [])
    assert (session.run(c), bound(), fed()) == (2, [2], {"c": 2})
    before = session._executables.copy()
    assign = v.assign(5.0)
    session.run([c])
    assert session._executables == before
    c.op._add_control_input(assign.op)
    assert bound() == [2] and session.run(v) == 5
    assert fed() == {"c": 2} and session.run([c]) == [2]


def test_a_closed_session_runs_nothing(session):
    """Whatever was ready to run."""
    x = tf.placeholder(tf.float32, [])
    y = x + 1.0
    fed = session.make_callable(y, [x])
    assert fed(1) == 2
    session.close()
    assert not session._ready and not session._executables
    for run in (lambda: fed(1), lambda: session.run(y, {x: 1}), lambda: session.run([y], {x: 1})):
        with pytest.raises(RuntimeError, match="closed Session"):
            run()
