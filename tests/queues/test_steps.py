"""Steps that wait in queues: what they hold, what ends them, and what becomes of their writes."""

import threading
import time

import numpy as np
import pytest

from perdure import tf
from tests.queues.scenarios import TIMEOUT, in_thread


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_a_waiting_step_keeps_nobody_from_writing(graph):
    """A step that wrote a variable and then waits in a queue does not hold the lock of writers."""
    queue = tf.FIFOQueue(1, tf.float32, [()])
    one, other = tf.Variable(0.0), tf.Variable(0.0)
    with tf.control_dependencies([tf.assign_add(one, 1.0).op]):
        taken = queue.dequeue()
    with tf.control_dependencies([taken]):
        after = tf.assign_add(one, 10.0).op
    write = tf.assign_add(other, 1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        waiting = in_thread(session.run, after)
        assert waiting.alive()
        assert in_thread(session.run, write)() == 1.0
        # What it wrote before it waited is the session's.
        assert session.run(one) == 1.0
        session.run(queue.enqueue(2.0))
        waiting()
        assert session.run(one) == 11.0


def test_a_cancelled_step_keeps_what_it_wrote_before_it_waited(graph):
    """Writes behind the wait are dropped with the step, as those of any failed step."""
    queue = tf.FIFOQueue(1, tf.float32, [()])
    variable = tf.Variable(0.0)
    with tf.control_dependencies([tf.assign_add(variable, 1.0).op]):
        taken = queue.dequeue()
    with tf.control_dependencies([taken]):
        after = tf.assign_add(variable, 10.0).op
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        waiting = in_thread(session.run, after)
        session.run(queue.close())
        with pytest.raises(tf.errors.OutOfRangeError, match="insufficient elements"):
            waiting()
        assert session.run(variable) == 1.0


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="no clocks of threads")
def test_a_waiting_step_uses_no_time(graph):
    """Threads that wait in queues leave the processor alone."""
    queue = tf.FIFOQueue(1, tf.float32, [()])
    taken = queue.dequeue()
    with tf.Session() as session:
        others = set(threading.enumerate())
        threads = [in_thread(session.run, taken) for _ in range(8)]
        clocks = [time.pthread_getcpuclockid(t.ident) for t in set(threading.enumerate()) - others]
        assert len(clocks) == 8
        # Soon none of them is scheduled any more, which one that looks again and again would be.
        for _ in range(100):
            used = [time.clock_gettime(clock) for clock in clocks]
            time.sleep(0.1)
            if used == [time.clock_gettime(clock) for clock in clocks]:
                break
        else:
            pytest.fail("they keep running")
        session.run(queue.close())
        for join in threads:
            with pytest.raises(tf.errors.OutOfRangeError):
                join()


def test_many_producers_and_consumers_lose_nothing(graph):
    """Every element that goes in comes out once, whatever the threads."""
    queue = tf.RandomShuffleQueue(7, 2, tf.int32, [()])
    rows = tf.placeholder(tf.int32, [None])
    put, take = queue.enqueue_many([rows]), queue.dequeue_up_to(3)
    found, lock = [], threading.Lock()
    with tf.Session() as session:

        def consume():
            while True:
                try:
                    values = session.run(take)
                except tf.errors.OutOfRangeError:
                    return
                with lock:
                    found.extend(values.tolist())

        def produce(start):
            for i in range(start, start + 50, 5):
                session.run(put, {rows: np.arange(i, i + 5)})

        consumers = [in_thread(consume) for _ in range(3)]
        for join in [in_thread(produce, start) for start in range(0, 200, 50)]:
            join()
        session.run(queue.close())
        for join in consumers:
            join()
    assert sorted(found) == list(range(200))


def test_the_message_names_the_node_and_the_line(graph):
    """An error of a queue says which node of the program it comes from."""
    queue = tf.FIFOQueue(1, tf.float32, [()], name="queue")
    taken = queue.dequeue(name="taken")
    with tf.Session() as session:
        session.run(queue.close())
        with pytest.raises(tf.errors.OutOfRangeError, match=r"\[\[node taken \(defined at .*test_steps"):
            session.run(taken)


def test_selecting_a_queue(graph):
    """QueueBase.from_list uses the queue that an index chooses in each step."""
    queues = [tf.FIFOQueue(5, tf.float32, [()]), tf.FIFOQueue(5, tf.float32, [()])]
    index = tf.placeholder(tf.int32, [])
    chosen = tf.QueueBase.from_list(index, queues)
    put, take = chosen.enqueue(3.0), chosen.dequeue()
    with tf.Session() as session:
        session.run(put, {index: 1})
        assert session.run([queue.size() for queue in queues]) == [0, 1]
        assert session.run(take, {index: 1}) == 3.0
        with pytest.raises(tf.errors.InvalidArgumentError, match="is not in"):
            session.run(take, {index: 2})


def test_nothing_is_left_of_a_closed_session(graph):
    """Closing a session ends the threads of its queue runners."""
    tf.train.string_input_producer(["a"]).dequeue()
    tf.train.batch([tf.constant(1)], 2)
    before = threading.active_count()
    session = tf.Session()
    session.run(tf.local_variables_initializer())
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    assert threading.active_count() == before + len(threads) == before + 4
    session.close()
    coordinator.request_stop()
    with pytest.raises(Exception, match="cancelled|closed Session"):
        coordinator.join(stop_grace_period_secs=TIMEOUT)
        raise RuntimeError("closed Session")  # the stop may come before the error
    assert threading.active_count() == before


def test_runner_without_coordinator_keeps_its_errors(graph, monkeypatch):
    """What a thread raises is kept, logged, and left to Python's own hook."""
    hook = []
    monkeypatch.setattr(threading, "excepthook", hook.append)
    queue = tf.FIFOQueue(1, tf.float32, [()])
    bad = tf.check_numerics(tf.constant(np.nan), "not a number")
    runner = tf.train.QueueRunner(queue, [queue.enqueue(bad)])
    with tf.Session() as session:
        (thread,) = runner.create_threads(session, start=True)
        thread.join(TIMEOUT)
        assert "not a number" in str(runner.exceptions_raised[0])
        assert hook[0].exc_value is runner.exceptions_raised[0]


def test_start_queue_runners_leaves_monitored_sessions_alone(graph):
    """A session that starts its queue runners itself is not started again."""

    class MonitoredSession:
        pass

    assert tf.train.start_queue_runners(MonitoredSession()) == []


def test_runner_arguments(graph):
    """A QueueRunner comes from a queue or from a message, not from both."""
    queue = tf.FIFOQueue(1, tf.float32, [()])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(1.0)], queue_closed_exception_types=None)
    message = runner.to_proto()
    assert runner.to_proto(export_scope="elsewhere") is None
    with pytest.raises(ValueError, match="mutually exclusive"):
        tf.train.QueueRunner(queue, queue_runner_def=message)
    del message.queue_closed_exception_types[:]
    again = tf.train.QueueRunner.from_proto(message)
    assert again.queue_closed_exception_types == (tf.errors.OutOfRangeError,)
    assert again.close_op is runner.close_op and again.cancel_op is runner.cancel_op
    with pytest.raises(TypeError, match="must be a tuple of tf.error types"):
        tf.train.QueueRunner(queue, [1], queue_closed_exception_types=())


def test_a_stop_that_is_no_exception(graph):
    """request_stop refuses what is no exception; join raises the refusal."""
    coordinator = tf.train.Coordinator()
    coordinator.request_stop("because")
    with pytest.raises(ValueError, match="ex must be an exception .* not 'because'"):
        coordinator.join()


def test_looper_needs_a_target_for_arguments():
    """A LooperThread without a target calls run_loop of a subclass, between start_loop and stop_loop."""
    coordinator, calls = tf.train.Coordinator(), []

    class Looper(tf.train.LooperThread):
        def start_loop(self):
            calls.append("start")

        def run_loop(self):
            calls.append("run")
            coordinator.request_stop()

        def stop_loop(self):
            calls.append("stop")

    Looper(coordinator, None).start()
    coordinator.join(stop_grace_period_secs=TIMEOUT)
    assert calls == ["start", "run", "stop"]


def test_operations_of_one_step_wait_for_each_other(graph):
    """A step that takes from an empty queue and adds to it does not get stuck, in whatever order."""
    queue, other = tf.FIFOQueue(1, tf.int32, [()]), tf.FIFOQueue(1, tf.int32, [()])
    taken = queue.dequeue()
    pair = queue.dequeue_many(2)
    with tf.control_dependencies([taken]):
        moved = other.enqueue(taken)
    put = queue.enqueue(3)
    twice = queue.enqueue(4)
    last = other.dequeue()
    with tf.Session() as session:
        assert session.run([taken, put])[0] == 3
        assert session.run([put, taken])[1] == 3
        assert session.run([last, moved, put])[0] == 3
        assert sorted(session.run([pair, put, twice])[0]) == [3, 4]
        # A full queue: what adds to it waits for what takes from it.
        session.run(put)
        assert session.run([taken, twice])[0] == 3
        assert session.run([twice, taken])[1] == 4
        assert session.run(taken) == 4


def test_an_error_of_one_operation_ends_the_wait_of_another(graph):
    """A step fails as a whole, and leaves nobody waiting."""
    queue, closed = tf.FIFOQueue(1, tf.int32, [()]), tf.FIFOQueue(1, tf.int32, [()], name="closed")
    both = [queue.dequeue(), closed.enqueue(1)]
    with tf.Session() as session:
        session.run(closed.close())
        with pytest.raises(tf.errors.CancelledError, match="closed' is closed"):
            session.run(both)
        session.run(queue.enqueue(1))
        assert session.run(queue.size()) == 1
