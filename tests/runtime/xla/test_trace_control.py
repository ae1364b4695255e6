"""Conditionals and loops in compiled programs: numbers, errors and state of the interpreted tier."""

import re

import numpy as np
import pytest

from perdure import tf
from perdure.graph import errors
from perdure.graph.builder import g
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.executable import HostUnit
from perdure.runtime.options import options
from perdure.runtime.xla import program_keys
from perdure.runtime.xla.trace import trace_nodes
from tests.runtime.functional_nodes import cond, while_loop


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def units(session):
    """What the last planned step runs."""
    return list(session._executables.values())[-1].units


def in_both_tiers(fetches, feeds, compiled=True):
    """What steps with each of `feeds` give, the same in both tiers; one program runs them if `compiled`."""
    found = {}
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            session.run(tf.global_variables_initializer())
            found[tier] = [session.run(fetches, feed) for feed in feeds]
            if tier == "compile" and compiled:
                (unit,) = units(session)
                assert isinstance(unit, Cluster)
                assert all(s.program is not None for s in unit.specialisations.values())
    for one, other in zip(found["interpret"], found["compile"], strict=True):
        for a, b in zip(one, other, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_allclose(a, b, rtol=1e-5)
    return found["interpret"]


def test_a_conditional():
    """Both branches, with captured values, a variable and a constant."""
    p, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [None, 2])
    v = tf.Variable([1.0, 2.0])
    y = cond(p, lambda: x * v + 1.0, lambda: x)
    feeds = [{p: b, x: [[1, 2], [3, 4]]} for b in (True, False, True)]
    yes, no, _ = in_both_tiers([y, y + 1.0], feeds)
    np.testing.assert_array_equal(yes[0], [[2, 5], [4, 9]])
    np.testing.assert_array_equal(no[0], [[1, 2], [3, 4]])


def test_gradients_of_a_conditional():
    """The gradient of each branch uses values of that branch, which the other lacks."""
    p, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [None, 2])
    y = cond(p, lambda: tf.sigmoid(x) * tf.sin(x), lambda: tf.exp(x * 0.5))
    (gradient,) = tf.gradients(y, [x])
    feeds = [{p: b, x: np.ones((n, 2))} for b in (True, False) for n in (1, 3)]
    in_both_tiers([gradient], feeds, compiled=False)


def test_nested_conditionals():
    """One conditional in another."""
    x = tf.placeholder(tf.float32, [])
    y = cond(
        x < 0,
        lambda: x * 2,
        lambda: cond(x < 1, lambda: x * 3, lambda: cond(x < 2, lambda: x * 4, lambda: x * 5)),
    )
    found = in_both_tiers([y], [{x: value} for value in (-1.0, 0.5, 1.5, 2.5)])
    assert [float(value) for (value,) in found] == [-2.0, 1.5, 6.0, 12.5]


def test_a_condition_that_is_known_decides_while_compiling():
    """Only the branch that is taken becomes part of the program."""
    x = tf.placeholder(tf.float32, [3, 2])
    y = cond(tf.size(x) > 5, lambda: x + 1.0, lambda: x + tf.constant(0.0))
    ((found,),) = in_both_tiers([y], [{x: np.zeros((3, 2))}])
    np.testing.assert_array_equal(found, np.ones((3, 2)))


def test_a_conditional_on_constants_is_no_static_value():
    """Shapes are asked for while the graph is built; a conditional is left to the step."""
    size = cond(tf.constant(True), lambda: tf.constant(2), lambda: tf.constant(3))
    y = tf.fill([size], 1.0)
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(y), [1, 1])


def test_a_loop():
    """Loop variables, and what the body takes from outside."""
    n, x = tf.placeholder(tf.int32, []), tf.placeholder(tf.float32, [None, 2])
    w = tf.Variable([[0.5, 0.25], [0.125, 1.0]])
    i, y = while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.matmul(y, w) + x), [0, x])
    found = in_both_tiers([i, y], [{n: count, x: [[1, 2], [3, 4]]} for count in (0, 1, 5)])
    assert [int(i) for i, _ in found] == [0, 1, 5]
    np.testing.assert_array_equal(found[0][1], [[1, 2], [3, 4]])


def test_a_loop_in_a_branch_and_a_branch_in_a_loop():
    """Bodies in bodies."""
    p, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [])

    def body(i, y):
        return i + 1, cond(y > 10.0, lambda: y - x, lambda: y * 3.0)

    def looped():
        return while_loop(lambda i, y: i < 6, body, [0, x])[1]

    in_both_tiers([cond(p, looped, lambda: -x)], [{p: b, x: 2.0} for b in (True, False)])


def test_a_size_that_must_be_known():
    """An axis from outside is known by value when the body is compiled."""
    p, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [2, 2])
    axis = tf.placeholder(tf.int32, [])
    y = cond(p, lambda: tf.cumsum(x, axis), lambda: x)
    feeds = [{p: True, axis: k, x: [[1, 2], [3, 4]]} for k in (0, 1)]
    found = in_both_tiers([y], feeds)
    np.testing.assert_array_equal(found[0][0], [[1, 2], [4, 6]])
    np.testing.assert_array_equal(found[1][0], [[1, 3], [3, 7]])


def test_checks_in_a_branch():
    """They count only if the branch is taken, and then with the error of the interpreted tier."""
    p, i = tf.placeholder(tf.bool, []), tf.placeholder(tf.int32, [])
    v = tf.Variable(0.0)
    y = cond(p, lambda: tf.gather(tf.constant([1.0, 2.0]), i, name="looked_up"), lambda: 0.0)
    add = v.assign_add(1.0 + y)
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            session.run(v.initializer)
            assert session.run(add, {p: False, i: 7}) == 1.0
            with pytest.raises(errors.InvalidArgumentError, match=r"7 is not in \[0, 2\)[\s\S]*looked_up"):
                session.run(add, {p: True, i: 7})
            assert session.run(add, {p: True, i: 1}) == 4.0


def test_checks_in_a_loop():
    """One that fails ends the loop."""
    table = tf.constant([1, 2, 3, 50])
    x = tf.placeholder(tf.int32, [])
    last = while_loop(lambda i: True, lambda i: tf.gather(table, i), [x])
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            with pytest.raises(errors.InvalidArgumentError, match=r"50 is not in \[0, 4\)"):
                session.run(last, {x: 0})


def test_assertions_in_a_branch():
    """Their messages have values of the branch."""
    p, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [])

    def checked():
        with tf.control_dependencies([g.Assert(x > 0, ["x is", x])]):
            return tf.identity(x)

    y = cond(p, checked, lambda: x)
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            assert session.run(y, {p: False, x: -1.0}) == -1.0
            with pytest.raises(errors.InvalidArgumentError, match=r"\[x is\] \[-1\]"):
                session.run(y, {p: True, x: -1.0})


def test_a_variable_that_only_the_other_branch_reads_may_have_no_value():
    """As in TensorFlow; the program is compiled when it has one."""
    p = tf.placeholder(tf.bool, [])
    v = tf.Variable(5.0, use_resource=True)
    y = cond(p, lambda: v * 2.0, lambda: 1.0) + 0.0
    with tf.Session() as session, options(tier="compile"):
        assert session.run(y, {p: False}) == 1.0
        with pytest.raises(errors.FailedPreconditionError, match="Variable"):
            session.run(y, {p: True})
        session.run(v.initializer)
        assert session.run(y, {p: True}) == 10.0
        (unit,) = list(session._executables.values())[0].units
        assert unit._only.program is not None


def test_reads_come_before_and_after_writes():
    """A branch reads the variable as it is at that point of the step."""
    p = tf.placeholder(tf.bool, [])
    v = tf.Variable(1.0, use_resource=True)
    before = cond(p, lambda: v * 10.0, lambda: 0.0)
    with tf.control_dependencies([before]):
        write = v.assign_add(1.0)
    with tf.control_dependencies([write]):
        after = cond(p, lambda: v * 100.0, lambda: 0.0)
    found = in_both_tiers([before, after], [{p: True}, {p: False}, {p: True}])
    assert [[float(value) for value in pair] for pair in found] == [[10, 200], [0, 0], [30, 400]]


@pytest.mark.parametrize("make", ["shapes", "growing"])
def test_shapes_that_differ_are_left_to_the_interpreted_tier(make):
    """Of tf.cond and of loops; nothing fails for it."""
    p, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [None])
    if make == "shapes":
        y = cond(p, lambda: tf.concat([x, x], 0), lambda: x)
    else:
        n = tf.cast(p, tf.int32) + 1
        y = while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.concat([y, x], 0)), [0, x])[1]
    in_both_tiers([y], [{p: b, x: [1, 2]} for b in (True, False)], compiled=False)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (lambda x, v: tf.where(x > 0)[0, 0], "depends on|shape|host"),
        (lambda x, v: tf.cast(v.assign_add(1.0), tf.int64), "changes a variable"),
        (lambda x, v: tf.py_func(lambda a: np.int64(a[0]), [x], tf.int64), "PyFunc"),
    ],
)
def test_what_keeps_a_conditional_on_the_host(body, reason):
    """It is said by session.explain."""
    p, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [2])
    v = tf.Variable(0.0, use_resource=True)
    y = cond(p, lambda: tf.reshape(body(x, v), []), lambda: tf.constant(-1, tf.int64))
    with tf.Session() as session, options(tier="compile"):
        session.run(v.initializer)
        assert session.run(y, {p: True, x: [1, 1]}) >= 0
        assert session.run(y, {p: False, x: [1, 1]}) == -1
        assert any(isinstance(unit, HostUnit) for unit in units(session))
        text = session.explain(y, [p, x])
    assert "cond/If" in text
    assert re.search(rf"in it is .*({reason})", text)


def test_a_position_that_changes_in_a_loop_keeps_it_on_the_host():
    """It would have to be known to compile."""
    x = tf.placeholder(tf.float32, [4])
    y = while_loop(lambda i, t: i < 4, lambda i, t: (i + 1, t + x[i]), [0, 0.0])[1]
    with tf.Session() as session, options(tier="compile"):
        assert session.run(y, {x: [1, 2, 3, 4]}) == 10.0
        assert "a size in it depends on what is computed there" in session.explain(y, [x])


def test_explain_names_them():
    """Which conditionals and loops are part of a program."""
    p, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [])
    y = cond(p, lambda: x, lambda: -x)
    z = while_loop(lambda y: y < 5.0, lambda y: y + 1.0, [y])
    with tf.Session() as session:
        assert "conditionals and loops in it: cond/If, while/While" in session.explain(z, [p, x])


def test_a_long_loop_gets_hot():
    """How often its body ran counts for what compiling saves."""
    n = tf.placeholder(tf.int32, [])
    y = while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * 0.5 + 1.0), [0, 0.0])[1]
    with tf.Session() as session:
        for _ in range(50):
            session.run(y, {n: 2000})
        (unit,) = units(session)
        assert unit._only.program is not None


def test_programs_with_bodies_are_found_on_disk():
    """By what the bodies are made of."""
    from perdure.runtime.xla.compile import Layout

    def key(scale):
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, [])
            y = while_loop(lambda y: y < 100.0, lambda y: y * scale, [x])
            with tf.Session() as session:
                session.run(y, {x: 1.0})
                (unit,) = units(session)
                layout = Layout(unit, [1.0] * 100, session._resources)
                return program_keys.key_of(unit, layout, [])

    assert key(2.0) == key(2.0) != key(3.0)


def test_what_a_loop_makes_of_sizes_is_not_known_while_tracing():
    """So what follows on the host, or is a shape, is not computed then."""
    x = tf.placeholder(tf.float32, [3])
    doubled = while_loop(lambda n: n < 8, lambda n: n * 2, [tf.shape(x)[0]])
    found = tf.where(tf.stack([doubled, 0]) > 0)
    filled = tf.fill([doubled], 1.0)
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            assert session.run(found, {x: [1, 2, 3]}).tolist() == [[0]]
            assert session.run(filled, {x: [1, 2, 3]}).tolist() == [1.0] * 12


def failing_bodies():
    """Bodies that fail as soon as they are traced, by name."""
    matrix = tf.constant([[-1.0, 0.0], [0.0, -1.0]])

    def unchecked():
        with tf.control_dependencies([tf.Assert(False, ["no"])]):
            return tf.zeros([2])

    def mismatched(x):
        weights = tf.placeholder_with_default(tf.zeros([7, 2]), [None, 2])
        return tf.matmul(tf.reshape(x, [1, -1]), weights)[0]

    return {
        "cholesky": lambda x: tf.cholesky(matrix)[0],
        "assert": lambda x: unchecked(),
        "shapes": mismatched,
        "nested": lambda x: cond(x[0] > 0, lambda: tf.cholesky(matrix)[0], unchecked),
    }


@pytest.mark.parametrize("name", ["cholesky", "assert", "shapes", "nested"])
def test_a_branch_that_fails_is_not_taken(name):
    """Its error is none while the other is taken; then it is the step's, and the next step is well again."""
    go, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [2])
    y = cond(go, lambda: x + 1.0, lambda: failing_bodies()[name](x)) * 2.0
    for out in (y, cond(tf.logical_not(go), lambda: failing_bodies()[name](x), lambda: x + 1.0) * 2.0):
        in_both_tiers([out], [{go: True, x: [1, 2]}] * 2)
        with tf.Session() as session, options(tier="compile"):
            for _ in range(2):
                assert session.run(out, {go: True, x: [1, 2]}).tolist() == [4, 6]
                with pytest.raises(errors.InvalidArgumentError):
                    session.run(out, {go: False, x: [1, 2]})


def test_the_gradient_of_a_branch_beside_one_that_fails():
    """The values that only the failing branch has are nobody's."""
    go, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [2])
    y = cond(go, lambda: tf.sin(x), lambda: tf.sigmoid(failing_bodies()["cholesky"](x) * x) * tf.exp(x))
    with tf.Session() as session, options(tier="compile"):
        for _ in range(2):
            found = session.run(tf.gradients(y, [x])[0], {go: True, x: [0.5, 1.0]})
            np.testing.assert_allclose(found, np.cos([0.5, 1.0]), rtol=1e-6)


@pytest.mark.parametrize("name", ["cholesky", "assert", "shapes"])
def test_a_loop_whose_body_fails_is_not_entered(name):
    """Its error is the step's only if it runs."""
    count, x = tf.placeholder(tf.int32, []), tf.placeholder(tf.float32, [2])
    _, y = while_loop(
        lambda i, v: i < count, lambda i, v: (i + 1, v + failing_bodies()[name](x)), (tf.constant(0), x)
    )
    ((found,),) = in_both_tiers([y], [{count: 0, x: [1, 2]}])
    assert found.tolist() == [1, 2]
    with tf.Session() as session, options(tier="compile"):
        with pytest.raises(errors.InvalidArgumentError):
            session.run(y, {count: 1, x: [1, 2]})


def test_a_step_that_always_fails_is_traced_once(monkeypatch):
    """JAX keeps something of everything it traces."""
    traced = []
    monkeypatch.setattr(
        "perdure.runtime.xla.compile.trace_nodes", lambda *args: traced.append(args) or trace_nodes(*args)
    )
    x = tf.placeholder(tf.float32, [2])
    with tf.control_dependencies([tf.Assert(False, ["no"])]):
        y = x + 1.0
    with tf.Session() as session, options(tier="compile"):
        for _ in range(5):
            with pytest.raises(errors.InvalidArgumentError, match="assertion failed"):
                session.run(y, {x: [1, 2]})
    assert len(traced) == 1
