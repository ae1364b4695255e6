"""Barriers, accumulators and staging areas where TensorFlow hangs, ends the process or only logs."""

import threading

import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.queues.barrier import Barrier
from perdure.queues.map_staging_area import MapStagingArea
from perdure.session.live import live_sessions


@pytest.mark.parametrize("ordered", [False, True])
def test_closing_the_session_ends_waits_for_keys(ordered):
    """Steps that wait for a key, any key, a look at one, or room fail with CancelledError."""
    area = MapStagingArea([tf.int32], ordered=ordered, capacity=1)
    put = area.put(tf.constant(5, tf.int64), [tf.constant(1)], [0])
    one = tf.constant(1, tf.int64)
    other = MapStagingArea([tf.int32], ordered=ordered)
    session = tf.Session()
    session.run(put)
    outcomes = []

    def wait(step):
        try:
            session.run(step)
        except tf.errors.CancelledError as error:
            outcomes.append(error.message.split("\n")[0])

    steps = [area.get(one)[1], area.peek(one), list(other.get()), put]
    threads = [threading.Thread(target=wait, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    while sum(len(store._apart) + len(store._puts) for _, store in session._resources.listed()) < 4:
        pass
    session.close()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == [f"{what} operation was cancelled" for what in (
        "Peek", "Stage", "Unstage", "UnstageNoKey")]  # fmt: skip


def test_wrong_barriers():
    """What ends the process in TensorFlow, or is refused by its Python functions, is an error of the step."""
    barrier = Barrier((tf.float32,), shapes=((),), shared_name="b")
    count = tf.placeholder(tf.int32)
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="The component ID must be >= 0, but is -1"):
            session.run(barrier.insert_many(-1, ["k"], [1.0]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="num_elements must be >= 0, but is -2"):
            session.run(barrier.take_many(count), {count: -2})
        with pytest.raises(tf.errors.InvalidArgumentError, match="Barrier only accepts capacity=-1"):
            session.run(g.barrier_ready_size(g.barrier(component_types=[tf.int32], capacity=3)))
        with pytest.raises(
            tf.errors.InvalidArgumentError, match="All of the component shapes must be specified"
        ):
            session.run(g.barrier_ready_size(g.barrier(component_types=[tf.int32], shapes=[[None]])))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Timeout not supported yet"):
            session.run(g.barrier_take_many(barrier.barrier_ref, 1, [tf.float32], timeout_ms=5)[0])
        with pytest.raises(
            tf.errors.InvalidArgumentError, match="Signature mismatch, have: string_ref, int32->"
        ):
            session.run(g.barrier_take_many(barrier.barrier_ref, 1, [tf.int32])[0])


def test_values_of_different_shapes_in_a_barrier():
    """Elements that become complete together must be alike."""
    barrier = Barrier((tf.float32, tf.int32), shared_name="b")
    with tf.Session() as session:
        session.run(barrier.insert_many(0, ["a"], [[1.0]]))
        session.run(barrier.insert_many(0, ["b"], [[1.0, 2.0]]))
        with pytest.raises(
            tf.errors.InvalidArgumentError, match="Shape mismatch in tuple component 2. Expected"
        ):
            session.run(barrier.insert_many(1, ["a", "b"], [1, 2]))


def test_global_step_that_goes_back():
    """An accumulator obeys, with a warning."""
    accumulator = tf.ConditionalAccumulator(tf.float32, [])
    with tf.Session() as session:
        session.run(accumulator.set_global_step(5))
        with pytest.warns(UserWarning, match="goes back from 5 to 2"):
            session.run(accumulator.set_global_step(2))
        session.run(accumulator.apply_grad(1.0, local_step=3))
        assert session.run(accumulator.num_accumulated()) == 1


def test_gradients_of_another_type():
    """A node for another type is refused."""
    accumulator = tf.ConditionalAccumulator(tf.float32, [])
    with (
        tf.Session() as session,
        pytest.raises(
            tf.errors.InvalidArgumentError, match="Signature mismatch, have: string_ref, int64, double->"
        ),
    ):
        session.run(
            g.resource_accumulator_apply_gradient(
                accumulator.accumulator_ref, tf.constant(0, tf.int64), tf.constant(1.0, tf.float64)
            )
        )


def test_they_are_listed():
    """Insight into a session names what it owns."""
    barrier = Barrier((tf.float32,), shapes=((),), shared_name="b")
    accumulator = tf.ConditionalAccumulator(tf.float32, [], shared_name="a")
    with tf.Session() as session:
        session.run([barrier.ready_size(), accumulator.num_accumulated()])
        (described,) = [s for s in live_sessions() if "barrier b" in s.others]
        assert "accumulator a" in described.others
