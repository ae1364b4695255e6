"""What control flow nodes are lifted into."""

import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.runtime.planning.effects import functions_of
from perdure.runtime.planning.lifting.frames import has_control_flow
from perdure.runtime.planning.lifting.lift import lift
from perdure.runtime.planning.lifting.liveness import NotLiftable
from perdure.runtime.planning.prune import needed_operations
from tests.runtime.control_nodes import beside, conditional, loop


def lifted(fetches=(), targets=(), fed=()):
    result = lift(needed_operations(targets, fetches, set(fed)), fetches, targets, set(fed))
    assert not has_control_flow(result.operations)
    return result


def types(result):
    """The types of a step, and in brackets those of the bodies of what calls functions."""
    return sorted(op.type for op in result.operations), {
        op.type: [sorted(o.type for o in f.graph.get_operations()) for f in functions_of(op)]
        for op in result.operations
        if functions_of(op)
    }


def test_a_conditional():
    """Constants are taken into no body, and Switch, Merge and identities of the condition leave nothing."""
    asked, x = tf.placeholder(tf.bool), tf.placeholder(tf.float32)
    merged = conditional(g.identity(asked), lambda x: x * beside(x, 2.0), g.exp, x)
    step, bodies = types(lifted([merged.output], fed=[asked, x]))
    assert [op_type for op_type in step if op_type not in ("Identity", "Placeholder")] == ["If"]
    assert bodies == {"If": [["Mul"], ["Exp"]]}


def test_conditionals_over_one_condition_are_one():
    """Wherever in the program they were made."""
    asked, x = tf.placeholder(tf.bool), tf.placeholder(tf.float32)
    first = conditional(asked, g.exp, g.neg, x).output
    second = conditional(g.logical_not(asked), g.log, g.sin, g.abs(first)).output
    third = conditional(asked, g.cos, g.tan, x).output
    _, bodies = types(lifted([second, third], fed=[asked, x]))
    (then, otherwise) = bodies["If"]
    assert sorted([*then, *otherwise]) in (
        ["Cos", "Exp", "Neg", "Tan"],
        ["Abs", "Abs", "Cos", "Exp", "Log", "Neg", "Sin", "Tan"],
        ["Log", "Sin"],
    )


def test_an_update_that_only_a_control_edge_reaches():
    """It is done where its branch is."""
    asked = tf.placeholder(tf.bool)
    variable = tf.get_variable("v", initializer=1.0, use_resource=True)
    true = g.switch(asked, asked).output_true
    with tf.control_dependencies([true.op, g.identity(true).op]):
        update = variable.assign_add(5.0)
    with tf.Session() as session:
        session.run(variable.initializer)
        for value, expected in ((False, 1.0), (True, 6.0), (False, 6.0)):
            session.run(update.op, {asked: value})
            assert session.run(variable) == expected
    result = lifted(targets=[update.op], fed=[asked])
    assert types(result)[1]["If"] == [["AssignAddVariableOp", "Identity"], []]


def test_a_loop_is_turned():
    """Its condition is computed before it, and at the end of each iteration."""
    count = tf.placeholder(tf.int32)
    left = loop(lambda i, n: g.less(i, n), lambda i, n: [i + beside(i, 1)], [tf.constant(0)], [count])
    step, bodies = types(lifted(left, fed=[count]))
    assert [t for t in step if t not in ("Const", "Placeholder")] == ["Less", "While"]
    assert bodies == {"While": [[], ["AddV2", "Identity", "Less"]]}


def test_dead_fetches():
    """TensorFlow's words, and no variable has changed."""
    asked = tf.placeholder(tf.bool)
    variable = tf.Variable(1.0)
    kept = g.exp(g.switch(0.0, asked).output_true)
    with tf.Session() as session:
        session.run(variable.initializer)
        assert session.run(kept, {asked: True}) == 1.0
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Retval\[0\] does not have value"):
            session.run([kept, variable.assign(2.0)], {asked: False})
        assert session.run(variable) == 1.0
        assert session.run(kept.op, {asked: False}) is None


def test_variables_in_loops():
    """What a loop reads of a variable that it changes is the value at that point."""
    variable = tf.Variable(1)

    def body(i, reference):
        update = g.assign_add(reference, beside(i, 2))
        return [g.add_v2(i, g.identity(update)), reference]

    entered = g.ref_enter(variable._ref(), "loop", is_constant=True)
    left = loop(
        lambda i: g.less(i, beside(i, 20)), lambda i: body(i, entered)[:1], [tf.constant(0)], name="loop"
    )
    with tf.Session() as session:
        session.run(variable.initializer)
        assert session.run(left) == [24]  # 3 + 5 + 7 + 9
        assert session.run(variable) == 9


def test_a_loop_variable_that_may_be_dead():
    """Nothing but the evaluator of dead values runs it."""
    asked = tf.placeholder(tf.bool)
    maybe = g.switch(1, asked).output_true
    left = loop(
        lambda i, x: g.less(i, beside(i, 2)), lambda i, x: [i + beside(i, 1), x], [tf.constant(0), maybe]
    )
    with pytest.raises(NotLiftable, match="may be dead in a loop that runs"):
        lifted(left[:1] + left[1:], fed=[asked])
    with tf.Session() as session:
        assert session.run(left, {asked: True}) == [2, 1]
        with pytest.raises(tf.errors.InvalidArgumentError, match="does not have value"):
            session.run(left, {asked: False})


def test_failures_name_the_programs_node():
    """Not what lifting has made of it."""
    asked, x = tf.placeholder(tf.bool), tf.placeholder(tf.float32)
    bad = []

    def check(x):
        bad.append(g.check_numerics(x, "bad"))
        return bad[0]

    merged = conditional(asked, check, g.exp, x).output
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="bad") as failure:
        session.run(merged, {asked: True, x: float("inf")})
    assert failure.value.op is bad[0].op
