"""The compiled tier: the same numbers, errors and state as the interpreted one."""

import subprocess
import sys

import numpy as np
import pytest

from perdure import tf
from perdure.formats.messages import RunOptions
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.options import current_options, options
from tests.clocks import StoppedClock


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph, options(tier="compile"):
        yield graph


def clusters(session):
    """The clusters of a session's executables, in the order they were planned."""
    return [unit for e in session._executables.values() for unit in e.units if isinstance(unit, Cluster)]


def programs(session):
    """The compiled programs of a session."""
    return [s.program for c in clusters(session) for s in c.specialisations.values() if s.program]


def in_both_tiers(make, steps=3):
    """What `steps` runs of (fetches, feeds) give in each tier, from the same initial state."""
    results = []
    for tier in ("interpret", "compile"):
        with tf.Graph().as_default(), options(tier=tier):
            tf.set_random_seed(7)
            fetches, feeds = make()
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                results.append([session.run(fetches, feeds) for _ in range(steps)])
                assert bool(programs(session)) == (tier == "compile")
    return results


def test_a_training_step_agrees_in_both_tiers():
    """Losses and updated variables, over several steps."""

    def make():
        x = tf.placeholder(tf.float32, [None, 4])
        w = tf.Variable(tf.random_normal([4, 3]))
        b = tf.Variable(tf.zeros([3]))
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - 1.0))
        train = tf.train.AdamOptimizer(0.1).minimize(loss)
        with tf.control_dependencies([train]):
            after = [tf.identity(w), tf.identity(b)]
        return [loss, after], {x: np.random.RandomState(0).rand(5, 4)}

    interpreted, compiled = in_both_tiers(make)
    for one, other in zip(interpreted, compiled, strict=True):
        np.testing.assert_allclose(one[0], other[0], rtol=1e-5)
        np.testing.assert_allclose(one[1][0], other[1][0], rtol=1e-5)


def test_random_numbers_are_the_same_bits():
    """Streams advance alike, also when a session changes tiers."""
    numbers = tf.random_normal([7], seed=3)
    with tf.Session() as one, options(tier="interpret"):
        expected = [one.run(numbers) for _ in range(4)]
    with tf.Session() as other:
        got = []
        for tier in ("compile", "interpret", "compile", "interpret"):
            with options(tier=tier):
                got.append(other.run(numbers))
    np.testing.assert_array_equal(got, expected)


def test_each_shape_has_a_program():
    """A batch of another size is another specialisation."""
    x = tf.placeholder(tf.float32, [None])
    y = tf.reduce_sum(x * 2.0)
    with tf.Session() as session:
        assert [session.run(y, {x: np.ones(n)}) for n in (2, 3, 2)] == [4.0, 6.0, 4.0]
        assert len(programs(session)) == 2


def test_static_inputs_are_part_of_the_key():
    """A fed shape, and a slice whose begin is fed."""
    x = tf.placeholder(tf.float32, [6])
    shape = tf.placeholder(tf.int32, [2])
    begin = tf.placeholder(tf.int32, [1])
    y = tf.reshape(x, shape)
    z = tf.slice(x, begin, [2])
    fed = np.arange(6.0, dtype=np.float32)
    with tf.Session() as session:
        assert session.run(y, {x: fed, shape: [2, 3]}).shape == (2, 3)
        assert session.run(y, {x: fed, shape: [3, -1]}).shape == (3, 2)
        assert session.run(z, {x: fed, begin: [3]}).tolist() == [3.0, 4.0]
        assert session.run(z, {x: fed, begin: [1]}).tolist() == [1.0, 2.0]
        assert len(programs(session)) == 4


def test_shapes_of_shapes_need_no_value():
    """`tf.reshape(x, tf.shape(y))` depends on the shape of y alone."""
    x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None, 2])
    z = tf.reshape(x, tf.shape(y)) + tf.cast(tf.shape(y)[0], tf.float32)
    with tf.Session() as session:
        for value in (0.0, 1.0):
            assert session.run(z, {x: [1, 2], y: [[value, value]]}).tolist() == [[2.0, 3.0]]
        assert len(programs(session)) == 1


def test_a_static_input_that_depends_on_a_variable_cuts_the_cluster():
    """The length is computed first, then the range is made for it."""
    length = tf.Variable(3)
    grow = tf.assign_add(length, 2)
    numbers = tf.range(length) * 2
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(numbers).tolist() == [0, 2, 4]
        session.run(grow.op)
        assert session.run(numbers).tolist() == [0, 2, 4, 6, 8]


def test_large_static_values_stay_interpreted():
    """The length of a range that follows from many numbers is no reason to compile for each of them."""
    lengths = tf.placeholder(tf.int32, [100])
    total = tf.reduce_sum(tf.range(tf.reduce_max(lengths)))
    with tf.Session() as session:
        for longest in (3, 4):
            fed = np.ones(100, np.int32)
            fed[5] = longest
            assert session.run(total, {lengths: fed}) == longest * (longest - 1) / 2


def test_host_operations_lie_between_clusters(capfd):
    """Print runs on the host; what is before and behind it is compiled."""
    x = tf.placeholder(tf.float32, [2])
    y = tf.Print(x + 1.0, [x], "seen ")
    z = y * 2.0
    with tf.Session() as session:
        assert session.run(z, {x: [1, 2]}).tolist() == [4.0, 6.0]
        kinds = [type(unit).__name__ for unit in next(iter(session._executables.values())).units]
        assert kinds == ["Cluster", "HostUnit", "Cluster"]
    assert "seen [1 2]" in capfd.readouterr().err


# -- state ---------------------------------------------------------------------------------------


def test_order_of_reads_and_writes():
    """As in the interpreted tier: readers first, control inputs obeyed."""
    v = tf.Variable(1.0)
    before = v * 1.0
    bump = tf.assign_add(v, 10.0)
    with tf.control_dependencies([bump]):
        after = v.read_value() + 0.0
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([before, after]) == [1.0, 11.0]
        assert session.run(v) == 11.0


def test_fetched_arrays_are_the_users_own():
    """Writing to a result changes neither the variable nor a later result."""
    v = tf.Variable([1.0, 2.0])
    bump = tf.assign_add(v, [1.0, 1.0])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for fetch in (bump, v, v * 1.0):
            result = session.run(fetch)
            result += 100
        assert session.run(v).tolist() == [2.0, 3.0]


def test_a_value_fetched_with_its_update():
    """It is the new value, although the program takes over the variable's memory."""
    v = tf.Variable(np.zeros(1000, np.float32))
    bump = tf.assign_add(v, np.ones(1000, np.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for expected in range(3):
            new, _ = session.run([v, bump.op])
            assert new.tolist() == [expected + 1] * 1000


def test_feeds_may_be_changed_after_the_run():
    """A step has finished with what it was fed when `run` returns."""
    x = tf.placeholder(tf.float32, [1000, 1000])
    total = tf.Variable(np.zeros((1000, 1000), np.float32))
    update = tf.assign_add(total, tf.matmul(x, x)).op
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        fed = np.eye(1000, dtype=np.float32)
        for _ in range(3):
            fed[:] = np.eye(1000)
            session.run(update, {x: fed})
            fed[:] = 7
        assert np.array_equal(session.run(total), 3 * np.eye(1000))


# -- errors ---------------------------------------------------------------------------------------


def failing():
    """Ways to fail inside a cluster: (fetch, feeds that fail, feeds that work, message)."""
    i = tf.placeholder(tf.int32, [2])
    table = tf.constant([1.0, 2.0, 3.0])
    yield tf.gather(table, i) * 2.0, {i: [0, 7]}, {i: [0, 1]}, r"indices\[1\] = 7 is not in \[0, 3\)"
    d = tf.placeholder(tf.int32, [2])
    yield tf.constant([4, 6]) // d, {d: [0, 1]}, {d: [2, 3]}, "Integer division by zero"
    x = tf.placeholder(tf.float32, [2])
    with tf.control_dependencies([tf.Assert(x[0] < 5.0, [x])]):
        yield x * 2.0, {x: [9, 1]}, {x: [1, 2]}, r"assertion failed: \[9 1\]"
    yield tf.check_numerics(tf.log(x), "bad log"), {x: [0, 1]}, {x: [1, 2]}, "bad log"


@pytest.mark.parametrize("case", range(4))
def test_errors_are_those_of_the_interpreted_tier(case):
    """Class, message, node and line; and no variable has changed."""
    fetch, bad, good, message = list(failing())[case]
    v = tf.Variable(np.ones(3, np.float32))
    with tf.control_dependencies([fetch]):
        bump = tf.assign_add(v, [1.0, 1.0, 1.0])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run([fetch, bump], good)
        assert programs(session)
        with pytest.raises(tf.errors.InvalidArgumentError, match=message) as caught:
            session.run([fetch, bump], bad)
        assert __file__ in str(caught.value)
        assert session.run(v).tolist() == [2.0] * 3
        session.run([fetch, bump], good)
        assert session.run(v).tolist() == [3.0] * 3


def test_a_failed_step_takes_its_random_numbers_back():
    """The stream goes on as if the step had not been tried."""
    i = tf.placeholder(tf.int32, [])
    numbers = tf.random_uniform([3], seed=1) + tf.gather([0.0, 0.0], i)
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(numbers, {i: 5})
    with tf.Session() as one, tf.Session() as other, options(tier="interpret"):
        np.testing.assert_array_equal(one.run(numbers, {i: 1}), other.run(numbers, {i: 1}))


def test_what_is_fed_is_kept_when_its_operation_runs():
    """An operation runs for those that wait for it, also when its value is fed."""
    x = tf.placeholder(tf.float32, [2])
    doubled = x * 2.0
    with tf.control_dependencies([doubled]):
        y = tf.identity(x)
    with tf.Session() as session:
        found = session.run([doubled + 1.0, y], {x: [1, 2], doubled: [10, 20]})
        assert [value.tolist() for value in found] == [[11.0, 21.0], [1.0, 2.0]]


def test_rows_changed_twice_in_a_step_that_fails():
    """Neither change is left, although the first was made before the second's indices were checked."""
    i = tf.placeholder(tf.int32, [1])
    table = tf.Variable(np.zeros((3, 2), np.float32))
    first = tf.scatter_add(table, [0], [[1.0, 1.0]])
    second = tf.scatter_add(first, i, [[1.0, 1.0]])
    with tf.Session() as session:
        session.run(table.initializer)
        session.run(second.op, {i: [1]})
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(second.op, {i: [7]})
        assert session.run(table).tolist() == [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]


def test_errors_found_while_compiling():
    """What a kernel has against the shapes of the first step is said as the interpreted tier says it."""
    x = tf.placeholder(tf.float32, name="x")
    product = tf.matmul(x, x, name="product")
    for tier in ("compile", "interpret"):
        with options(tier=tier), tf.Session() as session:
            with pytest.raises(tf.errors.InvalidArgumentError, match="node product") as caught:
                session.run(product, {x: np.ones((2, 3))})
            assert caught.value.op is product.op
            with pytest.raises(tf.errors.InvalidArgumentError, match="placeholder .*x") as caught:
                session.run(product)
            assert caught.value.op is x.op
            assert session.run(product, {x: np.ones((2, 2))}).tolist() == [[2, 2], [2, 2]]


def test_a_failed_step_may_be_the_first_that_pays():
    """An error in the step in which a cluster would be compiled does not keep it from being compiled."""
    x = tf.placeholder(tf.float32, [None, None])
    with options(tier="auto"), tf.Session() as session:
        product = tf.matmul(x, x)
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(product, {x: np.ones((2, 3))})
        (cluster,) = clusters(session)
        assert not any(s.refused for s in cluster.specialisations.values())


def test_time_that_runs_out_in_a_program(monkeypatch):
    """It cannot be stopped, and has taken over its variables: the step counts as done."""
    v = tf.Variable(np.zeros(3, np.float32))
    more = v.assign_add(np.ones(3, np.float32))
    with tf.Session() as session:
        session.run(v.initializer)
        session.run([more, v])
        (program,) = [p for p in programs(session) if p._layout.read_written]
        compiled = program._compiled
        clock = StoppedClock(monkeypatch)
        program._compiled = lambda *arguments: [compiled(*arguments), clock.advance(0.06)][0]
        assert session.run([more, v], options=RunOptions(timeout_in_ms=50))[0].tolist() == [2.0] * 3
        assert session.run(v).tolist() == [2.0] * 3


def test_uninitialized_variables_are_named():
    """As in the interpreted tier."""
    v = tf.Variable(1.0, name="weights")
    with (
        tf.Session() as session,
        pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value weights"),
    ):
        session.run(v * 2.0)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: tf.train.AdamOptimizer(0.1),
        lambda: tf.train.MomentumOptimizer(0.1, 0.9),
        lambda: tf.train.RMSPropOptimizer(0.1),
        lambda: tf.train.RMSPropOptimizer(0.1, centered=True),
        lambda: tf.train.AdagradOptimizer(0.1),
        lambda: tf.train.AdadeltaOptimizer(0.1),
    ],
)
@pytest.mark.parametrize("check_first", [True, False])
def test_a_failed_check_leaves_variables_and_slots_alone(optimizer, check_first):
    """Whether it comes before the updates or behind them; steps that succeed are as interpreted ones."""

    def run(tier):
        with tf.Graph().as_default(), options(tier=tier), tf.Session() as session:
            limit = tf.placeholder(tf.float32, [])
            w = tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3))
            loss = tf.reduce_sum(tf.square(w - 1.0))
            train = optimizer().minimize(tf.check_numerics(loss / limit, "no") if check_first else loss)
            with tf.control_dependencies([train]):
                step = tf.check_numerics(1.0 / limit, "no")
            session.run(tf.global_variables_initializer())
            states = []
            for value in (1.0, 0.0, 2.0, 0.0, 1.0):
                before = session.run(tf.global_variables())
                if value:
                    session.run(step, {limit: value})
                    states += session.run(tf.global_variables())
                    continue
                with pytest.raises(tf.errors.InvalidArgumentError, match="no"):
                    session.run(step, {limit: value})
                for old, new in zip(before, session.run(tf.global_variables()), strict=True):
                    np.testing.assert_array_equal(old, new)
            return states

    for one, other in zip(run("interpret"), run("compile"), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32, np.float16])
def test_sums_of_few_elements(kind):
    """Sums of stored values that are added one by one, and those that are not."""
    values = [
        np.arange(1, size + 1).astype(kind).reshape(shape)
        for size, shape in [
            (1, []),
            (1, [1]),
            (2, [2]),
            (7, [7]),
            (15, [3, 5]),
            (16, [16]),
            (17, [17]),
            (0, [0]),
        ]
    ]
    variables = [tf.Variable(value) for value in values]
    sums = [tf.reduce_sum(variable) for variable in variables] + [tf.reduce_sum(variables[4], axis=1)]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for found, value in zip(session.run(sums), [*values, values[4]], strict=True):
            expected = value.sum(axis=1, dtype=kind) if found.shape else value.sum(dtype=kind)
            assert found.dtype == kind and np.array_equal(found, expected)
        assert programs(session)


# -- when it pays -----------------------------------------------------------------------------------


def test_small_steps_are_never_compiled():
    """A program call costs more than a few NumPy calls."""
    x = tf.placeholder(tf.float32, [10])
    y = x * 2.0 + 1.0
    with options(tier="auto"), tf.Session() as session:
        for _ in range(50):
            session.run(y, {x: np.ones(10)})
        (cluster,) = clusters(session)
        (only,) = cluster.specialisations.values()
        assert only.interpreted_us < only.compiled_us
        assert not programs(session)


def test_a_first_run_that_fails_does_not_settle_the_tier():
    """There is no estimate yet; the next run makes it."""
    x = tf.placeholder(tf.float32, [None])
    y = tf.check_numerics(x, "no")
    for _ in range(40):
        y = tf.tanh(y)
    with options(tier="auto"), tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(y, {x: np.full(20000, np.nan)})
        for _ in range(400):
            session.run(y, {x: np.zeros(20000)})
            if programs(session):
                break
        assert programs(session)


def test_many_results_stay_interpreted():
    """Handing over 50 arrays costs more than computing them."""
    x = tf.placeholder(tf.float32, [None])
    parts = [x * float(i) for i in range(50)]
    with options(tier="auto"), tf.Session() as session:
        for _ in range(2):
            session.run(parts, {x: np.ones(4)})
        (cluster,) = clusters(session)
        (only,) = cluster.specialisations.values()
        assert only.interpreted_us < only.compiled_us


def test_heavy_work_is_compiled_at_once():
    """Initialising millions of numbers is worth a compilation the first time."""
    v = tf.Variable(tf.random_normal([1000, 10000], seed=1))
    with options(tier="auto"), tf.Session() as session:
        session.run(v.initializer)
        assert programs(session)


def test_hotness_depends_on_runs_and_shapes_only():
    """The same program is compiled at the same step in every session."""
    x = tf.placeholder(tf.float32, [None, 200])
    y = x
    for _ in range(10):
        y = tf.tanh(y) * tf.sigmoid(y)
    switched = []
    for _ in range(2):
        with options(tier="auto"), tf.Session() as session:
            for step in range(400):
                session.run(y, {x: np.zeros((200, 200), np.float32)})
                if programs(session):
                    switched.append(step)
                    break
    assert len(switched) == 2 and switched[0] == switched[1] > 0


def test_options():
    """Options nest, are checked, and end with their block."""
    with options(tier="auto"):
        assert current_options().tier == "auto"
    assert current_options().tier == "compile"
    with pytest.raises(ValueError, match="tier must be one of auto, interpret, compile"):
        with options(tier="fast"):
            pass
    with pytest.raises(TypeError, match="speed"):
        with options(speed=1):
            pass


def test_a_variable_that_is_only_written():
    """An initializer may be compiled when its variable has a value already."""
    variable = tf.Variable(tf.ones([3]) * 2.0)
    with options(tier="compile"), tf.Session() as session:
        for _ in range(2):
            session.run(variable.initializer)
        assert session.run(variable).tolist() == [2, 2, 2]


def test_host_operations_on_feeds_stay_on_the_host():
    """The distinct values of a feed are no constants of a compiled program."""
    ids = tf.placeholder(tf.int32, [None])
    distinct, numbers = tf.unique(ids)
    sums = tf.unsorted_segment_sum(tf.ones([4]), numbers, tf.size(distinct)) * 2.0
    with options(tier="compile"), tf.Session() as session:
        for fed, expected in (([5, 7, 5, 5], [6, 2]), ([1, 2, 3, 1], [4, 2, 2])):
            assert session.run(sums, {ids: fed}).tolist() == expected


def test_explain():
    """Clusters with their tier and why, host operations with the reason."""
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.Print(x * 2.0, [x]) + 1.0
    shape = tf.placeholder(tf.int32, [1], name="shape")
    z = tf.reshape(y, shape)
    with tf.Session() as session:
        session.run(z, {x: [1.0], shape: [1]})
        text = session.explain(z, [x, shape])
    assert "cluster of 1 operations: Mul" in text
    assert "Print (Print): it only makes sense on the host" in text
    assert "compiled for each value of: shape:0" in text
    assert ", at once" in text


def test_the_first_compilation_leaves_numpys_generator_alone():
    """jax draws from it while it is imported; a seeded program must not get other numbers for that."""
    program = """
import sys
import numpy as np
from perdure import tf
from perdure.runtime.options import options
np.random.seed(0)
with options(tier="compile"), tf.Session() as session:
    session.run(tf.tanh(tf.placeholder_with_default([1.0], [None])))
print("jax" in sys.modules, np.random.rand())
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["True", str(np.random.RandomState(0).rand())]


@pytest.mark.filterwarnings("error:A large amount of constants")
def test_large_zeros_are_made_by_the_program():
    """They would be built into it otherwise, several times over while it is compiled."""
    import jax

    jax.config.update("jax_captured_constants_warn_bytes", 1_000_000)
    try:
        v = tf.get_variable("v", [1 << 21], initializer=tf.zeros_initializer())
        with tf.Session() as session:
            session.run(v.initializer)
            assert session.run(tf.reduce_sum(v)) == 0.0 and programs(session)
    finally:
        jax.config.update("jax_captured_constants_warn_bytes", 2_000_000_000)
