"""Small client programs come to what they came to under TensorFlow 1.15.5; see tests/oracle/client."""

import importlib
import importlib.util
import json
import re
from pathlib import Path

import pytest

import perdure.compat
from perdure import tf
from tests import golden
from tests.oracle.client import outcome

ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "tests/oracle/client").glob("[a-z]*.py"))

# Where perdure does something else on purpose, and why.
DIFFERENT = {
    "option_lists.functions_of_reference_variables": "TensorFlow's tape fails with a SystemError",
    "servers.session_handles": "sessions on TensorFlow's servers keep no tensors for handles",
}  # fmt: skip

# Programs of a library that an extra brings.
NEEDS = {"estimators": "tensorflow_estimator"}

CASES = [
    pytest.param(module, program, id=f"{module}-{program.__name__}")
    for module in MODULES
    for program in importlib.import_module(f"tests.oracle.client.{module}").PROGRAMS
]


@pytest.fixture(autouse=True, scope="module")
def tensorflow_is_perdure():
    """Programs that import what is inside of TensorFlow find perdure."""
    perdure.compat.install()
    yield
    perdure.compat.uninstall()


@pytest.mark.parametrize(("module", "program"), CASES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_program(module, program):
    """The same result, or the same class of error with a message of the same sense."""
    if module in NEEDS and importlib.util.find_spec(NEEDS[module]) is None:
        pytest.skip(f"needs {NEEDS[module]}")
    record = golden.read(str(ROOT / f"tests/golden/client/{module}.jsonl")).get(program.__name__)
    assert record is not None, f"run tests/oracle/make_client_goldens.py {module}"
    expected = record["result"]
    found = json.loads(json.dumps(outcome(program, tf)))
    reason = DIFFERENT.get(f"{module}.{program.__name__}")
    if reason is not None:
        assert without_messages(found) != without_messages(expected), f"agrees now; said: {reason}"
        return
    assert without_messages(found) == without_messages(expected), found
    for ours, theirs in zip(messages(found), messages(expected), strict=True):
        assert says_the_same(ours, theirs), f"{ours!r} should say {theirs!r}"


def without_messages(value):
    if isinstance(value, dict):
        return {key: without_messages(item) for key, item in value.items() if key != "message"}
    return [without_messages(item) for item in value] if isinstance(value, list) else value


def messages(value):
    if isinstance(value, dict):
        here = [value["message"]] if "message" in value else []
        return here + [m for item in value.values() for m in messages(item)]
    return [m for item in value for m in messages(item)] if isinstance(value, list) else []


def says_the_same(ours, theirs):
    """Whether most words of TensorFlow's message are in ours."""
    words = {word for word in re.findall(r"[a-z_]{3,}", theirs.lower())}
    mine = set(re.findall(r"[a-z_]{3,}", ours.lower()))
    return len(words & mine) >= 0.6 * len(words)
