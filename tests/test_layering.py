"""Imports point downwards: the layers of the house, enforced by walking every module's imports."""

import ast
from pathlib import Path

import pytest

import perdure

HOUSE = Path(perdure.__file__).parent
# Each room with those it may import from; a room may always import from itself.
ALLOWED = {
    "graph": set(),
    "formats": {"graph"},
    "platform": {"graph"},
    "drawing": {"graph"},
    "arrays": {"graph"},
    "functional": {"graph", "formats", "platform"},
    "ops": {"graph", "arrays"},
    "inference": {"graph", "arrays", "ops"},
    "resources": {"graph", "arrays"},
    "runtime": {"graph", "arrays", "ops", "inference", "resources"},
    "gradients": {"graph", "ops", "functional"},
    "session": {"graph", "ops", "resources", "runtime", "formats", "drawing"},
    "variables": {"graph", "functional", "gradients", "session", "platform"},
}
# What is written on the above as a user could write it, lowest first: a library may import from all rooms
# above and from the libraries on the floors below its own.
LIBRARIES = [
    {"layers", "losses", "metrics"},
    {"optimizers", "queues", "rnn"},
    {"training"},
    {"distributed"},
    {"testing"},
]
_below = {*ALLOWED}
for floor in LIBRARIES:
    for library in floor:
        ALLOWED[library] = {*_below}
    _below |= floor
ALLOWED["metrics"].add("losses")  # weights broadcast alike
ALLOWED["tf"] = {*ALLOWED}
ALLOWED["compat"] = {*ALLOWED}
ALLOWED["cli"] = {*ALLOWED}
# The rooms of the runtime, lowest first; modules beside them see all.
RUNTIME = ["planning", "execution", "xla"]
# What only a part of the house may import: heavy packages must not slow down a small program's start.
RESERVED = {
    "jax": {"arrays", "runtime", "cli"},
    "google": {"formats", "testing"},
    "scipy": {"arrays", "runtime"},
}


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
