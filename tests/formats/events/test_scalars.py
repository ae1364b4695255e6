"""Summaries of numbers by hand: the bytes are those of protobuf."""

import struct

import pytest

from perdure import tf
from perdure.formats.events.scalars import scalar_tags, scalar_value, summary_event


def summary(*tags, **more):
    return tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=i, **more) for i, tag in enumerate(tags)])


@pytest.mark.parametrize("step", [0, 1, 127, 128, 16383, 16384, 2**40, 2**63 - 1, -1, -(2**63)])
@pytest.mark.parametrize("tags", [(), ("loss",), ("a", "b/c", "ä" * 10), tuple("abcdefghij") * 200])
def test_events(step, tags):
    """Steps and sizes of any number of bytes."""
    given = summary(*tags)
    expected = tf.Event(wall_time=1234.5, step=step, summary=given).SerializeToString()
    assert summary_event(1234.5, step, given.SerializeToString()) == expected


def test_tags():
    """Only of summaries that have nothing but numbers, and of no bytes that are cut off or changed."""
    assert scalar_tags(summary("a", "b/c", "ä").SerializeToString()) == ["a", "b/c", "ä"]
    assert scalar_tags(b"") == [] and scalar_tags(summary("").SerializeToString()) is None
    for other in (
        summary("a" * 121),
        summary("a", "b", metadata=tf.SummaryMetadata(display_name="D")),
        summary("a", node_name="n"),
        tf.Summary(value=[tf.Summary.Value(tag="h", histo=tf.HistogramProto(min=1.0))]),
        tf.Summary(value=[tf.Summary.Value(tag="nothing")]),
    ):
        assert scalar_tags(other.SerializeToString()) is None
    whole = summary("a", "b").SerializeToString()
    half = len(whole) // 2
    assert [scalar_tags(whole[:size]) for size in range(len(whole))] == [
        [] if size == 0 else ["a"] if size == half else None for size in range(len(whole))
    ]


def test_what_is_read_is_what_protobuf_reads():
    """Bytes that are changed anywhere are read in the same way or not at all."""
    whole = summary("ab", "c").SerializeToString()
    read = 0
    for place in range(len(whole)):
        for value in range(256):
            changed = whole[:place] + bytes([value]) + whole[place + 1 :]
            tags = scalar_tags(changed)
            if tags is not None:
                read += 1
                assert [each.tag for each in tf.Summary.FromString(changed).value] == tags
                assert tf.Summary.FromString(changed).SerializeToString() == changed
    assert read > 256


@pytest.mark.parametrize("tag", ["", "loss", "ä" * 100, "a" * 200])
def test_one_number(tag):
    """As protobuf writes it."""
    expected = tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=1.5)]).SerializeToString()
    assert scalar_value(tag.encode(), struct.pack("<f", 1.5)) == expected
