"""Stacks and arrays of tensors in compiled programs: numbers and errors of the interpreted tier."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.options import options
from tests.runtime.control_nodes import beside, conditional, loop


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def in_both_tiers(fetches, feeds=None, compiled=True):
    """What a step gives, the same in both tiers; one program runs it if `compiled`."""
    found = []
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            session.run(tf.global_variables_initializer())
            found.append(session.run(fetches, feeds))
            if tier == "compile":
                units = list(session._executables.values())[-1].units
                programs = [
                    s.program for u in units if isinstance(u, Cluster) for s in u.specialisations.values()
                ]
                is_one = len(units) == 1 and programs != [] and None not in programs
                assert is_one == compiled
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    return found[0]


def counted(limit, body, start, constants, name="loop"):
    """A loop over i = 0 ... limit - 1 and one more variable."""
    return loop(
        lambda i, x, n, *_: g.less(i, n),
        lambda i, x, n, *rest: [i + beside(i, 1), body(i, x, *rest)],
        [tf.constant(0), start],
        [limit, *constants],
        name=name,
    )[1]


def test_a_stack():
    """One loop pushes, another one pops what it has pushed, last first."""
    stack = g.stack_v2(-1, tf.float32)
    x = tf.placeholder(tf.float32, [2])
    last = counted(
        tf.constant(4), lambda i, x, s: g.mul(g.stack_push_v2(s, x), beside(x, 2.0)), x, [stack], "forward"
    )

    def popped(i, y, s):
        with tf.control_dependencies([i.op]):
            return g.sub(g.stack_pop_v2(s, tf.float32), y)

    with tf.control_dependencies([last.op]):
        start = tf.identity(last)
    result = counted(tf.constant(4), popped, start, [stack], "backward")
    (found,) = in_both_tiers([result], {x: [1.0, 3.0]})
    np.testing.assert_array_equal(found, [1 - (2 - (4 - (8 - 16))), 3 - (6 - (12 - (24 - 48)))])


def test_a_stack_of_what_is_known():
    """Sizes that are pushed are known when they are popped."""
    stack = g.stack_v2(-1, tf.int32)
    x = tf.placeholder(tf.float32, [2, 3])
    last = counted(
        tf.constant(2), lambda i, x, s: with_push(x, g.shape(x), s), tf.identity(x), [stack], "forward"
    )

    def popped(i, y, s):
        with tf.control_dependencies([i.op]):
            return g.reshape(g.reshape(y, beside(i, [-1])), g.stack_pop_v2(s, tf.int32))

    result = counted(tf.constant(2), popped, tf.identity(last), [stack], "backward")
    (found,) = in_both_tiers([result], {x: np.ones((2, 3))})
    np.testing.assert_array_equal(found, np.ones((2, 3)))


def with_push(x, element, stack):
    pushed = g.stack_push_v2(stack, element)
    with tf.control_dependencies([pushed.op]):
        return g.neg(x)


@pytest.mark.parametrize("pops", [1, 3])
def test_nobody_knows_how_often(pops):
    """Then the loop is interpreted; too many pops fail as ever."""
    count = tf.placeholder(tf.int32)
    stack = g.stack_v2(-1, tf.float32)
    last = counted(count, lambda i, x, s: g.neg(g.stack_push_v2(s, x)), tf.constant(1.0), [stack])
    with tf.control_dependencies([last.op]):
        popped = g.stack_pop_v2(stack, tf.float32)
    for _ in range(pops - 1):
        with tf.control_dependencies([popped.op]):
            popped = g.stack_pop_v2(stack, tf.float32)
    if pops == 1:
        assert in_both_tiers([popped], {count: 2}, compiled=False) == [-1.0]
        return
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            with pytest.raises(tf.errors.InvalidArgumentError, match="is empty when calling Pop"):
                session.run(popped, {count: 2})


def test_an_array():
    """Unpacked, read and written in a loop, and packed again."""
    x = tf.placeholder(tf.float32, [3, 2])
    taken, flow = g.tensor_array_v3(3, tf.float32)
    made, made_flow = g.tensor_array_v3(3, tf.float32)
    flow = g.tensor_array_scatter_v3(taken, [0, 1, 2], x, flow)

    def body(i, made_flow, taken, made, flow):
        value = g.tensor_array_read_v3(taken, i, flow, tf.float32)
        return g.tensor_array_write_v3(made, i, g.mul(value, g.cast(i, tf.float32)), made_flow)

    after = counted(tf.constant(3), body, made_flow, [taken, made, flow])
    size = g.tensor_array_size_v3(made, after)
    packed = g.tensor_array_gather_v3(made, tf.range(size), after, tf.float32)
    value = np.arange(6.0).reshape(3, 2)
    found, count = in_both_tiers([packed, size], {x: value})
    np.testing.assert_array_equal(found, value * [[0], [1], [2]])
    assert count == 3


@pytest.mark.parametrize(
    ("index", "words"),
    [(3, "Tried to write to index 3 but array is not"), (0, "because it has already been written to")],
)
def test_errors_of_arrays(index, words):
    """The interpreted tier says what it was."""
    where = tf.placeholder(tf.int32, [])
    handle, flow = g.tensor_array_v3(3, tf.float32)
    flow = g.tensor_array_write_v3(handle, 0, tf.placeholder_with_default(1.0, []), flow)
    flow = g.tensor_array_write_v3(handle, where, 2.0, flow)
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            with pytest.raises(tf.errors.InvalidArgumentError, match=words):
                session.run(flow, {where: index})


def test_gradients_of_an_array():
    """They add up; what is not written is zero."""
    handle, flow = g.tensor_array_v3(3, tf.float32)
    x = tf.placeholder(tf.float32, [3, 2])
    flow = g.tensor_array_scatter_v3(handle, [0, 1, 2], x, flow)
    gradients, flow = g.tensor_array_grad_v3(handle, flow, "source")

    def twice(i, flow, gradients, row):
        return g.tensor_array_write_v3(gradients, g.sub(i, i), row, flow)

    after = counted(tf.constant(2), twice, flow, [gradients, x[1]])
    packed = g.tensor_array_gather_v3(gradients, [0, 1, 2], after, tf.float32)
    (found,) = in_both_tiers([packed], {x: [[1, 2], [3, 4], [5, 6]]})
    np.testing.assert_array_equal(found, [[6, 8], [0, 0], [0, 0]])


def test_variables_that_branches_change():
    """In one program, with the value that each has left."""
    asked = tf.placeholder(tf.bool, [])
    variable = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)
    reference = tf.Variable([10.0, 20.0])

    def changed(x):
        with tf.control_dependencies([g.assign_add_variable_op(variable.handle, x)]):
            return g.identity(g.assign_sub(reference._ref(), x))

    merged = conditional(asked, changed, lambda x: x, tf.identity(variable)).output
    with tf.control_dependencies([merged.op]):
        after = variable.read_value()
    for condition, expected in ((True, [[9, 18], [2, 4]]), (False, [[1, 2], [1, 2]])):
        found = in_both_tiers([merged, after], {asked: condition})
        np.testing.assert_array_equal(found, expected)


def test_variables_that_loops_change():
    """In one program, by the value that each iteration has left."""
    variable = tf.get_variable("v", initializer=1.0, use_resource=True)

    def body(i, x, handle):
        with tf.control_dependencies([i.op]):
            value = g.read_variable_op(handle, tf.float32)
        with tf.control_dependencies([g.assign_variable_op(handle, g.mul(value, x))]):
            return g.identity(x)

    last = counted(tf.placeholder_with_default(3, []), body, tf.constant(2.0), [variable.handle])
    with tf.control_dependencies([last.op]):
        after = variable.read_value()
    assert in_both_tiers([last, after]) == [2.0, 8.0]


def test_random_numbers_of_loops():
    """Each iteration takes the next ones, and the next step goes on where this one has ended."""
    tf.set_random_seed(1)
    count = tf.placeholder(tf.int32, [])
    limit = tf.minimum(count, 4)

    def body(i, x):
        with tf.control_dependencies(None), tf.control_dependencies([i.op]):
            shape = tf.constant([3])
        return g.add(x, g.random_uniform(shape, tf.float32, seed=3, seed2=7))

    last = counted(limit, body, tf.zeros([3]), [])
    found = {}
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            found[tier] = [session.run(last, {count: n}) for n in (3, 0, 1, 9)]
            units = list(session._executables.values())[-1].units
            if tier == "compile":
                assert all(s.program for s in units[0].specialisations.values())
    np.testing.assert_allclose(found["interpret"], found["compile"], rtol=1e-6)
    assert not np.allclose(found["compile"][0], found["compile"][3])


def test_random_numbers_of_branches():
    """They are taken if the branch is."""
    asked = tf.placeholder(tf.bool, [])
    tf.set_random_seed(1)

    def drawn(x):
        with tf.control_dependencies(None), tf.control_dependencies([x.op]):
            shape = tf.constant([3])
        return g.add(x, g.random_uniform(shape, tf.float32, seed=3, seed2=7))

    start = tf.placeholder_with_default(np.zeros(3, np.float32), [3])
    merged = conditional(asked, drawn, lambda x: x, start).output
    found = {}
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            found[tier] = [session.run(merged, {asked: p}) for p in (True, False, False, True, True)]
    np.testing.assert_allclose(found["interpret"], found["compile"], rtol=1e-6)
