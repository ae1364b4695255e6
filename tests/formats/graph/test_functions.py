"""Functions used by nodes become the library of the GraphDef."""

from types import SimpleNamespace

import numpy as np
import pytest

from perdure.graph.construction import apply_op
from perdure.graph.graph import Graph


@pytest.fixture
def branch(no_shape_inference):
    """f(x) = second of unstack(x), sum of both, x."""
    body = Graph()
    with body.as_default():
        x = apply_op("Placeholder", [], {"dtype": "float32"}, "in/X")
        parts = apply_op("Unpack", [x], {"num": 2}, "parts")
        with body.control_dependencies([x.op, parts[0].op]):
            total = apply_op("Add", [parts[1], parts[0]], {}, "total")
    return SimpleNamespace(name="f", graph=body, inputs=[x], outputs=[parts[1], total, x], targets=())


def test_library(branch):
    """Arguments, body, results; nodes refer to outputs by name."""
    graph = Graph()
    with graph.as_default():
        one = apply_op("Const", [], {"value": np.float32(1), "dtype": "float32"}, "one")
        true = apply_op("Const", [], {"value": np.bool_(True), "dtype": "bool"}, "true")
        attrs = {"Tout": ["float32"] * 3, "then_branch": branch, "else_branch": branch}
        apply_op("If", [true, [one]], attrs, "if")
    proto = graph.as_graph_def()
    assert proto.node[-1].attr["then_branch"].func.name == "f"
    assert (proto.versions.producer, proto.versions.min_consumer) == (134, 12)
    (function,) = proto.library.function
    assert [arg.name for arg in function.signature.input_arg] == ["in_x_0"]
    assert [arg.name for arg in function.signature.output_arg] == ["parts", "total", "in_x"]
    assert dict(function.ret) == {
        "parts": "parts_0:output:1",
        "total": "total_0:z:0",
        "in_x": "in_x_0",
    }
    assert [list(node.input) for node in function.node_def] == [
        ["in_x_0"],
        ["parts_0:output:1", "parts_0:output:0", "^in_x_0"],
    ]
    assert not function.signature.is_stateful


def test_graph_without_functions(no_shape_inference):
    """No library, and readers of any version will do."""
    proto = Graph().as_graph_def()
    assert not proto.HasField("library") and proto.versions.min_consumer == 0
