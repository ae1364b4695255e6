"""Writers that belong to a graph: how long their files are open, and what they may touch."""

import threading

import pytest

import perdure
from perdure import tf
from perdure.graph import errors
from perdure.summaries.graph_writer import current_writer, recording
from tests.filesystem.event_files import steps_of

summary = tf.contrib.summary


@pytest.fixture
def writer(tmp_path):
    with tf.Graph().as_default():
        writer = summary.create_file_writer(str(tmp_path / "logs"), max_queue=100)
        with writer.as_default(), summary.always_record_summaries():
            yield writer


def steps(count):
    return [summary.scalar("a", 1.0, step=step) for step in range(count)]


def test_closing_the_session_closes_the_file(writer, tmp_path):
    """Everything is written, and the thread has ended."""
    before, ops = threading.active_count(), steps(3)
    with tf.Session() as session:
        session.run(writer.init())
        session.run(ops)
        session.run(ops[0])
    assert sorted(steps_of(tmp_path / "logs")) == [0, 0, 1, 2] and threading.active_count() == before


def test_two_sessions(writer, tmp_path):
    """Each has a file of its own."""
    ops = steps(2)
    with tf.Session() as first, tf.Session() as second:
        for step, session in enumerate((first, second)):
            session.run(writer.init())
            session.run(ops[step])
    assert sorted(steps_of(tmp_path / "logs")) == [0, 1]
    assert len(list((tmp_path / "logs").iterdir())) == 2


def test_a_policy_holds(writer, tmp_path):
    """A graph of somebody else writes only where it may."""
    with perdure.policy(writes=[tmp_path / "other"]):
        session = tf.Session()
    with session, pytest.raises(errors.PermissionDeniedError, match="may not write"):
        session.run(writer.init())
    assert not (tmp_path / "logs").exists()


def test_recorded_every_few_steps(writer, tmp_path):
    """The global step decides when the operation runs."""
    step = tf.train.create_global_step()
    with summary.record_summaries_every_n_global_steps(2):
        recorded = summary.scalar("b", 1.0)
    count = tf.assign_add(step, 1)
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), writer.init()])
        found = []
        for _ in range(4):
            found.append(bool(session.run(recorded)))
            session.run(count)
    assert found == [True, False, True, False] and steps_of(tmp_path / "logs") == [0, 2]


def test_defaults_belong_to_threads(writer):
    """Another thread has none."""
    found = []
    thread = threading.Thread(target=lambda: found.extend([current_writer(), recording()]))
    thread.start()
    thread.join()
    assert found == [None, None] and current_writer() is writer and recording()


def test_no_databases():
    """They are refused by name."""
    with pytest.raises(NotImplementedError, match=r"create_db_writer\('file:x'\)"):
        summary.create_db_writer("file:x")
