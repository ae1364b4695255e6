"""The passes know no op by its name: what they ask is a trait on the op's line (`ops/traits.py`)."""

import ast
from pathlib import Path

import pytest

import perdure
from perdure.graph import signatures

HOUSE = Path(perdure.__file__).parent
ROOMS = ("runtime", "inference", "session")
# The op types that are written out there, by module, and why a trait would say less.
STRUCTURAL = {
    "inference/values": ({"Const"}, "its value is an attribute"),
    "runtime/execution/function": ({"Const"}, "constants of a body go into the template of its frame"),
    "runtime/execution/waiting": ({"Const"}, "constants hand on what they wait for"),
    "runtime/plan": ({"Const"}, "constants go into the template of the frame"),
    "runtime/execution/frame": ({"Const"}, "its value is put into the template"),
    "runtime/planning/cut": ({"Const"}, "constants are in no unit"),
    "runtime/planning/legality": ({"Const"}, "constants of a body are known when it is compiled"),
    "runtime/planning/simplify": ({"Const"}, "its value is compared and folded"),
    "runtime/xla/program_cache": ({"Const"}, "its value is part of the key"),
    "runtime/xla/trace": ({"Const"}, "its value is part of the program"),
    "session/handles": ({"GetSessionHandle", "GetSessionHandleV2"}, "nodes that this module makes"),
    "session/metadata": ({"Const"}, "its value is reported though no step computes it"),
}


def literals(path: Path) -> set[str]:
    """The op types among the strings of a module."""
    types = frozenset(signatures.all_types())
    nodes = ast.walk(ast.parse(path.read_text()))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)} & types


def modules() -> dict[str, Path]:
    """Those of the rooms, by name."""
    paths = [path for room in ROOMS for path in (HOUSE / room).rglob("*.py")]
    return {path.relative_to(HOUSE).with_suffix("").as_posix(): path for path in paths}


@pytest.mark.parametrize("name", sorted(modules()))
def test_op_types_that_are_written_out_have_a_reason(name):
    """Node kinds that planning makes or treats by their structure; what is listed is there."""
    expected, _ = STRUCTURAL.get(name, (set(), ""))
    assert literals(modules()[name]) == expected


def test_every_reason_is_for_a_module():
    """None is left of a module that went."""
    assert set(STRUCTURAL) <= set(modules())
