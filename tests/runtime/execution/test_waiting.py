"""Steps with operations that wait: what does not depend on them goes on."""

import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options

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
    short = tf.RunOptions(timeout_in_ms=300)
    with options(tier=tier):
        for fetches, expected in (([take, add.op], [0, 0]), ([take, tell], [1, 1])):
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(fetches, options=short)
            assert session.run([v, told.size()]) == expected
        session.run(queue.enqueue(3))
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
