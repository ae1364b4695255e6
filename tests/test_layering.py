"""Imports point downwards: the layers of the house, enforced by walking every module's imports."""

import ast
from pathlib import Path

import pytest

import perdure

HOUSE = Path(perdure.__file__).parent
# Each room with those it may import from; a room may always import from itself.
ALLOWED = {
    "graph": set(),
    "ops": {"graph"},
    "formats": {"graph"},
    "platform": {"graph"},
    "runtime": {"graph", "ops"},
    "drawing": {"graph"},
    "session": {"graph", "ops", "runtime", "formats", "drawing"},
    "functional": {"graph", "formats", "platform"},
    "gradients": {"graph", "ops", "functional"},
    "variables": {"graph", "functional", "gradients", "session", "platform"},
}
_BELOW_LIBRARIES = {*ALLOWED}
LIBRARIES = {"layers", "losses", "metrics", "queues", "rnn", "testing", "training"}
for library in LIBRARIES:
    ALLOWED[library] = _BELOW_LIBRARIES | LIBRARIES
ALLOWED["tf"] = {*ALLOWED}
ALLOWED["compat"] = {*ALLOWED}
ALLOWED["cli"] = {*ALLOWED}
# What only a part of the house may import: heavy packages must not slow down a small program's start.
RESERVED = {"jax": {"runtime", "cli"}, "google": {"formats", "testing"}, "scipy": {"runtime", "cli"}}


def imports_of(path: Path) -> list[tuple[str, int]]:
    """The modules a file imports, anywhere in it, with the lines."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.append((node.module, node.lineno))
    return found


def modules() -> list[Path]:
    return [path for path in sorted(HOUSE.rglob("*.py")) if not path.name.endswith("_pb2.py")]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_point_downwards(path):
    """A module imports only from its own room and from rooms below."""
    parts = path.relative_to(HOUSE).parts
    room = parts[0] if len(parts) > 1 else None
    for module, line in imports_of(path):
        where = f"{path.relative_to(HOUSE)}:{line} imports {module}"
        names = module.split(".")
        if names[0] in RESERVED:
            assert room in RESERVED[names[0]], f"{where}, reserved for {RESERVED[names[0]]}"
        if names[0] == "perdure" and room is not None and len(names) > 1 and names[1] != room:
            assert room in ALLOWED, f"{room} is a room that this test does not know"
            assert names[1] in ALLOWED[room], where


def test_every_room_is_known():
    """A new folder has to say here what it may import."""
    rooms = {path.parent.relative_to(HOUSE).parts[0] for path in modules() if path.parent != HOUSE}
    assert rooms - {"__pycache__"} <= set(ALLOWED)
