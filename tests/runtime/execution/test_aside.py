"""Steps inside steps of the same thread: from functions of the program, signal handlers and finalizers."""

import dis
import gc
import signal
import sys
import threading
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from perdure import tf
from perdure.resources.blocking import Signal
from perdure.runtime.options import options
from tests.signals import handled

TIERS = pytest.mark.parametrize("tier", ["interpret", "compile"])


@pytest.fixture
def session():
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        yield session


# -- functions of the program ---------------------------------------------------------------------------


@TIERS
def test_a_function_runs_a_step_that_adds_to_the_same_variable(session, tier):
    """It sees what its step has written so far, and both additions count, as in TensorFlow: 11."""
    total, seen = tf.Variable(0), []
    add_ten = total.assign_add(10)

    def inner(x):
        seen.append(session.run(total))
        session.run(add_ten)
        return x

    with tf.control_dependencies([total.assign_add(1)]):
        out = tf.py_func(inner, [tf.constant(1)], tf.int32)
    with tf.control_dependencies([out]):
        add_hundred = total.assign_add(100)
    session.run(total.initializer)
    with options(tier=tier):
        for times in range(1, 4):
            assert session.run([out, add_hundred.op])[0] == 1
            assert session.run(total) == 111 * times
    assert seen == [1, 112, 223]


@TIERS
def test_a_function_in_a_branch_runs_a_step(session, tier):
    """Whatever operation calls it."""
    total = tf.Variable(0)
    add_ten = total.assign_add(10)

    def inner():
        session.run(add_ten.op)
        return np.int32(1)

    with tf.control_dependencies([total.assign_add(1)]):
        out = tf.cond(
            tf.placeholder_with_default(True, []),
            lambda: tf.py_func(inner, [], tf.int32),
            lambda: tf.constant(0),
        )
    session.run(total.initializer)
    with options(tier=tier):
        session.run(out)
        session.run(out)
    assert session.run(total) == 22


@TIERS
def test_a_function_waits_for_a_step_of_another_thread(session, tier):
    """Which writes: nothing is held while a function of the program runs.  TensorFlow: 11."""
    total = tf.Variable(0)
    add_ten = total.assign_add(10)

    def inner():
        thread = threading.Thread(target=lambda: session.run(add_ten), daemon=True)
        thread.start()
        thread.join(60)
        return np.bool_(not thread.is_alive())

    with tf.control_dependencies([total.assign_add(1)]):
        finished = tf.py_func(inner, [], tf.bool)
    session.run(total.initializer)
    with options(tier=tier):
        assert session.run(finished)
    assert session.run(total) == 11


@TIERS
def test_what_a_function_has_seen_stays(session, tier):
    """Though the step fails later, as in TensorFlow; what is not ordered before the function comes last."""
    seen, unseen = tf.Variable(0), tf.Variable(0)
    with tf.control_dependencies([seen.assign_add(1)]):
        looked = tf.py_func(lambda: np.float32(0), [], tf.float32)
    other = unseen.assign_add(1)
    failed = tf.Assert(tf.equal(looked, 1.0), ["no"])
    session.run(tf.global_variables_initializer())
    with options(tier=tier), pytest.raises(tf.errors.InvalidArgumentError, match="no"):
        session.run([failed, other.op])
    assert session.run([seen, unseen]) == [1, 0]


# -- signal handlers and finalizers ---------------------------------------------------------------------


@cache
def _places(code):
    """The offsets of instructions before which Python may hear a signal: behind calls, before jumps back."""
    places = set()
    for before, after in pairwise(dis.get_instructions(code)):
        if before.opname.startswith(("CALL", "RESUME")):
            places.add(after.offset)
        if after.opname.startswith("JUMP_BACKWARD"):
            places.add(after.offset)
    return places


def _interrupted_at_each_place(run, handler, every, prepare=lambda: None):
    """Call `run` again and again, and `handler` inside it, at one place after another.

    Returns:
        How often `handler` was called.
    """
    left = 0

    def trace(frame, event, argument):
        nonlocal left
        if "perdure" not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode" and left >= 0 and frame.f_lasti in _places(frame.f_code):
            left -= 1
            if left < 0:
                sys.settrace(None)
                handler()
        return trace

    for number in range(10_000):
        prepare()
        left = number * every
        sys.settrace(trace)
        try:
            run()
        finally:
            sys.settrace(None)
        if left >= 0:
            return number  # the step has fewer places
    raise AssertionError("the step did not end")


@TIERS
@pytest.mark.parametrize("kind", ["scalar", "rows", "packed"])
def test_a_step_is_run_inside_another_at_every_place(session, tier, kind):
    """Two steps of one thread, one inside the other: both count, wherever the other one was."""
    if kind == "rows":
        v = tf.Variable(np.zeros((4, 2)))
        more = tf.scatter_add(v, [1, 2], np.ones((2, 2))).op
        ten = tf.scatter_add(v, [2, 3], np.full((2, 2), 10.0)).op
    else:
        v = tf.Variable(np.zeros(3))
        more, ten = v.assign_add(np.ones(3)).op, v.assign_add(np.full(3, 10.0)).op
    if kind == "packed":
        scale = sum(tf.Variable(0.1) for _ in range(10))
        more = v.assign_add(tf.fill([3], tf.cast(tf.round(scale), tf.float64))).op
    session.run(tf.global_variables_initializer())
    with options(tier=tier):
        for _ in range(3):
            session.run([more])
            session.run([ten])
        before = session.run(v)

        def run():
            session.run([more])

        def handler():
            session.run([ten])

        handled_times = _interrupted_at_each_place(run, handler, 1)
        times = handled_times + 1
        difference = session.run(v) - before
    if kind == "rows":
        more_by_row, ten_by_row = [0, 1, 1, 0], [0, 0, 10, 10]
        pairs = zip(more_by_row, ten_by_row, strict=True)
        assert difference[:, 0].tolist() == [m * times + t * handled_times for m, t in pairs]
    else:
        assert difference.tolist() == [times + 10.0 * handled_times] * 3


@TIERS
def test_a_step_is_read_from_inside_at_every_place(session, tier):
    """A handler reads what was before the step or what is behind it, never half of it."""
    a, b = tf.Variable(np.zeros((4, 2))), tf.Variable(np.zeros((4, 2)))
    ones = np.ones((4, 2))
    more = tf.group(tf.scatter_add(a, [0, 1, 2, 3], ones), tf.scatter_add(b, [0, 1, 2, 3], ones))
    both = [a * 1.0, b + 0.0]
    session.run(tf.global_variables_initializer())
    seen = []
    with options(tier=tier):
        for _ in range(3):
            session.run([more])
            session.run(both)
        _interrupted_at_each_place(lambda: session.run([more]), lambda: seen.append(session.run(both)), 1)
    assert len(seen) > 30
    for number, (one, other) in enumerate(seen):
        assert one.tolist() == other.tolist() and len({*one.flat}) == 1
        assert one[0, 0] in (3 + number, 4 + number)


def _close_when_it_waits(session, is_over):
    """Close a session once the main thread waits for a queue: nothing else would end that."""
    main = threading.main_thread().ident
    while not is_over.wait(0.002):
        frame = sys._current_frames()[main]
        while frame is not None and frame.f_code is not Signal.wait.__code__:
            frame = frame.f_back
        if frame is not None:
            session.close()


@pytest.mark.parametrize("kind", ["variable", "queue", "waiting"])
def test_a_session_is_closed_inside_a_step_at_every_place(kind):
    """A handler closes it; the step ends, done or cancelled, whatever lock its thread held."""
    with tf.Graph().as_default() as graph:
        v = tf.Variable(np.zeros(3))
        queue, empty = tf.FIFOQueue(2, tf.float64, [[3]]), tf.FIFOQueue(2, tf.float64, [[3]])
        step = {
            "variable": v.assign_add(tf.random_uniform([3], dtype=tf.float64)),
            "queue": tf.group(queue.enqueue(v + 1.0), v.assign_add(queue.dequeue())),
            "waiting": empty.dequeue(),
        }[kind]
        fill = empty.enqueue(np.zeros(3))
    made = []

    def prepare():
        made.append(tf.Session(graph=graph))
        made[-1].run([v.initializer, fill])
        made[-1].run(step)  # so that it is planned

    def run():
        session = made[-1]
        is_over = threading.Event()
        closing = threading.Thread(target=_close_when_it_waits, args=(session, is_over))
        if kind == "waiting":
            closing.start()
        try:
            session.run(step)
        except (tf.errors.CancelledError, RuntimeError) as error:
            assert isinstance(error, tf.errors.CancelledError) or "closed" in str(error)
        is_over.set()
        if kind == "waiting":
            closing.join()

    with options(tier="interpret"):
        assert _interrupted_at_each_place(run, lambda: made[-1].close(), 3, prepare) > 20
    for session in made:
        session.close()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals come from a timer of Unix")
@TIERS
def test_updates_of_a_signal_handler_all_count(session, tier):
    """None is lost, neither the handler's nor the program's."""
    v = tf.Variable(np.zeros(1000))
    one, thousand = v.assign_add(np.ones(1000)).op, v.assign_add(np.full(1000, 1000.0)).op
    heard = []
    session.run(tf.global_variables_initializer())
    with options(tier=tier):
        session.run([one, thousand])

        def hear(*_):
            session.run(thousand)
            heard.append(1)

        count, delay = 1, 1e-5
        with handled(signal.SIGALRM, hear):
            try:
                while len(heard) < 200:
                    signal.setitimer(signal.ITIMER_REAL, delay)
                    session.run(one)
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    count += 1
                    delay = 1e-5 if delay > 1e-3 else delay * 1.1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
    assert set(session.run(v)) == {count + 1000.0 * (len(heard) + 1)}


def test_random_numbers_of_a_step_that_is_run_again(session):
    """Those that it drew are drawn again."""
    v, w = tf.Variable(np.zeros(2, np.float32)), tf.Variable(0.0)
    draw = v.assign(tf.random_uniform([2], seed=3))
    later = w.assign_add(1.0)
    session.run(tf.global_variables_initializer())
    twin = tf.Session(graph=session.graph)
    twin.run(tf.global_variables_initializer())
    interrupted = []

    def interrupt():
        if not interrupted:
            interrupted.append(1)
            session.run(later.op)

    with options(tier="interpret"):
        expected = [twin.run(draw).tolist() for _ in range(3)]
        assert session.run(draw).tolist() == expected[0]
        with _called_before_commits(interrupt):
            assert session.run(draw).tolist() == expected[1]
        assert interrupted and session.run(draw).tolist() == expected[2]
        assert session.run(w) == 1.0
    twin.close()


class _called_before_commits:
    """Calls a function where a step has written and is about to be committed."""

    def __init__(self, function):
        self._function = function

    def __enter__(self):
        from perdure.runtime.execution.step import Step

        self._commit = commit = Step._commit
        function, inside = self._function, []

        def interrupted(step):
            if step._written and not inside:
                inside.append(1)
                function()
                inside.clear()
            commit(step)

        Step._commit = interrupted

    def __exit__(self, *exc_info):
        from perdure.runtime.execution.step import Step

        Step._commit = self._commit


def test_a_step_that_cannot_be_run_again_is_not_disturbed(session):
    """It has taken from a queue; the handler's step says what to do instead."""
    queue = tf.FIFOQueue(3, tf.int32, [])
    total = tf.Variable(0)
    taken = total.assign_add(queue.dequeue())
    ten = total.assign_add(10)
    session.run(total.initializer)
    session.run(queue.enqueue(1))
    refused = []

    def interrupt():
        with pytest.raises(tf.errors.FailedPreconditionError, match="Note in the handler") as caught:
            session.run(ten)
        refused.append(caught.value)
        assert session.run(total) == 0

    with options(tier="interpret"), _called_before_commits(interrupt):
        session.run(taken.op)
    assert len(refused) == 1 and session.run(total) == 1
    assert session.run(ten) == 11


def test_a_step_that_is_interrupted_ever_again_ends(session):
    """It makes way ten times; then the handler's steps are refused."""
    v = tf.Variable(0)
    one, ten = v.assign_add(1), v.assign_add(10)
    session.run(v.initializer)
    outcomes = []

    def interrupt():
        try:
            session.run(ten.op)
            outcomes.append("run")
        except tf.errors.FailedPreconditionError:
            outcomes.append("refused")

    with options(tier="interpret"), _called_before_commits(interrupt):
        session.run(one.op)
    assert outcomes == ["run"] * 10 + ["refused"]
    assert session.run(v) == 101


@TIERS
def test_a_finalizer_runs_a_step(session, tier):
    """While a step of the same thread is about to be committed."""
    v = tf.Variable(0)
    one, ten = v.assign_add(1), v.assign_add(10)
    session.run(v.initializer)

    class Last:
        def __del__(self):
            session.run(ten.op)

    with options(tier=tier):
        session.run([one.op, ten.op])
        things = [Last()]
        with _called_before_commits(things.clear):
            session.run(one.op)
        assert not things
        gc.collect()
    assert session.run(v) == 22


def test_a_trace_of_a_step_that_was_run_again(session):
    """It shows what was done once."""
    v = tf.Variable(0)
    one, ten = v.assign_add(1), v.assign_add(10)
    session.run(v.initializer)
    done = []

    def interrupt():
        if not done:
            done.append(1)
            session.run(ten.op)

    metadata = tf.RunMetadata()
    trace = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    with options(tier="interpret"), _called_before_commits(interrupt):
        session.run(one.op, options=trace, run_metadata=metadata)
    names = [node.node_name for device in metadata.step_stats.dev_stats for node in device.node_stats]
    assert names.count(one.op.name) == 1 and session.run(v) == 11
