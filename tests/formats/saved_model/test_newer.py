"""Graphs of TensorFlow 2 in the words of 1.15."""

from perdure.formats import messages
from perdure.formats.saved_model.newer import in_older_words


def graph(version):
    made = messages.MetaGraphDef()
    made.meta_info_def.tensorflow_version = version
    node = made.graph_def.node.add(name="v", op="VarHandleOp")
    node.attr["debug_name"].s = b"v/"
    node.attr["shared_name"].s = b"v"
    body = made.graph_def.library.function.add()
    body.node_def.add(name="d", op="DisableCopyOnRead", input=["h", "^first"]).attr["x"].i = 1
    return made


def test_what_changes_nothing_is_left_out():
    newer = graph("2.21.0")
    older = in_older_words(newer)
    (node,) = older.graph_def.node
    assert list(node.attr) == ["shared_name"]
    (inner,) = older.graph_def.library.function[0].node_def
    assert (inner.op, list(inner.input), list(inner.attr)) == ("NoOp", ["^first"], [])
    assert newer == graph("2.21.0")


def test_graphs_of_tensorflow_1_are_left_alone():
    first = graph("1.15.5")
    assert in_older_words(first) is first
