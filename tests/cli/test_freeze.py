"""`perdure freeze`."""

import pytest

from perdure import tf
from perdure.cli import main


@pytest.fixture
def model(tmp_path):
    """A checkpoint with its meta graph; the folder."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        tf.multiply(x, tf.get_variable("w", initializer=2.5), name="y")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "model"))
        tf.io.write_graph(graph, str(tmp_path), "graph.pbtxt")
    return tmp_path


def frozen_value(path):
    """What the frozen graph makes of 4."""
    graph_def = tf.GraphDef.FromString(path.read_bytes())
    assert not [node for node in graph_def.node if "Variable" in node.op]
    with tf.Graph().as_default(), tf.Session() as session:
        (y,) = tf.import_graph_def(graph_def, return_elements=["y:0"])
        return session.run(y, {"import/x:0": 4.0})


@pytest.mark.parametrize(
    "arguments", [["model"], ["model.meta"], [""], ["--graph", "graph.pbtxt", "model"]], ids=" ".join
)
def test_a_checkpoint(model, arguments, capsys):
    """By its prefix, its meta graph, its folder, or with a graph of its own."""
    paths = [text if text.startswith("--") else str(model / text) for text in arguments]
    assert main(["freeze", "-o", str(model / "out.pb"), *paths, "y"]) == 0
    assert frozen_value(model / "out.pb") == 10.0
    assert capsys.readouterr().out.startswith(f"{model / 'out.pb'}: ")


def test_a_saved_model(model, capsys):
    """By its folder and its tags."""
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(str(model / "model.meta"))
        saver.restore(session, str(model / "model"))
        graph = session.graph
        inputs, outputs = {"x": graph.get_tensor_by_name("x:0")}, {"y": graph.get_tensor_by_name("y:0")}
        tf.saved_model.simple_save(session, str(model / "saved"), inputs, outputs)
    assert main(["freeze", "-o", str(model / "out.pb"), str(model / "saved"), "y"]) == 0
    assert frozen_value(model / "out.pb") == 10.0
    assert main(["freeze", "-o", "x.pb", "--tags", "train", str(model / "saved"), "y"]) == 1
    assert "it has no graph with the tags train, but with: serve" in capsys.readouterr().err


def test_what_cannot_be_frozen(model, capsys):
    """Is said in a line."""
    for arguments, fact in (
        ([str(model / "nothing"), "y"], "nothing.meta does not exist"),
        ([str(model / "model"), "nothing"], "nothing is not in graph"),
        ([str(model / "model")], "Nodes that no other takes: y"),
    ):
        assert main(["freeze", "-o", str(model / "out.pb"), *arguments]) == 1
        assert fact in capsys.readouterr().err
    assert not (model / "out.pb").exists()
    for arguments in (["freeze", "model", "y"], ["freeze", "-o", "f"], ["freeze", "--what", "f", "m"]):
        assert main(arguments) == 2
