"""The programs of tests/oracle/programs build the graphs that TensorFlow 1.15.5 builds, node for node."""

import gzip
import json
import runpy
from pathlib import Path

import pytest

import perdure.compat
from perdure.formats.graph.tensors import proto_to_array
from perdure.gradients import registry
from perdure.graph import uids
from perdure.graph.devices import canonical
from perdure.graph.graph import Graph
from perdure.interchange.importer import import_graph_def
from tests.graph_nodes import differences, plain_nodes

TESTS = Path(__file__).parent
PROGRAMS = sorted(path.stem for path in (TESTS / "oracle" / "programs").glob("*.py"))


@pytest.fixture
def tensorflow_is_perdure(monkeypatch):
    """`import tensorflow` finds perdure for the length of a test; tensors count as in a new process."""
    monkeypatch.setattr(uids, "_next", 0)
    kept = {name: made for name, made in registry._registered.items() if not name[-1].isdigit()}
    monkeypatch.setattr(registry, "_registered", kept)
    perdure.compat.install()
    yield
    perdure.compat.uninstall()


@pytest.mark.parametrize("name", PROGRAMS)
def test_graph(name, tensorflow_is_perdure):
    """Names, op types, inputs with control inputs, devices and attrs, in TensorFlow's order."""
    golden = TESTS / "golden" / "graphs" / f"{name}.json.gz"
    assert golden.exists(), f"run tests/oracle/make_graph_goldens.py {name}"
    with Graph().as_default() as graph:
        runpy.run_path(str(TESTS / "oracle" / "programs" / f"{name}.py"))
    nodes = json.loads(json.dumps(plain_nodes(graph.as_graph_def(), proto_to_array)))
    expected = json.loads(gzip.decompress(golden.read_bytes()))["nodes"]
    found = differences(nodes, expected)
    assert not found, "\n" + "\n".join(found)
    assert written(imported(graph.as_graph_def())) == written(graph), (
        "it is another graph when it was imported"
    )


def imported(graph_def):
    """A graph that was imported whole."""
    with Graph().as_default() as graph:
        import_graph_def(graph_def, name="")
    return graph


def written(graph):
    """The nodes of a graph by name; as in TensorFlow, importing writes devices out and follows groups.

    It also puts the Switches and Enters of an operation's inputs before the operation, which is made first.
    """
    nodes = {node.name: node for node in graph.as_graph_def().node}
    for node in nodes.values():
        node.device = "" if "_class" in node.attr else canonical(node.device)
    return nodes
