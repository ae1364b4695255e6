"""Work in the latest cluster that its results allow."""

import numpy as np
import pytest

import perdure.tf as tf
from perdure.graph.graph import Graph
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.options import options
from perdure.runtime.planning.sink import Placed, check_phases, latest_phases, phases_of_varying_sizes


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def units(session):
    """What the last planned step runs."""
    return list(session._executables.values())[-1].units


def types(unit):
    """The types of a unit's operations."""
    return [instruction.node.type for instruction in unit.instructions]


def on_the_host(x):
    """`x` through a host operation that keeps its static shape."""
    return tf.Print(x, [], "")


def placed(*rows):
    """Nodes given as (name, phase, is_compilable, names it waits for); there is nothing else to them."""
    return [Placed(name, phase, kind, before) for name, phase, kind, before in rows]


def test_nodes_move_to_what_waits_for_them():
    """As far as the earliest consumer; host operations, and what nothing waits for, stay."""
    nodes = placed(
        ("early", 0, True, ()),
        ("for_host", 0, True, ()),
        ("fetched", 0, True, ()),
        ("host", 1, False, ("for_host",)),
        ("order", None, False, ("early",)),
        ("late", 2, True, ("host", "order")),
    )
    assert latest_phases(nodes, set(), [0, 2]) == [2, 0, 0, 1, None, 2]
    assert latest_phases(nodes, {"early"}, [0, 2]) == [0, 0, 0, 1, None, 2]
    assert latest_phases(nodes, set(), [0, 1]) == [1, 0, 0, 1, None, 2]
    assert latest_phases(nodes, set(), []) == [0, 0, 0, 1, None, 2]


def test_a_renewed_snapshot_is_two_nodes():
    """What waits for its second run does not hold the first one back, nor the other way round."""
    nodes = placed(
        ("snapshot", 0, True, ()),
        ("reader", 0, True, ("snapshot",)),
        ("host", 1, False, ("reader",)),
        ("snapshot", 1, True, ()),
        ("late", 3, True, ("snapshot",)),
    )
    assert latest_phases(nodes, set(), [0, 1, 3]) == [0, 0, 1, 3, 3]


def test_a_move_before_what_a_node_waits_for_is_noticed():
    """The checker knows host operations, clusters and what only orders others."""
    nodes = placed(
        ("a", 0, True, ()), ("host", 1, False, ("a",)), ("order", None, False, ("host",)),
        ("b", 1, True, ("order",)),
    )  # fmt: skip
    check_phases(nodes, [0, 1, None, 1])
    for wrong in ([1, 1, None, 1], [0, 1, None, 0], [2, 1, None, 3]):
        with pytest.raises(AssertionError, match="moved before what it waits for"):
            check_phases(nodes, wrong)


def test_sizes_that_the_host_finds():
    """`tf.unique` makes as many as it finds; sizes of a batch are those of the feeds."""
    x = tf.placeholder(tf.float32, [None])
    batch = on_the_host(x) * 2.0
    found = tf.unique(x)[0] * 2.0
    total = tf.reduce_sum(found) + 1.0
    nodes = [
        Placed(t.op, phase, kind, ())
        for t, phase, kind in (
            (batch.op.inputs[0], 1, False), (batch, 1, True), (found.op.inputs[0], 1, False),
            (found, 2, True), (total.op.inputs[0], 3, True), (total, 4, True),
        )
    ]  # fmt: skip
    assert phases_of_varying_sizes(nodes, lambda op: op.inputs) == {2, 3}


def noise_contrastive(batch=None):
    tf.set_random_seed(1)
    labels = tf.placeholder(tf.int64, [batch, 1])
    inputs = tf.placeholder(tf.int32, [batch])
    table = tf.get_variable("table", [50, 4], initializer=tf.random_uniform_initializer(seed=1))
    weights = tf.get_variable("weights", [50, 4], initializer=tf.random_uniform_initializer(seed=2))
    biases = tf.get_variable("biases", [50], initializer=tf.zeros_initializer())
    loss = tf.reduce_mean(
        tf.nn.nce_loss(weights, biases, labels, tf.nn.embedding_lookup(table, inputs), 8, 50)
    )
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    feeds = {labels: np.arange(6)[:, None], inputs: np.arange(6, dtype=np.int32)}
    return [train, loss], feeds, [table, weights, biases]


@pytest.mark.parametrize("batch", [6, None])
def test_a_sampled_loss_is_one_cluster(batch):
    """The host draws the samples, then one program reads and updates the variables."""
    fetches, feeds, variables = noise_contrastive(batch)
    results = []
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            session.run(tf.global_variables_initializer())
            losses = [session.run(fetches, feeds)[1] for _ in range(3)]
            sampler, program = units(session)
            assert types(sampler) == ["LogUniformCandidateSampler"]
            assert isinstance(program, Cluster) and program.is_last
            results.append([losses, *session.run(variables)])
    for interpreted, compiled in zip(*results, strict=True):
        np.testing.assert_allclose(interpreted, compiled, rtol=1e-5, atol=1e-6)


def test_nothing_moves_behind_sizes_that_the_host_finds():
    """The product stays where its shapes are those of the feeds."""
    x = tf.placeholder(tf.float32, [8, 8])
    product = tf.matmul(x, x)
    result = tf.reduce_sum(tf.boolean_mask(x, x[:, 0] > 0.0)) + product
    with tf.Session() as session:
        session.run(result, {x: np.eye(8)})
        first = next(unit for unit in units(session) if isinstance(unit, Cluster))
        assert "MatMul" in types(first)


def test_nothing_moves_into_a_cluster_for_one_value():
    """A program that is compiled for each value of a size is kept small."""
    x = tf.placeholder(tf.float32, [8, 8])
    count = on_the_host(tf.cast(tf.reduce_sum(x), tf.int32))
    result = tf.tile(tf.matmul(x, x), [count, 1])
    with tf.Session() as session:
        assert session.run(result, {x: np.eye(8)}).shape == (64, 8)
        first = next(unit for unit in units(session) if isinstance(unit, Cluster))
        assert "MatMul" in types(first)


def test_nothing_moves_in_a_step_that_waits():
    """What a step has written by then is what others see while it waits."""
    counter = tf.get_variable("counter", [], initializer=tf.zeros_initializer(), use_resource=False)
    queue = tf.FIFOQueue(2, [tf.float32], [[]])
    count = tf.assign_add(counter, 1.0)
    with tf.control_dependencies([on_the_host(tf.random_uniform([]))]):
        result = count + queue.dequeue() * 2.0
    with tf.Session() as session:
        session.run(counter.initializer)
        session.run(queue.enqueue(3.0))
        assert session.run(result) == 7.0
        assert "AssignAdd" in types(units(session)[0])


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_readers_stay_before_writers(tier):
    """What reads a variable that the host changes is computed before, although its result is wanted late."""
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer(), use_resource=False)
    before = tf.identity(v) * 2.0
    with tf.control_dependencies([before]):
        changed = tf.assign(v, on_the_host(v * 10.0))
    with tf.control_dependencies([changed]):
        after = on_the_host(v + 0.0)
    result = before + after
    with tf.Session() as session, options(tier=tier):
        session.run(v.initializer)
        assert session.run(result).tolist() == [12.0, 12.0]
        assert session.run(result).tolist() == [120.0, 120.0]


def test_a_failing_step_changes_nothing():
    """Also where the check, and an update before it, moved behind a host operation."""
    x = tf.placeholder(tf.float32, [2])
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer(), use_resource=False)
    with tf.control_dependencies([tf.assign_add(v, x)]):
        checked = tf.check_numerics(x * 2.0, "x")
    result = checked + on_the_host(x)
    with tf.Session() as session, options(tier="compile"):
        session.run(v.initializer)
        assert session.run(result, {x: [1.0, 1.0]}).tolist() == [3.0, 3.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="x : Tensor had NaN values"):
            session.run(result, {x: [1.0, np.nan]})
        assert session.run(v).tolist() == [2.0, 2.0]
