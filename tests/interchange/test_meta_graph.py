"""Meta graphs; what TensorFlow writes and makes of them stands in tests/oracle/client/meta_graphs.py."""

import re
from pathlib import Path

import pytest

from perdure import tf
from perdure.formats.messages import GraphDebugInfo
from perdure.formats.text import from_text
from perdure.interchange.meta_graph import export_scoped_meta_graph, import_scoped_meta_graph


@pytest.fixture(autouse=True)
def own_graph():
    """Each test has a graph of its own."""
    with tf.Graph().as_default() as graph:
        yield graph


def test_training_goes_on_in_the_other_graph(own_graph):
    """Variables, their initializers and the step are found by name and in collections."""
    v = tf.Variable(3.0, name="v")
    tf.train.GradientDescentOptimizer(0.5).minimize(v * v, name="step")
    made, _ = export_scoped_meta_graph()
    with tf.Graph().as_default() as graph, tf.Session() as session:
        variables = import_scoped_meta_graph(made, import_scope="again")
        assert list(variables) == ["v:0"]
        assert tf.trainable_variables() == [variables["v:0"]]
        session.run(tf.global_variables_initializer())
        session.run("again/step")
        assert session.run(variables["v:0"]) == 0.0
        assert graph.get_collection("train_op") == [graph.get_operation_by_name("again/step")]


def test_lines_of_the_program_are_written(tmp_path):
    """Where nodes were made stands in a file beside the meta graph."""
    tf.constant(1.0, name="here")
    export_scoped_meta_graph(str(tmp_path / "graph.meta"), as_text=True, save_debug_info=True)
    info = from_text((tmp_path / "graph.debug").read_bytes(), GraphDebugInfo())
    assert info.files == [__file__]
    (line,) = info.traces["here"].file_line_cols
    source = Path(__file__).read_text().splitlines()
    assert re.search(r'name="here"', source[line.line - 1])


def test_what_nothing_can_read_is_kept(own_graph):
    """Messages of another program stay in their collection, and are written again."""
    tf.constant(1.0)
    for item in b"\xff\x00", b"text":
        tf.add_to_collection("theirs", item)
    made, _ = export_scoped_meta_graph()
    with tf.Graph().as_default() as graph:
        import_scoped_meta_graph(made)
        assert graph.get_collection("theirs") == [b"\xff\x00", b"text"]
        assert export_scoped_meta_graph()[0].collection_def["theirs"] == made.collection_def["theirs"]
