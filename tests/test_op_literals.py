"""The passes know no op by its name: what they ask is a trait on the op's line (`ops/traits.py`)."""

import ast
from pathlib import Path

import pytest

import perdure
from perdure.graph import signatures

HOUSE = Path(perdure.__file__).parent
ROOMS = ("runtime", "inference", "session")
# The op types that are written out there, where, and why a trait would say less.
STRUCTURAL = {
    "Add": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "AddV2": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "Identity": (
        "runtime/planning/lifting runtime/xla/trip_counts",
        "lifting makes the node; how loops count is a matter of which ops do it",
    ),
    "Greater": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "GreaterEqual": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "Less": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "LessEqual": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "LogicalAnd": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "Sub": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "Minimum": ("runtime/xla/trip_counts", "how loops count is a matter of which ops do it"),
    "Const": (
        "runtime inference session/metadata",
        "nothing is run for it: its value is an attribute, which goes into frames, keys and programs",
    ),
    "Equal": (
        "runtime/planning/lifting/liveness",
        "with the second output of a Merge it asks which input was alive",
    ),
    "FakeParam": ("runtime/planning/lifting", "lifting makes the node"),
    "If": ("runtime/planning/lifting", "lifting makes the node"),
    "LogicalNot": ("runtime/planning/lifting/liveness", "a predicate knows what the opposite is"),
    "Placeholder": ("runtime/planning/lifting", "lifting makes the node"),
    "While": ("runtime/planning/lifting", "lifting makes the node"),
    "GetSessionHandle": ("session/handles", "that module makes the node"),
    "GetSessionHandleV2": ("session/handles", "that module makes the node"),
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
    """They are node kinds that a room makes, or treats by their structure."""
    allowed = {
        op_type
        for op_type, (places, _) in STRUCTURAL.items()
        if any(name == place or name.startswith(f"{place}/") for place in places.split())
    }
    assert literals(modules()[name]) - allowed == set()


def test_every_reason_is_for_something():
    """What is listed is written out in each of its places."""
    found = {name: literals(path) for name, path in modules().items()}
    for op_type, (places, _) in STRUCTURAL.items():
        for place in places.split():
            inside = [types for name, types in found.items() if f"{name}/".startswith(f"{place}/")]
            assert any(op_type in types for types in inside), (op_type, place)
