"""Stubs of the face: what editors and type checkers know of `tf`."""

import ast

import pytest

from perdure import tf
from tools import stubs

MADE = stubs.stubs()


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.relative_to(stubs.FACE).as_posix())
def test_stub_is_current(path):
    """A stub says what the face has; after a change `python tools/stubs.py` writes it again."""
    assert path.exists() and path.read_text() == MADE[path], "run python tools/stubs.py"


def test_every_name_of_tf_is_in_its_stub():
    """What `dir(tf)` lists can be completed by an editor."""
    stub = ast.parse((stubs.FACE / "__init__.pyi").read_text())
    known = {alias.asname for n in stub.body if isinstance(n, ast.ImportFrom) for alias in n.names}
    known |= {node.targets[0].id for node in stub.body if isinstance(node, ast.Assign)}
    known |= {node.name for node in stub.body if isinstance(node, ast.FunctionDef)}
    assert {"add", "Session", "float32", "nn", "layers"} <= known
    assert set(tf.__all__) <= known


def test_what_a_factory_makes_has_its_parameters():
    """`tf.exp` is made by a factory; its stub has the parameters and their defaults all the same."""
    assert "def exp(x: _Any, name: _Any = None) -> _Any: ..." in MADE[stubs.FACE / "__init__.pyi"]
