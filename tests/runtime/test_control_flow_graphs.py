"""Graphs with conditionals and loops that TensorFlow wrote are run, and trained, with its numbers."""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options
from tests import fingerprints, golden

FOLDER = Path(golden.FOLDER) / "control_flow"
NAMES = sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))


def read(name):
    return json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))


def array(stored):
    return np.array(stored["values"], stored["dtype"]).reshape(stored["shape"])


def check(values, expected):
    for value, stored in zip(values, expected, strict=True):
        if stored is None:
            assert value is None
        else:
            wanted = array(stored)
            assert np.shape(value) == wanted.shape
            np.testing.assert_allclose(value, wanted, rtol=2e-4, atol=1e-5)


@pytest.mark.parametrize("tier", ["interpret", "compile"])
@pytest.mark.parametrize("name", NAMES)
def test_steps(name, tier):
    """Step by step, with the variables after each; errors in TensorFlow's words."""
    record = read(name)
    graph_def = tf.GraphDef.FromString(base64.b64decode(record["graph"]))
    with tf.Graph().as_default() as graph, options(tier=tier), tf.Session() as session:
        tf.import_graph_def(graph_def, name="")
        session.run(graph.get_operation_by_name(record["init"]))
        fetches = [graph.as_graph_element(fetch) for fetch in record["fetches"]]
        variables = [graph.get_tensor_by_name(variable) for variable in record["variables"]]
        for step in record["steps"]:
            fed = {tensor: array(value) for tensor, value in step["fed"].items()}
            if "error" in step:
                kind, words = step["error"]
                with pytest.raises(getattr(tf.errors, kind)) as failure:
                    session.run(fetches, fed)
                assert failure.value.message.split("\n")[0] == words
            else:
                check(session.run(fetches, fed), step["fetched"])
            check(session.run(variables), step["variables"])


def test_goldens_are_of_the_programs():
    """None is missing, stale or left over; the programs name TensorFlow, and are only read here."""
    path = Path(__file__).parent.parent / "oracle" / "control_flow_programs.py"
    written = [
        line[4:-3] for line in path.read_text().splitlines() if line.startswith("def ") and line[4] != "_"
    ]
    assert sorted(written) == NAMES, "run tests/oracle/make_control_flow_goldens.py"
    for name in NAMES:
        assert read(name)["source"] == fingerprints.of_file(str(path)), (
            "run tests/oracle/make_control_flow_goldens.py"
        )
