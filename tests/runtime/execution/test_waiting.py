"""Steps with operations that wait: what does not depend on them goes on."""

import threading
import time
from contextvars import copy_context

import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options

RUN_OPTIONS = tf.RunOptions(timeout_in_ms=20000)

TIERS = pytest.mark.parametrize("tier", ["interpret", "compile"])


@pytest.fixture
def session():
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        yield session


@TIERS
@pytest.mark.parametrize("cause", ["assert", "gather", "py_func", "division"])
def test_a_branch_fails_while_another_waits(session, tier, cause):
    """The step ends, as in TensorFlow, and waits for nothing any more."""
    queue = tf.FIFOQueue(4, tf.int32, shapes=[()])
    waiting = queue.dequeue()
    x = tf.placeholder_with_default(7, [])

    def fail(value):
        raise ValueError("no more")

    failing = {
        "assert": lambda: tf.Assert(x < 0, ["no more"]),
        "gather": lambda: tf.gather([1.0, 2.0], x),
        "py_func": lambda: tf.py_func(fail, [x], tf.int32),
        "division": lambda: tf.div(3, x - 7),
    }[cause]()
    with tf.control_dependencies([failing]):
        more = queue.enqueue(1)
    with options(tier=tier):
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run([waiting + 1, more])
        session.run(queue.enqueue(5))
        assert session.run([waiting, queue.size()]) in ([5, 0], [5, 1])


@TIERS
def test_what_is_waited_for_is_computed_in_the_same_step(session, tier):
    """Behind a cluster and another host operation."""
    queue, other = tf.FIFOQueue(1, tf.float32, [[]]), tf.FIFOQueue(1, tf.float32, [[]])
    x = tf.placeholder(tf.float32, [])
    doubled = queue.dequeue() * 2.0
    put = queue.enqueue(tf.py_func(lambda value: value, [x * 3.0 + 1.0], tf.float32))
    put_other = other.enqueue(doubled)
    with options(tier=tier):
        for value in range(3):
            _, _, taken, result = session.run([put, put_other, other.dequeue(), doubled], {x: value})
            assert (taken, result) == (6 * value + 2, 6 * value + 2)


@TIERS
def test_what_is_written_beside_a_wait_is_written_last(session, tier):
    """A step that ends while it waits leaves variables alone, unless others may be waiting for them."""
    queue, told = tf.FIFOQueue(1, tf.int32, [[]]), tf.FIFOQueue(2, tf.int32, [[]])
    v = tf.Variable(0)
    add = v.assign_add(1)
    with tf.control_dependencies([add]):
        tell = told.enqueue(1)
    session.run(v.initializer)
    take = queue.dequeue()
    put = queue.enqueue(3)
    with options(tier=tier):
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run([take, add.op], options=tf.RunOptions(timeout_in_ms=300))
        assert session.run(v) == 0
        taken = []
        run = copy_context().run
        thread = threading.Thread(target=lambda: taken.append(run(session.run, [take, tell])[0]))
        thread.start()
        while not session.run(told.size()):  # the step tells, and waits
            time.sleep(0.001)
        session.run(put)
        thread.join()
        assert taken == [3] and session.run(v) == 1
        session.run(put)
        assert session.run([take, add.op])[0] == 3 and session.run(v) == 2


@TIERS
def test_values_that_several_parts_use_stay_until_the_end(session, tier):
    """Though the parts run in another order than planned."""
    queue = tf.FIFOQueue(1, tf.float32, [[100]])
    x = tf.placeholder(tf.float32, [100])
    shared = tf.sqrt(x) + 1.0
    put = queue.enqueue(shared)
    taken = queue.dequeue()
    both = tf.py_func(lambda a, b: a + b, [taken, shared], tf.float32)
    with options(tier=tier):
        for _ in range(3):
            result = session.run([both, put, shared * 2.0], {x: np.ones(100, np.float32)})
            assert set(result[0]) == {4.0} and set(result[2]) == {4.0}


@TIERS
def test_control_edges_through_identities_and_groups(session, tier):
    """They hold although planning takes the identities out of the step."""
    queue, other = tf.FIFOQueue(2, tf.int32, [[]]), tf.FIFOQueue(2, tf.int32, [[]])
    with tf.control_dependencies([tf.group(tf.identity(queue.dequeue()))]):
        put = other.enqueue(1)
    with options(tier=tier):
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run([put, queue.dequeue()], options=tf.RunOptions(timeout_in_ms=200))
        assert session.run(other.size()) == 0


@TIERS
@pytest.mark.parametrize("distance", ["side by side", "behind a cluster"])
def test_functions_of_a_step_wait_for_each_other(session, tier, distance):
    """TensorFlow calls them in threads, so that both end."""
    told = [threading.Event(), threading.Event()]
    seen = []

    def first(x):
        seen.append(tf.get_default_session())
        told[0].set()
        return np.float32(x + told[1].wait(60))

    def second(x):
        seen.append(tf.get_default_session())
        told[1].set()
        return np.float32(x + told[0].wait(60))

    x = tf.placeholder(tf.float32, [])
    one = tf.py_func(first, [x], tf.float32)
    two = tf.py_func(second, [x if distance == "side by side" else x * 2.0], tf.float32)
    with options(tier=tier):
        for _ in range(2):
            assert session.run([one + 1.0, two], {x: 1.0}) == [3.0, 2.0 + (distance != "side by side")]
            told[0].clear()
            told[1].clear()
    assert set(seen) == {session}


def test_functions_that_do_not_wait_run_in_order(session):
    """Of the graph, one after another; what one raises is the step's error."""
    order = []
    calls = [tf.py_func(lambda i=i: order.append(i) or np.int32(i), [], tf.int32) for i in range(5)]
    assert session.run(calls) == [0, 1, 2, 3, 4] == order

    def fail():
        raise ValueError("no more")

    failing = tf.py_func(fail, [], tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="no more"):
        session.run([*calls, failing])


def test_a_function_waits_for_a_queue_operation_of_its_step(session):
    """Which comes behind it in the order of the graph."""
    queue = tf.FIFOQueue(1, tf.int32, [[]])
    take = queue.dequeue()
    waited = tf.py_func(lambda: session.run(take), [], tf.int32)
    put = queue.enqueue(5)
    assert session.run([waited, put])[0] == 5


@TIERS
def test_what_a_branch_waits_for_may_be_in_the_branch(session, tier):
    """One operation of a branch is woken by another one of it."""
    with options(tier=tier):
        queue = tf.FIFOQueue(1, tf.float32, shapes=[[]])
        taken = tf.placeholder(tf.bool, [])

        def both():
            got = queue.dequeue()
            with tf.control_dependencies([queue.enqueue(2.0)]):
                return got + 1.0

        y = tf.cond(taken, both, lambda: 0.0)
        found = [session.run(y, {taken: value}, RUN_OPTIONS) for value in (True, False, True)]
    assert found == [3.0, 0.0, 3.0]
    with session.graph.as_default():
        assert session.run(queue.size()) == 0


@TIERS
def test_what_the_body_of_a_loop_waits_for_may_be_in_the_body(session, tier):
    """In each of many runs, which become one function of Python's otherwise."""
    with options(tier=tier):
        queue = tf.FIFOQueue(1, tf.float32, shapes=[[]])

        def body(i, total):
            got = queue.dequeue()
            with tf.control_dependencies([queue.enqueue(tf.cast(i, tf.float32))]):
                return i + 1, total + got

        total = tf.while_loop(lambda i, total: i < 20, body, [0, 0.0])[1]
        assert session.run(total, options=RUN_OPTIONS) == sum(range(20))


def test_a_branch_that_waits_for_nobody_ends_with_the_step(session):
    """Time runs out in the branch, and what waits there is let go."""
    queue = tf.FIFOQueue(1, tf.float32, shapes=[[]])
    taken = tf.placeholder(tf.bool, [])
    y = tf.cond(taken, lambda: queue.dequeue() + tf.cast(queue.size(), tf.float32), lambda: 0.0)
    with pytest.raises(tf.errors.DeadlineExceededError):
        session.run(y, {taken: True}, tf.RunOptions(timeout_in_ms=200))
    session.run(queue.enqueue(1.0))
    assert session.run(queue.size()) == 1


@TIERS
def test_a_branch_waits_for_what_runs_outside_of_it(session, tier):
    """And in another branch, and in a loop."""
    queue, other = tf.FIFOQueue(1, tf.float32, shapes=[[]]), tf.FIFOQueue(1, tf.float32, shapes=[[]])
    taken = tf.placeholder(tf.bool, [])
    y = tf.cond(taken, lambda: queue.dequeue() * 2.0, lambda: 0.0)
    put = tf.cond(taken, lambda: tf.group(queue.enqueue(3.0)), tf.no_op)
    sent = tf.while_loop(
        lambda i: i < 3,
        lambda i: tf.tuple([i + 1], control_inputs=[other.enqueue(tf.cast(i, tf.float32))]),
        [0],
    )
    received = [other.dequeue() for _ in range(3)]
    with options(tier=tier):
        assert session.run([y, put], {taken: True}, RUN_OPTIONS)[0] == 6.0
        assert session.run([y, put], {taken: False}, RUN_OPTIONS)[0] == 0.0
        assert session.run([y, queue.enqueue(4.0)], {taken: True}, RUN_OPTIONS)[0] == 8.0
        assert sorted(session.run([sent, received], options=RUN_OPTIONS)[1]) == [0.0, 1.0, 2.0]


def test_branches_that_take_from_several_queues_are_lifted(session):
    """The pattern of training and test queues: nothing in the step wakes them."""
    queues = [tf.FIFOQueue(1, tf.float32, shapes=[[]]) for _ in range(2)]
    taken = tf.placeholder(tf.bool, [])
    y = tf.cond(taken, queues[0].dequeue, queues[1].dequeue) * 2.0
    sizes = [queue.size() for queue in queues]
    session.run([queue.enqueue(float(i)) for i, queue in enumerate(queues)])
    assert "If" in session.explain([y, *sizes], [taken])
    assert session.run(y, {taken: False}, RUN_OPTIONS) == 2.0
