"""Coordinators, looper threads and queue runners."""

# ruff: noqa: B023 - functions made in a loop are not called after their turn

import sys
import threading
import time

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def started(function, *args):
    thread = threading.Thread(target=function, args=args)
    thread.daemon = True
    thread.start()
    return thread


def stop_later(coordinator, *reason):
    time.sleep(0.03)
    coordinator.request_stop(*reason)


def raise_in(coordinator, error):
    with coordinator.stop_on_exception():
        raise error


@program
def stopping(tf):
    c = tf.train.Coordinator()
    before = [c.should_stop(), c.wait_for_stop(0.01), c.joined]
    c.request_stop()
    return [before, c.should_stop(), c.wait_for_stop(0.01), c.joined, c.raise_requested_exception()]


@program
def joining(tf):
    c, d = tf.train.Coordinator(), tf.train.Coordinator()
    d.register_thread(started(stop_later, d))
    return [c.join([started(stop_later, c)]), c.joined, d.join(), d.joined, d.should_stop()]


@program
def joining_without_stop(tf):
    c = tf.train.Coordinator()
    return [c.join([started(lambda: None)]), c.should_stop(), c.joined]


@program
def grace_period(tf):
    event = threading.Event()
    results = []
    for ignored in (False, True):
        c = tf.train.Coordinator()
        threads = [started(stop_later, c), started(event.wait)]
        error = attempt(lambda: c.join(threads, stop_grace_period_secs=0.05, ignore_live_threads=ignored))
        results += [type(error).__name__, str(error)[:45], c.joined]
    event.set()
    return results


@program
def reasons(tf):
    results = []
    for with_information in (False, True):
        c = tf.train.Coordinator()

        def fail(message):
            try:
                raise RuntimeError(message)
            except RuntimeError as error:
                c.request_stop(sys.exc_info() if with_information else error)

        first = started(fail, "first")
        first.join()
        second = started(fail, "second")
        results += [
            attempt(lambda: c.join([first, second])),
            attempt(lambda: c.join([])),
            attempt(c.raise_requested_exception),
            c.joined,
        ]
        c.clear_stop()
        results += [c.should_stop(), c.joined, c.join([]), c.raise_requested_exception()]
    return results


@program
def in_blocks(tf):
    c = tf.train.Coordinator()
    return attempt(lambda: c.join([started(raise_in, c, RuntimeError("in a block"))]))


@program
def ends_of_input(tf):
    results = []
    end = tf.errors.OutOfRangeError(None, None, "end")
    for types, error in ((None, end), ((IOError,), IOError("x")), ((IOError,), end), ([], end)):
        c = tf.train.Coordinator(clean_stop_exception_types=types)
        results += [attempt(lambda: c.join([started(raise_in, c, error)])), c.should_stop()]
    return results


@program
def interrupts(tf):
    c = tf.train.Coordinator()
    started(raise_in, c, KeyboardInterrupt()).join()
    try:
        c.join()
    except KeyboardInterrupt:
        return "KeyboardInterrupt"


@program
def no_exceptions(tf):
    results = []
    for reason in ((ValueError,), (ValueError, ValueError("e"), None)):
        c = tf.train.Coordinator()
        c.request_stop(reason)
        results.append(type(attempt(c.join)).__name__)
    return results


@program
def loops(tf):
    results = []
    for interval in (None, 0, 0.01):
        c, calls = tf.train.Coordinator(), []

        def call(number, by=1):
            calls.append(number * by)
            if len(calls) == 3:
                c.request_stop()

        thread = tf.train.LooperThread.loop(c, interval, target=call, args=(2,), kwargs={"by": 5})
        c.join([thread])
        results += [calls, thread.daemon]
    return results


@program
def own_loops(tf):
    log, c = [], tf.train.Coordinator()

    class Loop(tf.train.LooperThread):
        def start_loop(self):
            log.append("start")

        def run_loop(self):
            log.append("run")
            if len(log) > 2:
                c.request_stop()

        def stop_loop(self):
            log.append("stop")

    Loop(c, None).start()
    c.join()
    return log


@program
def wrong_loops(tf):
    c = tf.train.Coordinator()
    tf.train.LooperThread.loop(c, None, target=lambda: 1 // 0)
    return [
        type(attempt(c.join)).__name__,
        attempt(lambda: tf.train.LooperThread(5, 1)),
        attempt(lambda: tf.train.LooperThread(tf.train.Coordinator(), 1, args=(1,))),
    ]


# -- queue runners ---------------------------------------------------------------------------


@program
def runner_of_a_counter(tf):
    v, queue = tf.Variable(0), tf.FIFOQueue(10, tf.float32, [()], name="queue")
    count = v.count_up_to(3)
    runner = tf.train.QueueRunner(queue, [count])
    with tf.Session() as session:
        session.run(v.initializer)
        threads = runner.create_threads(session)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [
            [thread.name for thread in threads],
            [thread.daemon for thread in threads],
            runner.exceptions_raised,
            session.run(v),
            session.run(queue.is_closed()),
        ]


@program
def runner_properties(tf):
    queue = tf.FIFOQueue(10, tf.float32, [()], name="queue")
    op = queue.enqueue(1.0)
    runner = tf.train.QueueRunner(queue, [op, op])
    return [
        runner.name,
        runner.queue is queue,
        runner.enqueue_ops == [op, op],
        runner.close_op.name,
        runner.cancel_op.name,
        [t.__name__ for t in runner.queue_closed_exception_types],
        runner.exceptions_raised,
    ]


@program
def runners_with_coordinators(tf):
    queue = tf.FIFOQueue(2, tf.float32, [()], name="queue")
    runner = tf.train.QueueRunner(queue, [queue.enqueue(1.0)] * 2)
    c = tf.train.Coordinator()
    with tf.Session() as session:
        threads = runner.create_threads(session, c, daemon=True, start=True)
        again = runner.create_threads(session, c)
        time.sleep(0.05)
        c.request_stop()
        c.join(threads)
        return [
            sorted(thread.name for thread in threads),
            all(thread.daemon for thread in threads),
            again,
            session.run(queue.is_closed()),
            runner.exceptions_raised,
        ]


@program
def runners_that_fail(tf):
    queue = tf.FIFOQueue(2, tf.float32, [()])

    def fail():
        raise ZeroDivisionError("fails")

    runner = tf.train.QueueRunner(queue, [queue.enqueue(tf.py_func(fail, [], tf.float32))])
    c = tf.train.Coordinator()
    with tf.Session() as session:
        threads = runner.create_threads(session, c, start=True)
        return [type(attempt(lambda: c.join(threads))).__name__, runner.exceptions_raised]


@program
def runners_in_two_sessions(tf):
    queue = tf.FIFOQueue(2, tf.float32, [()])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(1.0)])
    with tf.Session() as first, tf.Session() as second:
        c, d = tf.train.Coordinator(), tf.train.Coordinator()
        counts = [len(runner.create_threads(s, k, start=True)) for s, k in ((first, c), (second, d))]
        results = [first.run(queue.dequeue()), second.run(queue.dequeue())]
        for coordinator in (c, d):
            coordinator.request_stop()
            coordinator.join()
        return [counts, results]


@program
def wrong_runners(tf):
    queue, q = tf.FIFOQueue(2, tf.float32, [()]), tf.train.QueueRunner
    op = queue.enqueue(1.0)
    return [
        attempt(q),
        attempt(lambda: q(queue)),
        attempt(lambda: q(queue, [])),
        attempt(lambda: q(queue, [op], queue_closed_exception_types=[ValueError])),
        type(attempt(lambda: q(queue, [op], queue_closed_exception_types=()))).__name__,
        attempt(lambda: q(queue, [op], queue_runner_def=q(queue, [op]).to_proto())),
    ]


@program
def runner_messages(tf):
    queue, q = tf.FIFOQueue(2, tf.float32, [()], name="queue"), tf.train.QueueRunner
    errors = tf.errors.OutOfRangeError, tf.errors.CancelledError
    message = q(queue, [queue.enqueue(1.0)], queue_closed_exception_types=errors).to_proto()
    copy = q.from_proto(message)
    results = [
        str(message),
        copy.name,
        [op.name for op in copy.enqueue_ops],
        copy.to_proto() == message,
        [t.__name__ for t in copy.queue_closed_exception_types],
    ]
    message.ClearField("queue_closed_exception_types")
    return results + [
        [t.__name__ for t in q.from_proto(message).queue_closed_exception_types],
        q(queue, [queue.enqueue(1.0)]).to_proto(export_scope="other"),
    ]


@program
def starting(tf):
    queue = tf.FIFOQueue(2, tf.float32, [()], name="queue")
    with tf.Session() as session:
        nothing = tf.train.start_queue_runners(session)
        tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(1.0)]))
        return [
            nothing,
            [thread.name for thread in tf.train.start_queue_runners(start=False)],
            attempt(lambda: tf.train.start_queue_runners(sess="x")),
            len(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)),
        ]


@program
def starting_without_a_session(tf):
    return attempt(lambda: tf.train.start_queue_runners())
