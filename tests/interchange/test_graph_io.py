"""Graphs in files: `tf.io.write_graph`."""

import pytest
from google.protobuf import text_format

from perdure import tf
from perdure.formats.text import ParseError, from_text


@pytest.fixture
def graph():
    """A graph with a constant."""
    with tf.Graph().as_default() as graph:
        tf.constant([1.0, 2.5], name="a")
    return graph


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize("of", [lambda graph: graph, lambda graph: graph.as_graph_def()])
def test_a_graph_is_written(graph, tmp_path, as_text, of):
    """As text or bytes, into a folder that is made, under the path that is returned."""
    path = tf.io.write_graph(of(graph), str(tmp_path / "new" / "folder"), "graph.pb", as_text=as_text)
    assert path == str(tmp_path / "new" / "folder" / "graph.pb")
    content = (tmp_path / "new" / "folder" / "graph.pb").read_bytes()
    read = text_format.Parse(content, tf.GraphDef()) if as_text else tf.GraphDef.FromString(content)
    assert read == graph.as_graph_def()
    assert [file.name for file in (tmp_path / "new" / "folder").iterdir()] == ["graph.pb"]


def test_text_is_the_default(graph, tmp_path):
    """`tf.train.write_graph` is the same function."""
    assert tf.train.write_graph is tf.io.write_graph
    tf.train.write_graph(graph, str(tmp_path), "graph.pbtxt")
    assert (tmp_path / "graph.pbtxt").read_text().startswith("node {")


def test_text_that_is_no_message():
    """Is refused with where it stands, however deep."""
    for text in ("node { name 3", b"\xff\xfe", "library { " * 20000):
        with pytest.raises(ParseError):
            from_text(text, tf.GraphDef())
