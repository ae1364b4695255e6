"""tf.summary.FileWriter: what it makes of what it is given."""

import gc
import os
import time
import warnings

import pytest

from perdure import tf
from perdure.summaries.writer import SummaryToEventTransformer
from tests.filesystem.event_files import events_of, steps_of


def summary(tag="loss", value=1.0, **more):
    return tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value, **more)])


def test_summaries(tmp_path):
    """Messages or their bytes, with a time and a step."""
    before = time.time()
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        writer.add_summary(summary("a", 1.5), 3)
        writer.add_summary(summary("b", 2.5).SerializeToString(), global_step=4.9)
        writer.add_summary(tf.Summary())
    first, second, third = events_of(tmp_path)
    assert (first.step, second.step, third.step) == (3, 4, 0)
    assert before <= first.wall_time <= second.wall_time <= time.time()
    assert first.summary == summary("a", 1.5) and second.summary == summary("b", 2.5)
    assert third.WhichOneof("what") == "summary"


def test_metadata_is_written_once(tmp_path):
    """With the first value of a tag; later ones lose it, in the message that was given, too."""
    metadata = tf.SummaryMetadata(display_name="D")
    given = [summary("a", metadata=metadata) for _ in range(3)] + [summary("b", metadata=metadata)]
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        for each in given:
            writer.add_summary(each)
    kept = [event.summary.value[0].HasField("metadata") for event in events_of(tmp_path)]
    assert kept == [True, False, False, True]
    assert [each.value[0].HasField("metadata") for each in given] == kept


def test_all_other_events(tmp_path):
    """Graphs, session logs, run metadata, meta graphs, and events that are made by hand."""
    graph = tf.Graph()
    with graph.as_default():
        tf.constant([1.0], name="c")
    writer = tf.summary.FileWriter(str(tmp_path))
    writer.add_graph(graph, 1)
    writer.add_graph(graph.as_graph_def(), 2)
    writer.add_graph(None, graph_def=graph)
    writer.add_session_log(tf.summary.SessionLog(status=tf.summary.SessionLog.START), 4)
    writer.add_run_metadata(tf.RunMetadata(), "tag", 5)
    writer.add_meta_graph(tf.MetaGraphDef(), 6)
    writer.add_event(tf.Event(step=7, wall_time=8.0))
    with pytest.raises(ValueError, match="tag was already used"):
        writer.add_run_metadata(tf.RunMetadata(), "tag")
    with pytest.raises(ValueError, match="only graph, or graph_def"):
        writer.add_graph(graph, graph_def=graph)
    with pytest.raises(TypeError, match="must be an instance of `Graph`"):
        writer.add_graph(5)
    with pytest.raises(TypeError, match="must be type MetaGraphDef"):
        writer.add_meta_graph(graph)
    with pytest.raises(TypeError, match="Expected an event_pb2.Event"):
        writer.add_event(summary())
    writer.close()
    events = events_of(tmp_path)
    kinds = [event.WhichOneof("what") for event in events]
    assert kinds == [*["graph_def"] * 3, "session_log", "tagged_run_metadata", "meta_graph_def", None]
    assert [event.step for event in events] == [1, 2, 0, 4, 5, 6, 7]
    found = tf.GraphDef.FromString(events[0].graph_def)
    assert found == graph.as_graph_def(add_shapes=True) and found.node[0].name == "c"


def test_closing_and_opening_again(tmp_path):
    """After it is closed there are warnings only; opened again it writes to another file."""
    writer = tf.summary.FileWriter(str(tmp_path))
    writer.add_summary(summary(), 1)
    writer.close()
    writer.close()
    with pytest.warns(UserWarning, match="closed FileWriter"):
        writer.add_summary(summary(), 2)
    with pytest.warns(UserWarning, match="closed FileWriter"):
        writer.add_event(tf.Event())
    with pytest.warns(UserWarning, match="closed FileWriter"):
        writer.flush()
    writer.reopen()
    writer.reopen()
    writer.add_summary(summary(), 3)
    writer.close()
    assert steps_of(tmp_path) == [1, 3] and len(list(tmp_path.iterdir())) == 2


def test_files(tmp_path):
    """There is one with the first event, or at once if its name has an end of its own."""
    folder = tmp_path / "not" / "there"
    writer = tf.summary.FileWriter(str(folder))
    writer.flush()
    writer.close()
    assert folder.is_dir() and not list(folder.iterdir()) and writer.get_logdir() == str(folder)
    tf.summary.FileWriter(folder, filename_suffix=".mine").close()
    (name,) = os.listdir(folder)
    assert name.endswith(".mine") and os.path.getsize(folder / name) == 40


def test_two_writers_of_one_folder(tmp_path):
    """In the same second; the second one leaves the file of the first alone."""
    first, second = (tf.summary.FileWriter(str(tmp_path)) for _ in range(2))
    first.add_summary(summary(), 1)
    second.add_summary(summary(), 2)
    first.add_summary(summary(), 3)
    first.close()
    second.close()
    assert steps_of(tmp_path) == [1, 3, 2]


def test_a_writer_that_is_dropped(tmp_path):
    """Everything is in the file, and the thread has ended."""
    import threading

    before = threading.active_count()
    writer = tf.summary.FileWriter(str(tmp_path))
    for step in range(5):
        writer.add_summary(summary(), step)
    assert threading.active_count() == before + 1
    del writer
    gc.collect()
    assert steps_of(tmp_path) == list(range(5)) and threading.active_count() == before


def test_one_writer_for_each_folder(tmp_path):
    """`FileWriterCache`."""
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    cache = tf.summary.FileWriterCache
    try:
        writer = cache.get(one)
        assert cache.get(one) is writer and cache.get(other) is not writer
    finally:
        cache.clear()
    with warnings.catch_warnings(), pytest.warns(UserWarning, match="closed"):
        writer.flush()
    assert cache.get(one) is not writer
    cache.clear()


def test_events_go_wherever_one_wants(tmp_path):
    """What makes the events knows no file."""

    class Kept:
        def __init__(self):
            self.events = []
            self.add_event = self.events.append

        def get_logdir(self):
            return str(tmp_path)

    kept = Kept()
    transformer = SummaryToEventTransformer(kept, graph=tf.Graph())
    transformer.add_summary(summary(), 3)
    assert kept.events[0].HasField("graph_def") and kept.events[-1].summary == summary()


def test_assets_of_plugins(tmp_path):
    """They are written when the graph is."""
    from perdure.summaries.plugin_asset import PluginAsset, get_plugin_asset

    class Asset(PluginAsset):
        plugin_name = "mine"

        def assets(self):
            return {"a.txt": "text", "b": b"\xff"}

    with tf.Graph().as_default() as graph:
        get_plugin_asset(Asset)
        tf.summary.FileWriter(str(tmp_path), graph).close()
    assert (tmp_path / "plugins/mine/a.txt").read_text() == "text"
    assert (tmp_path / "plugins/mine/b").read_bytes() == b"\xff"
