"""Models that TensorFlow wrote give its numbers; tests/oracle/make_saved_models.py made them.

What the functions return and refuse is compared with TensorFlow in tests/oracle/client/saved_models.py.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import perdure
from perdure import tf

MODELS = Path(__file__).parents[1] / "golden" / "saved_models"


@pytest.fixture(params=["interpret", "compile"])
def session(request):
    with tf.Graph().as_default(), perdure.options(tier=request.param), tf.Session() as session:
        yield session


def stored(name):
    record = json.loads((MODELS / f"{name}.json").read_text())
    return record["inputs"], record["outputs"]


@pytest.mark.parametrize("name", ["first", "module", "network"])
def test_signatures_give_tensorflow_s_numbers(session, name):
    graph = tf.saved_model.load(session, ["serve"], str(MODELS / name))
    signature = graph.signature_def["serving_default"]
    inputs, outputs = stored(name)
    feeds = {signature.inputs[key].name: value for key, value in inputs.items()}
    for key, expected in outputs.items():
        found = session.run(signature.outputs[key].name, feeds)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_assets_are_found_where_the_model_lies_now(session, tmp_path):
    shutil.copytree(MODELS / "first", tmp_path / "moved")
    (tmp_path / "moved" / "assets" / "words.txt").write_text("three")
    graph = tf.saved_model.load(session, ["serve"], str(tmp_path / "moved"))
    assert session.run(graph.signature_def["serving_default"].outputs["content"].name) == b"three"


def test_it_is_written_as_it_was_read(session):
    graph = tf.saved_model.load(session, ["serve"], str(MODELS / "module"))
    assert {op for node in graph.graph_def.node for op in [node.op]} >= {"StatefulPartitionedCall"}
    assert graph.meta_info_def.tensorflow_version.startswith("2")


def test_an_asset_outside_of_the_folder_is_refused(session, tmp_path):
    shutil.copytree(MODELS / "first", tmp_path / "bad")
    path = tmp_path / "bad" / "saved_model.pb"
    content = path.read_bytes()
    assert b"words.txt" in content
    path.write_bytes(content.replace(b"words.txt", b"../../..x"))
    with pytest.raises(tf.errors.InvalidArgumentError, match="outside"):
        tf.saved_model.load(session, ["serve"], str(tmp_path / "bad"))
