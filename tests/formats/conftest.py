import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from perdure.formats import messages
from perdure.formats.graph.tensors import make_tensor_proto
from perdure.graph import hooks
from perdure.graph.dtypes import as_dtype

GOLDEN = Path(__file__).parents[1] / "golden" / "formats"


@pytest.fixture(scope="session")
def goldens():
    """What TensorFlow 1.15.5 wrote (tests/oracle/make_format_goldens.py)."""
    return json.loads((GOLDEN / "formats.json").read_text())


@pytest.fixture(scope="session")
def m():
    """The messages by name, as tests/formats/cases.py asks for them."""
    names = {name: getattr(messages, name) for name in messages.__all__}
    return SimpleNamespace(**names, make_tensor_proto=make_tensor_proto, as_dtype=as_dtype)


@pytest.fixture
def no_shape_inference(monkeypatch):
    """Formats are tested without the ops' shape functions: every output has an unknown shape."""
    monkeypatch.setattr(hooks.infer_shapes, "_function", lambda op: [None] * len(op.outputs))
