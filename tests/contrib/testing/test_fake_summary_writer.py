"""A summary writer that keeps what it is given."""

import unittest

import pytest

from perdure import tf
from perdure.contrib.testing.fake_summary_writer import FakeSummaryWriter
from perdure.formats.messages import SessionLog, Summary


def test_hooks_write_to_it():
    """A StepCounterHook gives it a summary of the speed every few steps."""
    writer = FakeSummaryWriter("folder")
    with tf.Graph().as_default() as graph:
        step = tf.train.get_or_create_global_step()
        train = tf.assign_add(step, 1)
        hook = tf.train.StepCounterHook(summary_writer=writer, every_n_steps=3)
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            for _ in range(7):
                session.run(train)
        assert {key: [s.value[0].tag for s in values] for key, values in writer.summaries.items()} == {
            4: ["global_step/sec"], 7: ["global_step/sec"]
        }  # fmt: skip
        writer.add_graph(graph)
    writer.assert_summaries(
        unittest.TestCase(),
        expected_logdir="folder",
        expected_summaries={4: {}},
        expected_added_graphs=[graph],
    )


def test_values_and_logs():
    """Summaries may be serialized; all values of a step are compared by tag."""
    writer = FakeSummaryWriter("folder")
    for tag in ("a", "b"):
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=2.0)])
        writer.add_summary(summary.SerializeToString() if tag == "b" else summary, 5)
    log = SessionLog(status=SessionLog.START)
    writer.add_session_log(log)
    writer.add_run_metadata(tf.RunMetadata(), "tag", 1)
    writer.add_meta_graph(tf.MetaGraphDef())
    for method in (writer.flush, writer.reopen, writer.close):
        method()
    case = unittest.TestCase()
    writer.assert_summaries(case, expected_summaries={5: {"a": 2.0, "b": 2.0}}, expected_session_logs=[log])
    writer.assert_summaries(case, expected_added_meta_graphs=[tf.MetaGraphDef()])
    with pytest.raises(AssertionError):
        writer.assert_summaries(case, expected_summaries={6: {}})
    with pytest.raises(AssertionError):
        writer.assert_summaries(case, expected_graph=tf.Graph())


def test_taking_the_place_of_the_real_writer(tmp_path):
    """Whoever makes a writer then, as the cache does, gets a fake one."""
    try:
        FakeSummaryWriter.install()
        fake = tf.summary.FileWriterCache.get(str(tmp_path))
        assert isinstance(fake, FakeSummaryWriter) and fake._graph is tf.get_default_graph()
        with pytest.raises(ValueError, match="FakeSummaryWriter already installed"):
            FakeSummaryWriter.install()
    finally:
        FakeSummaryWriter.uninstall()
        tf.summary.FileWriterCache.clear()
    assert not isinstance(tf.summary.FileWriterCache.get(str(tmp_path)), FakeSummaryWriter)
    tf.summary.FileWriterCache.clear()


def test_refusals():
    """Steps count from 0, and what was not replaced cannot be given back."""
    writer = FakeSummaryWriter("folder")
    with pytest.raises(ValueError, match="FakeSummaryWriter not installed"):
        FakeSummaryWriter.uninstall()
    with pytest.raises(ValueError, match="Invalid global_step -1"):
        writer.add_run_metadata(tf.RunMetadata(), "tag", -1)
    with pytest.raises(ValueError, match="Unexpected graph_def"):
        writer.add_graph(None, graph_def=tf.GraphDef())
