"""What tests look at in summaries and event files."""

import pytest

from perdure import tf


def summary(**values):
    return tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=each) for tag, each in values.items()])


def test_one_summary():
    """Its tags, and its numbers to two digits."""
    testing = tf.contrib.testing
    found = testing.to_summary_proto(summary(a=1.001, b=2).SerializeToString())
    testing.assert_summary(["a", "b"], {"a": 1.0}, found)
    with pytest.raises(ValueError, match="Expected tags"):
        testing.assert_summary(["a"], {}, found)
    with pytest.raises(AssertionError):
        testing.assert_summary(["a", "b"], {"a": 1.1}, found)


def test_the_last_file_of_a_folder(tmp_path):
    """Of several, the one that was made last."""
    testing, folder = tf.contrib.testing, str(tmp_path)
    assert testing.latest_event_file(folder) is None and list(testing.latest_events(folder + "x")) == []
    for step in (1, 2):
        with tf.summary.FileWriter(folder) as writer:
            writer.add_summary(summary(a=step, b=step), step)
            writer.add_summary(summary(a=10 * step), step - 1)
            writer.add_session_log(tf.summary.SessionLog())
    assert testing.latest_event_file(folder) == str(sorted(tmp_path.iterdir())[1])
    assert [event.step for event in testing.latest_events(folder)] == [0, 2, 1, 0]
    summaries = testing.latest_summaries(folder)
    assert [event.step for event in summaries] == [2, 1]
    assert testing.simple_values_from_events(summaries, ["a", "c"]) == {"a": 2.0}
    histogram = tf.Event(summary=tf.Summary(value=[tf.Summary.Value(tag="h", histo=tf.HistogramProto())]))
    with pytest.raises(ValueError, match="Summary for h is not a simple_value"):
        testing.simple_values_from_events([histogram], ["h"])
