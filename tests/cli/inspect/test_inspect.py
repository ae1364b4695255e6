"""`perdure inspect`: each kind of file is told, and described in tables, as JSON and as a page."""

import json
import math

import numpy as np
import pytest

from perdure import tf
from perdure.cli import main
from perdure.cli.inspect.events import curve
from perdure.cli.inspect.kinds import kind_of


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def inspected(capsys, *arguments):
    """What `perdure inspect --json` says."""
    assert main(["inspect", "--json", *map(str, arguments)]) == 0
    return json.loads(capsys.readouterr().out)


def model():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", initializer=np.float32([[1, 0], [math.inf, -3]]))
    return x, tf.matmul(x, w, name="y")


@pytest.fixture
def checkpoint(tmp_path):
    model()
    tf.get_variable("words", initializer=tf.constant([b"a", b"\x00b"]))
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        saver.save(session, str(tmp_path / "m"), global_step=1)
        return saver.save(session, str(tmp_path / "m"), global_step=7)


def test_a_checkpoint(capsys, checkpoint):
    found = inspected(capsys, checkpoint)
    assert found["kind"] == "checkpoint" and found["format"] == "V2" and found["elements"] == 6
    assert found["tensors"] == [
        {"name": "w", "type": "float32", "shape": "[2, 2]", "elements": 4, "bytes": 16},
        {"name": "words", "type": "string", "shape": "[2]", "elements": 2, "bytes": None},
    ]


def test_statistics_of_a_checkpoint(capsys, checkpoint):
    w, words = inspected(capsys, "--values", checkpoint)["tensors"]
    assert (w["minimum"], w["maximum"], w["zeros"], w["not finite"]) == (-3.0, 1.0, 1, 1)
    assert words["minimum"] is None


def test_the_files_and_the_folder_of_a_checkpoint(capsys, checkpoint, tmp_path):
    assert inspected(capsys, f"{checkpoint}.index")["tensors"] == inspected(capsys, checkpoint)["tensors"]
    capsys.readouterr()
    assert main(["inspect", "--json", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert "deprecated" not in printed.err
    found = json.loads(printed.out)
    assert found["newest"] == checkpoint
    assert [row["is there"] for row in found["checkpoints"]] == [True, True]


def test_a_checkpoint_of_the_first_version(capsys, tmp_path):
    model()
    saver = tf.train.Saver(write_version=tf.train.SaverDef.V1)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = saver.save(session, str(tmp_path / "v1"), write_state=False)
    found = inspected(capsys, path)
    assert found["format"] == "V1" and [row["name"] for row in found["tensors"]] == ["w"]


def test_a_meta_graph(capsys, checkpoint):
    found = inspected(capsys, f"{checkpoint}.meta")
    assert found["kind"] == "meta graph" and found["ops without a kernel"] == "none"
    assert {"name": "x", "type": "float32", "shape": "[?, 2]"} in found["inputs"]
    assert {"name": "w", "type": "float32", "shape": "[2, 2]"} in found["variables"]
    assert {"name": "variables", "kind": "bytes", "items": 2} in found["collections"]


@pytest.mark.parametrize("as_text", [False, True])
def test_a_graph(capsys, graph, tmp_path, as_text):
    model()
    graph_def = graph.as_graph_def()
    graph_def.node.add(name="odd", op="NobodyKnowsThisOp")
    path = tf.train.write_graph(graph_def, str(tmp_path), "g.pb", as_text=as_text)
    found = inspected(capsys, path)
    assert found["kind"] == "graph" and found["ops without a kernel"] == ["NobodyKnowsThisOp (1)"]
    assert found["nodes"] == len(graph_def.node)
    nodes = inspected(capsys, "--values", path)["nodes"]
    assert {"name": "y", "op": "MatMul", "inputs": "x, w/read", "device": ""} in nodes


def test_a_page_with_the_graph_drawn(capsys, graph, tmp_path):
    model()
    path = tf.train.write_graph(graph, str(tmp_path), "g.pb", as_text=False)
    assert main(["inspect", "--html", str(tmp_path / "page.html"), path]) == 0
    page = (tmp_path / "page.html").read_text()
    assert "<svg" in page and "MatMul" in page and "<title>graph:" in page
    assert capsys.readouterr().out == ""


def test_a_saved_model(capsys, tmp_path):
    x, y = model()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, str(tmp_path / "m"), {"in": x}, {"out": y})
    found = inspected(capsys, tmp_path / "m")
    assert found["kind"] == "saved model" and found["tags"] == ["serve"]
    assert [(row["role"], row["name"], row["tensor"]) for row in found["signatures"]] == [
        ("input", "in", "x:0"),
        ("output", "out", "y:0"),
    ]
    assert [row["name"] for row in found["tensors"]] == ["w"]


@pytest.fixture
def events(tmp_path):
    value = tf.placeholder(tf.float32, [])
    summary = tf.summary.merge([tf.summary.scalar("loss", value), tf.summary.histogram("h", value)])
    with tf.Session() as session, tf.summary.FileWriter(str(tmp_path / "log"), session.graph) as writer:
        for step in range(100):
            writer.add_summary(session.run(summary, {value: 1.0 / (1 + step)}), step)
    return tmp_path / "log"


def test_event_files(capsys, events):
    found = inspected(capsys, events)
    assert found["kind"] == "event file" and found["graph"] == 1
    (loss,) = found["scalars"]
    assert (loss["tag"], loss["points"], loss["first step"], loss["last step"]) == ("loss", 100, 0, 99)
    assert loss["maximum"] == 1.0 and loss["last"] == pytest.approx(0.01) and len(loss["curve"]) == 40
    assert [(row["tag"], row["kind"], row["points"]) for row in found["others"]] == [("h", "histogram", 100)]
    values = inspected(capsys, "--values", *events.iterdir())["loss"]
    assert values[3] == {"step": 3, "value": 0.25}


def test_curves():
    assert curve([0.0, 1.0]) == "▁█" and curve([2.0] * 3) == "▁▁▁"
    assert curve([0.0, math.nan, 7.0]) == "▁?█" and curve([math.inf]) == "?"
    assert curve([float(i) for i in range(400)])[::39] == "▁█"


def test_records(capsys, tmp_path):
    path = str(tmp_path / "examples")
    with tf.python_io.TFRecordWriter(path) as writer:
        for i in range(3):
            feature = {
                "ids": tf.train.Feature(int64_list=tf.train.Int64List(value=range(i))),
                "text": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"word"])),
            }
            writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    found = inspected(capsys, "--values", path)
    assert found["kind"] == "records" and found["records"] == 3 and found["content"] == "tf.train.Example"
    ids, text = found["features"]
    assert (ids["feature"], ids["type"], ids["shortest"], ids["longest"]) == ("ids", "int64", 0, 2)
    assert text["in"] == "3 of 3" and text["first value"] == "b'word'"


def test_records_of_another_kind(capsys, tmp_path):
    path = str(tmp_path / "bytes.rec")
    with tf.python_io.TFRecordWriter(path) as writer:
        writer.write(b"\xff\xff")
    found = inspected(capsys, path)
    assert found["records"] == 1 and "features" not in found


def test_tables_for_a_person(capsys, checkpoint):
    assert main(["inspect", checkpoint]) == 0
    text = capsys.readouterr().out
    assert "checkpoint" in text and "tensors (2)" in text and "[2, 2]" in text and "16 bytes" in text


def test_what_is_not_there_or_not_known(capsys, tmp_path):
    (tmp_path / "text").write_text("some text that is no message at all")
    (tmp_path / "bad.pb").write_bytes(b"\xff\0\xff\0 no graph")
    for path in ("nowhere", "text", "bad.pb", ""):
        assert main(["inspect", str(tmp_path / path)]) == 1
        assert "perdure inspect: " in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--odd", "a"], ["--html"], ["--html", "--json", "a"]])
def test_wrong_usage(capsys, arguments):
    assert main(["inspect", *arguments]) == 2
    assert "inspect" in capsys.readouterr().err


def test_kinds_by_name(tmp_path):
    for name, kind in [
        ("events.out.tfevents.1.host", "event file"),
        ("m.meta", "meta graph"),
        ("m.index", "checkpoint"),
        ("saved_model.pb", "saved model"),
        ("frozen.pb", "graph"),
    ]:
        (tmp_path / name).write_bytes(b"")
        assert kind_of(str(tmp_path / name)) == kind
