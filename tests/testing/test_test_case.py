"""tf.test.TestCase: sessions, default graphs, threads and temporary folders."""

import os
import random
import sys
import unittest

import numpy as np
import pytest

from perdure import tf
from perdure.graph.stacks import graph_stack


@pytest.fixture(autouse=True)
def keep_default_graph():
    """TestCase.setUp replaces the default graph, which other tests must not notice."""
    stack = list(graph_stack.stack)
    yield
    graph_stack.stack[:] = stack
    if not stack:
        tf.reset_default_graph()


def run(body, name="test_body"):
    """The result of a test case whose test is `body`."""
    made = type("Case", (tf.test.TestCase,), {name: body})(name)
    result = unittest.TestResult()
    made.run(result)
    return result


def passes(body):
    result = run(body)
    assert result.wasSuccessful(), result.errors + result.failures


def text_of_failure(body):
    result = run(body)
    ((_, text),) = result.failures + result.errors
    return text


def test_sessions_and_defaults():
    """Each kind of session is the default one in its block, on the CPU unless asked."""

    def body(self):
        x = tf.constant(1)
        with self.session() as session:
            assert tf.get_default_session() is session
            assert tf.get_default_graph() is session.graph is x.graph
            assert tf.constant(2).device == "/device:CPU:0"
            assert self.evaluate(x) == 1
        with pytest.raises(RuntimeError, match="closed Session"):
            session.run(x)
        with self.cached_session() as first:
            assert self.evaluate([x]) == [1]
        with self.cached_session(use_gpu=True) as second, tf.device(None):
            assert first is second
            assert tf.constant(2).device == ""
        with self.test_session() as third:
            assert third is first
        assert self.evaluate({"x": x}) == {"x": 1}
        graph = tf.Graph()
        with self.test_session(graph=graph) as fourth:
            assert fourth.graph is graph is tf.get_default_graph()
        self.kept = first

    passes(body)


def test_cached_session_with_other_arguments():
    """The cached session is only given to blocks that ask for what it was made with."""

    def body(self):
        with self.cached_session():
            pass
        with pytest.raises(ValueError, match="The graph used to get the cached session is different"):
            with self.cached_session(graph=tf.Graph()):
                pass
        with pytest.raises(ValueError, match="The config used to get"):
            with self.cached_session(config=tf.ConfigProto()):
                pass
        with pytest.raises(ValueError, match="The force_gpu value used to get"):
            with self.cached_session(force_gpu=True):
                pass

    passes(body)


def test_forced_gpu():
    """A forced GPU is the device of the block, and a missing one an error at the step."""

    def body(self):
        config = tf.ConfigProto(allow_soft_placement=True)
        with self.session(config=config, force_gpu=True) as session:
            x = tf.constant(1) + 1
            assert x.device == "/device:GPU:0"
            with pytest.raises(tf.errors.InvalidArgumentError, match="GPU"):
                session.run(x)
        assert config.allow_soft_placement

    if not tf.test.is_gpu_available():
        passes(body)


def test_each_test_starts_anew():
    """An empty default graph and the same seeds for each test."""
    seen = []

    def body(self):
        seen.append(
            (
                random.random(),
                np.random.rand(),
                tf.get_default_graph().seed,
                len(tf.get_default_graph().get_operations()),
            )
        )
        tf.constant(1)

    passes(body)
    passes(body)
    assert seen[0] == seen[1]
    assert seen[0][2:] == (87654321, 0)


def test_cached_session_is_closed():
    """The end of a test closes its session, and its method test_session is no test."""
    sessions = []

    def body(self):
        with self.cached_session() as session:
            sessions.append(session)
            self.evaluate(tf.constant(1))

    passes(body)
    with pytest.raises(RuntimeError, match="closed Session"):
        sessions[0].run(tf.constant(1))
    case = tf.test.TestCase("test_session")
    result = unittest.TestResult()
    case.run(result)
    assert [reason for _, reason in result.skipped] == ["Not a test."]


def test_checked_threads():
    """A thread's exception fails the test, and so does a thread nobody joins."""

    def good(self):
        found = []
        thread = self.checkedThread(target=found.append, args=[3])
        thread.start()
        thread.join()
        assert found == [3] and not thread.is_alive()

    def failing(self):
        thread = self.checkedThread(target=lambda: self.assertEqual(1, 2))
        thread.start()
        thread.join()

    def forgotten(self):
        self.checkedThread(target=list).start()

    passes(good)
    assert "Error in checkedThread: 1 != 2" in text_of_failure(failing)
    assert "A checked thread was not joined." in text_of_failure(forgotten)


def test_temporary_folders_and_captured_output(capfd):
    """A folder of its own for each test; output of C code is captured, too."""
    folders = []

    def body(self):
        folders.append(self.get_temp_dir())
        assert folders[-1] == self.get_temp_dir()
        assert folders[-1].startswith(tf.test.get_temp_dir())
        with self.captureWritesToStream(sys.__stderr__) as captured:
            os.write(sys.__stderr__.fileno(), b"from below")
        assert captured.contents() == "from below"

    with capfd.disabled():
        passes(body)
        passes(body)
    assert folders[0] != folders[1]
