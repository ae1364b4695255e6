"""tf.train.summary_iterator."""

import pytest

from perdure import tf
from perdure.graph import errors


def test_events_of_a_file(tmp_path):
    """All of them, the first included; a file is looked for when it is first asked."""
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        writer.add_summary(tf.Summary(), 7)
    (path,) = tmp_path.iterdir()
    first, second = tf.train.summary_iterator(str(path))
    assert first.file_version == "brain.Event:2" and second.step == 7
    path.write_bytes(path.read_bytes()[:-1])
    events = tf.train.summary_iterator(str(path))
    assert next(events) == first
    with pytest.raises(errors.DataLossError, match="truncated record at"):
        next(events)
    missing = tf.train.summary_iterator(str(path) + "x")
    with pytest.raises(errors.NotFoundError):
        next(missing)
