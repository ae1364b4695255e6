"""Open sessions: what each owns, and what is given back."""

import gc
import os
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.graph import errors
from perdure.resources.kept_tensors import KeptTensors
from perdure.resources.resources import Variable


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_live_sessions_say_what_they_own():
    """Variables with their bytes, queues, compiled programs, and the line that made the session."""
    before = len(perdure.live_sessions())
    v = tf.Variable(np.zeros(1000, np.float32), name="v")
    put = tf.FIFOQueue(3, tf.float32, name="waiting").enqueue(1.0)
    with tf.Session() as session, perdure.options(tier="compile"):
        session.run(v.initializer)
        session.run(put)
        session.run(v * 2)
        found = perdure.live_sessions()
        (mine,) = [live for live in found if live.made_at == session.made_at]
        assert mine.variables == {"v": 4000} and mine.others_nbytes == 4 and mine.nbytes == 4004
        assert mine.planned_steps == 3 and mine.compiled_programs >= 1
        assert any("waiting" in other for other in mine.others)
        assert __file__ in mine.made_at and "4,000 bytes" in str(mine)
        assert mine.operations == len(session.graph.get_operations())
    assert len(perdure.live_sessions()) == before


def test_closing_from_several_threads():
    """It is closed once, and steps that wait for a queue are woken."""
    item = tf.FIFOQueue(1, tf.float32).dequeue()
    session = tf.Session()
    session.run(tf.constant(1))
    seen = []

    def wait():
        try:
            session.run(item)
        except errors.CancelledError as error:
            seen.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not any(found.kind == "queue" for _, found in session._resources.listed()):
        pass
    closers = [threading.Thread(target=session.close) for _ in range(4)]
    for thread in closers:
        thread.start()
    for thread in (*closers, waiting):
        thread.join(10)
    assert len(seen) == 1
    with pytest.raises(RuntimeError, match="closed Session"):
        session.run(item)


def test_steps_of_a_session_that_is_closed_meanwhile():
    """A step either ends well, or says that the session is closed."""
    v = tf.Variable(np.zeros(10, np.float32))
    more = v.assign_add(np.ones(10, np.float32)) * 2
    wrong = []
    for _ in range(5):
        session = tf.Session()
        session.run(v.initializer)

        def work(session=session):
            try:
                while True:
                    session.run(more)
            except RuntimeError as error:
                assert "closed Session" in str(error)
            except errors.CancelledError as error:
                assert "Session has been closed" in error.message
            except Exception as error:
                wrong.append(error)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        session.close()
        for thread in threads:
            thread.join(10)
    assert not wrong


def test_a_session_of_each_thread():
    """Graphs, sessions and defaults of many threads do not get in each other's way."""
    wrong = []

    def work(number):
        with tf.Graph().as_default(), tf.Session() as session:
            total = tf.constant(0)
            for _ in range(5):
                total = total + number
            if tf.get_default_session() is not session or total.eval() != 5 * number:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and tf.get_default_session() is None


def test_kept_tensors_of_dropped_handles_are_forgotten():
    """Ten at a time, as in TensorFlow; closing the session forgets the rest."""
    handle = tf.get_session_handle(tf.constant([1.0, 2.0]))
    with tf.Session() as session:
        kept = session._resources.get(KeptTensors)
        for _ in range(25):
            session.run(handle)
        assert kept.nbytes == 8 * 5
        last = session.run(handle)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expects arg\[0\] to be int32"):
            session.run(tf.constant(0) + 1, {tf.placeholder(tf.int32): last})
    assert kept.nbytes == 0


def test_a_closed_session_makes_nothing_any_more():
    """A step that is planned while the session closes must not leave a queue that nobody closes."""
    session = tf.Session()
    resources = session._resources
    session.close()
    with pytest.raises(errors.CancelledError, match="Session has been closed"):
        resources.get(KeptTensors)
    with pytest.raises(errors.CancelledError, match="Session has been closed"):
        resources.get(Variable, "v", dtype=tf.float32, declared_shape=())


def test_many_sessions_leave_nothing_behind():
    """However each ends: closed, by an exception, dropped, reset, after an error, while it waits."""
    v = tf.Variable(np.zeros(100, np.float32))
    x = tf.placeholder(tf.float32)
    item, broken = tf.FIFOQueue(1, tf.float32).dequeue(), tf.matmul(x, x)
    before = len(perdure.live_sessions()), threading.active_count(), descriptors()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        for number in range(120):
            session = tf.Session()
            session.run(v.initializer)
            end(session, number % 6, item, broken, x)
        del session
        gc.collect()
    after = len(perdure.live_sessions()), threading.active_count(), descriptors()
    assert after == before


def descriptors():
    folder = "/proc/self/fd"
    return len(os.listdir(folder)) if os.path.isdir(folder) else 0


def end(session, how, item, broken, x):
    if how == 0:
        session.close()
    elif how == 1:
        with pytest.raises(KeyError), session:
            raise KeyError
    elif how == 2:
        tf.Session.reset("")
    elif how == 3:
        with session, pytest.raises(errors.InvalidArgumentError, match="MatMul"):
            session.run(broken, {x: np.ones((2, 3))})
    elif how == 4:

        def wait():
            with pytest.raises((errors.CancelledError, RuntimeError), match="cancelled|closed"):
                session.run(item)

        thread = threading.Thread(target=wait)
        thread.start()
        session.close()
        thread.join(10)


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "perdure", "run", *arguments], capture_output=True, text=True, timeout=60
    )


PROGRAM = """
import tensorflow as tf
v = tf.Variable([1.0, 2.0], name="v")
session = tf.Session()
session.run(v.initializer)
with tf.Session() as closed:
    closed.run(v.initializer)
def lose():
    tf.Session()
lose()
"""


def test_leaks_are_reported_at_the_end(tmp_path):
    """Those still held, and those that were dropped, with the lines that made them."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    told = run("--leaks", str(script)).stderr
    assert f"1 sessions were never closed\nsession made at {script}:4\n  1 variables, 8 bytes" in told
    assert f"unclosed Session made at {script}:9" in told
    assert "never closed" not in run(str(script)).stderr


def test_a_trace_is_written_at_the_end(tmp_path):
    """`--trace out.json`, and what is wrong with other names."""
    script, out = tmp_path / "program.py", tmp_path / "out.json"
    script.write_text(PROGRAM)
    assert run("--trace", str(out), str(script)).returncode == 0
    assert '"v/Assign"' in out.read_text()
    refused = run("--trace", "out.txt", str(script))
    assert refused.returncode == 2 and "ends with .html or .json" in refused.stderr
    missing = run("--trace", str(tmp_path / "no/out.json"), str(script))
    assert missing.returncode == 2 and "cannot write the trace" in missing.stderr
