"""What leaves the plan of a step, and what must stay in it."""

import numpy as np
import pytest

from perdure import tf
from perdure.formats.messages import ConfigProto
from perdure.graph import errors
from perdure.resources.resources import Resources
from perdure.runtime.options import options
from perdure.runtime.plan import plan
from perdure.runtime.planning.place import Placer
from perdure.runtime.planning.simplify import NONE, Simplifications, check_simplified, simplify


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run_types(fetches, feeds=(), targets=(), which=None):
    """The types of the operations that a step runs."""
    executable = plan(fetches, targets, feeds, Resources(), Placer(), which)
    return [i.node.type for unit in executable.units for i in unit.instructions]


def test_identities_leave():
    """What consumes them takes their input; the fetched one stays."""
    x = tf.placeholder(tf.float32, [2])
    y = tf.stop_gradient(tf.identity(tf.identity(x)))
    z = tf.identity(y * 2.0, name="z")
    assert run_types([z], [x]) == ["Mul", "Identity"]
    assert run_types([z], [x], which=NONE) == ["Identity"] * 2 + ["StopGradient", "Mul", "Identity"]
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(z, {x: [1, 2]}), [2, 4])


def test_an_identity_with_control_edges_hands_on_what_it_waits_for():
    """To those that wait for it, and to those that use it."""
    v = tf.Variable(1.0, use_resource=True)
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([v.assign(x)]):
        y = tf.identity(x)
    z = y + 1.0
    with tf.control_dependencies([z]):
        after = v.read_value() * 1.0
    assert run_types([z], [x]) == ["AssignVariableOp", "AddV2"]
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run([z, after], {x: 5.0}) == [6.0, 5.0]


def test_an_identity_of_a_narrower_shape_stays():
    """It is what the program knows of a value."""
    x = tf.placeholder(tf.float32)
    y = tf.identity(x)
    y.set_shape([2])
    assert run_types([y * 2.0], [x]) == ["Identity", "Mul"]


def test_constants_are_folded():
    """A chain of operations on constants is a value of the plan."""
    x = tf.placeholder(tf.float32, [None])
    half = tf.constant(1.0) / tf.cast(tf.reduce_prod(tf.constant([1, 2])), tf.float32)
    y = x * half
    assert run_types([y], [x]) == ["Mul"]
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(y, {x: [1, 2]}), [0.5, 1])
        assert session.run(half) == 0.5


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_folded_values_in_both_tiers(tier):
    """Also those that only say something about a shape, or that no kernel asks for."""
    x = tf.placeholder(tf.float32, [None, 2])
    sizes = tf.constant([4]) // tf.constant([2])
    y = tf.reshape(x, tf.concat([sizes, [-1]], 0)) * tf.fill([2, 1], 3.0)
    like = tf.zeros_like(tf.constant([1.0, 2.0]) + 1.0) + x
    with tf.Session() as session, options(tier=tier):
        found, other = session.run([y, like], {x: np.arange(8.0).reshape(4, 2)})
    np.testing.assert_array_equal(found, 3 * np.arange(8.0).reshape(2, 4))
    np.testing.assert_array_equal(other, np.arange(8.0).reshape(4, 2))


def test_what_fails_on_constants_fails_in_the_step():
    """With the error, the node and the line that it has otherwise."""
    bad = tf.gather(tf.constant([1, 2]), tf.constant(5), name="bad")
    x = tf.placeholder(tf.int32, [])
    with tf.Session() as session:
        with pytest.raises(errors.InvalidArgumentError, match=r"is not in \[0, 2\)[\s\S]*node bad"):
            session.run(bad + x, {x: 1})


def test_large_results_are_not_kept():
    """They are computed in each run."""
    x = tf.placeholder(tf.float32, [])
    assert run_types([tf.reduce_sum(tf.fill([10_000], 2.0)) * x], [x])[0] == "Fill"


def test_what_follows_from_a_default_is_not_folded():
    """Programs use placeholder_with_default for values that may change."""
    y = tf.placeholder_with_default(2.0, []) * 3.0 + 1.0
    assert run_types([y]) == ["PlaceholderWithDefault", "Mul", "AddV2"]


def test_equal_operations_run_once():
    """The same type, inputs and attributes; constants by value."""
    x = tf.placeholder(tf.float32, [2, 2])
    one = tf.reduce_sum(x, axis=[1], keepdims=True)
    other = tf.reduce_sum(x, axis=[1], keepdims=True)
    flat = tf.reduce_sum(x, axis=[1])
    total = one / other + flat
    assert sorted(run_types([total], [x])) == ["AddV2", "RealDiv", "Sum", "Sum"]
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(total, {x: [[1, 2], [3, 4]]}), [[4, 8], [4, 8]])


def test_equal_constants_of_other_types_differ():
    """Zeros of several types have the same bytes."""
    x = tf.placeholder(tf.float32, [])
    y = tf.constant(0.0) + x, tf.constant(0) + tf.cast(x, tf.int32), tf.constant(-0.0) * x
    with tf.Session() as session:
        found = session.run([t * 1 for t in y], {x: 1.0})
    assert [v.dtype for v in found] == [np.float32, np.int32, np.float32]
    assert np.signbit(found[2]) and not np.signbit(found[0])


def test_what_is_only_waited_for_leaves():
    """Unless it has an effect, or is run for the error it may raise."""
    x, w = tf.placeholder(tf.float32, [2]), tf.Variable([1.0, 2.0])
    unused = tf.exp(tf.square(x))
    checked = tf.check_numerics(x, "bad number")
    with tf.control_dependencies([unused, checked]):
        y = w.assign_add(x)
    assert run_types([], [x], [y.op]) == ["CheckNumerics", "AssignAdd"]
    with tf.Session() as session:
        session.run(w.initializer)
        np.testing.assert_array_equal(session.run(y, {x: [1, 1]}), [2, 3])
        with pytest.raises(errors.InvalidArgumentError, match="bad number"):
            session.run(y, {x: [np.nan, 1]})


def test_what_is_only_waited_for_leaves_though_it_reads_a_variable_twice():
    """TensorFlow does not run it either, so that nobody hears of its error."""
    begin, v = tf.placeholder(tf.int32, []), tf.Variable([1, 2, 3, 4], use_resource=False)
    early = v.value() + 1
    change = tf.assign_sub(v, [1, 1, 1, 1])
    with tf.control_dependencies([change.op]):
        unused = tf.slice(v.value(), [begin], [1])
    with tf.control_dependencies([unused]):
        y = tf.negative(tf.placeholder_with_default(2, []))
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run([y, early, change.op], {begin: 50})[:1] == [-2]
        assert session.run(v).tolist() == [0, 1, 2, 3]


def test_gradients_that_nobody_uses_are_not_computed():
    """That of a first layer with respect to its input, which control edges of tf.gradients keep."""
    x, w = tf.placeholder(tf.float32, [None, 2]), tf.Variable(tf.ones([2, 3]))
    loss = tf.reduce_sum(tf.square(tf.matmul(x, w)))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    assert run_types([], [x], [train]).count("MatMul") == 2
    assert run_types([], [x], [train], NONE).count("MatMul") == 3


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_host_operations_keep_their_order(tier):
    """Across identities, and what is merged, that only hand on what they wait for."""
    seen = []

    def note(name):
        def function(value):
            seen.append(name)
            return value

        return lambda value: tf.py_func(function, [value], tf.float32)

    x = tf.placeholder(tf.float32, [])
    first = note("first")(x * 2.0)
    with tf.control_dependencies([first]):
        again = tf.identity(x)
    twice = tf.identity(again) * 2.0  # as the input of `first`, but behind it
    second = note("second")(twice)
    with tf.control_dependencies([tf.exp(second)]):
        third = note("third")(tf.identity(x) * 2.0)
    with tf.Session() as session, options(tier=tier):
        for _ in range(3):
            assert session.run([third + 0.0, first + 0.0], {x: 2.0}) == [4.0, 4.0]
    assert seen == ["first", "second", "third"] * 3


def test_fed_tensors_are_themselves():
    """A value is fed for one of two equal operations, for an identity, and for what could be folded."""
    x = tf.placeholder(tf.float32, [])
    one, other = tf.square(x), tf.square(x)
    same, folded = tf.identity(x), tf.constant(1.0) + 1.0
    total = one + 10.0 * other + 100.0 * same + 1000.0 * folded
    with tf.Session() as session:
        assert session.run(total, {x: 1.0}) == 2111.0
        assert session.run(total, {x: 1.0, other: 2.0}) == 2121.0
        assert session.run(total, {x: 1.0, one: 2.0}) == 2112.0
        assert session.run(total, {x: 1.0, same: 3.0, folded: 4.0}) == 4311.0


def test_random_operations_are_never_merged():
    """Nor anything else that has an effect or a state."""
    draws = [tf.random_uniform([3], seed=1) for _ in range(2)]
    v = tf.Variable(0.0)
    adds = [v.assign_add(1.0) for _ in range(2)]
    with tf.control_dependencies(adds):
        total = draws[0] - draws[1] + tf.identity(v)
    types = run_types([total])
    assert types.count("RandomUniform") == 2 and types.count("AssignAdd") == 2


def test_reads_on_both_sides_of_a_write_are_not_merged():
    """The snapshot of a variable is renewed behind a write."""
    v = tf.Variable(1.0)
    before = tf.identity(v * 2.0)
    with tf.control_dependencies([before]):
        write = v.assign(5.0)
    with tf.control_dependencies([write]):
        after = tf.identity(v * 2.0)
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run([before + 0.0, after + 0.0]) == [2.0, 10.0]


def test_operations_on_other_devices_are_not_merged():
    """Each runs where the program wants it."""
    x = tf.placeholder(tf.float32, [])
    with tf.device("/cpu:0"):
        one = tf.square(x)
    assert run_types([one + tf.square(x)], [x]).count("Square") == 2


def test_bodies_of_functions_are_simplified():
    """What is constant in a loop is computed once, when the loop is planned."""

    def body(i, total):
        return i + 1, tf.identity(total) + tf.constant(2.0) * tf.constant(3.0)

    _, total = tf.while_loop(lambda i, _: i < 4, body, [0, 0.0])
    with tf.Session() as session:
        assert session.run(total) == 24.0


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("", ["Square", "Mul", "AddV2"]),
        ("optimizer_options { opt_level: L0 }", None),
        ("rewrite_options { disable_meta_optimizer: true }", None),
        ("rewrite_options { dependency_optimization: OFF }", ["Identity", "Square", "Mul", "AddV2"]),
        ("rewrite_options { constant_folding: OFF }", ["AddV2", "Square", "Mul", "AddV2"]),
        ("rewrite_options { arithmetic_optimization: OFF }", ["Square", "Square", "Mul", "AddV2"]),
    ],
)
def test_options_switch_it_off(text, types):
    """The switches of TensorFlow's optimizers."""
    from google.protobuf import text_format

    config = text_format.Parse(f"graph_options {{ {text} }}", ConfigProto())
    x = tf.placeholder(tf.float32, [])
    y = tf.square(tf.identity(x)) * tf.square(tf.identity(x)) + (tf.constant(1.0) + 2.0)
    with tf.Session(config=config) as session:
        assert session.run(y, {x: 2.0}) == 19.0
        (executable,) = session._executables.values()
        found = [i.node.type for unit in executable.units for i in unit.instructions]
    everything = ["AddV2", "AddV2", "Identity", "Identity", "Mul", "Square", "Square"]
    assert sorted(found) == sorted(types or everything)


def test_a_partial_run_is_left_as_it_is():
    """Which feeds a part waits for is asked of the graph."""
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    one = tf.identity(x) * 2.0
    two = tf.identity(x) * 2.0 + y
    with tf.Session() as session:
        handle = session.partial_run_setup([one, two], [x, y])
        assert session.partial_run(handle, one, {x: 1.0}) == 2.0
        assert session.partial_run(handle, two, {y: 3.0}) == 5.0


def test_the_checker_sees_what_is_missing():
    """Nodes that run before their inputs, and what may not leave."""
    x = tf.placeholder(tf.float32, [])
    y = tf.identity(x)
    z = y * y
    order = [y.op, z.op]
    good = simplify(order, {x}, {z.op})
    assert good.order == [z.op] and good.stands_for == {y: x}
    good.stands_for = {}
    with pytest.raises(AssertionError, match="runs before its input"):
        check_simplified(good, order, {x}, {x.op, z.op})
    good.stands_for = {y: x}
    with pytest.raises(AssertionError, match="though the program asks for it"):
        check_simplified(good, order, {x}, {x.op, y.op, z.op})
    good.stands_for = {z: y, y: x}
    with pytest.raises(AssertionError, match="cannot stand for"):
        check_simplified(good, order, {x}, {x.op})
    assert simplify(order, {x}, {z.op}, which=Simplifications(False, False, True)).order == order


def test_a_constant_that_is_fed_is_not_folded():
    """Also when something waits for its operation, so that it is part of the step."""
    c = tf.constant([1, 2])
    largest = tf.reduce_max(c)
    with tf.control_dependencies([c]):
        waiting = tf.placeholder_with_default(1, []) + 1
    with tf.Session() as session:
        assert session.run([largest, waiting], {c: [5, 6]}) == [6, 2]
