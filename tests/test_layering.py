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
    "filesystem": {"graph", "platform", "formats"},
    "functional": {"graph", "formats", "platform"},
    "tracking": {"graph"},
    "ops": {"graph", "formats", "arrays", "resources", "pipelines"},
    "inference": {"graph", "formats", "arrays", "ops"},
    "resources": {"graph", "arrays", "formats", "filesystem"},
    "pipelines": {"graph", "formats", "arrays", "filesystem", "resources"},
    "runtime": {"graph", "arrays", "ops", "inference", "resources"},
    "gradients": {"graph", "ops", "functional", "platform"},
    "session": {"graph", "ops", "resources", "runtime", "formats", "drawing"},
    "variables": {"graph", "functional", "gradients", "session", "platform", "formats", "tracking"},
}
# What is written on the above as a user could write it, lowest first: a library may import from all rooms
# above and from the libraries on the floors below its own.
LIBRARIES = [
    {"functions"},
    {"layers", "losses", "mapping", "metrics"},
    {"distributions", "optimizers", "queues", "rnn"},
    {"interchange"},
    {"summaries"},
    {"training"},
    {"data", "lookup"},
    {"saved_model"},
    {"keras"},
    {"feature_column"},
    {"distributed"},
    {"testing"},
    {"contrib"},
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
    "jax": {"arrays", "runtime/xla", "cli"},
    "google": {"formats", "testing"},
    "google_crc32c": {"formats"},
    "scipy": {"arrays", "cli", "contrib/opt"},
}
# A room that has grown over this wants rooms of its own.
MOST_LINES = 12_000
MOST_FILES = 40


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
            allowed = RESERVED[names[0]]
            assert room in allowed or "/".join(parts[:2]) in allowed, f"{where}, reserved for {allowed}"
        if names[0] == "perdure" and room is not None and len(names) > 1 and names[1] != room:
            assert room in ALLOWED, f"{room} is a room that this test does not know"
            assert names[1] in ALLOWED[room], where


@pytest.mark.parametrize("room", RUNTIME)
def test_the_rooms_of_the_runtime_have_an_order(room):
    """A pass runs nothing, what runs knows no compiler, and none of them knows the way in."""
    known = RUNTIME[: RUNTIME.index(room) + 1]
    for path in (HOUSE / "runtime" / room).glob("*.py"):
        for module, line in imports_of(path):
            names = module.split(".")
            if names[:2] == ["perdure", "runtime"]:
                assert names[2:3] in [[below] for below in (*known, "options")], (
                    f"{path.name}:{line} imports {module}"
                )


def test_primitives_of_the_interpreted_tier_know_no_jax():
    """In `arrays/` the modules for jax alone import it."""
    for path in (HOUSE / "arrays").glob("*.py"):
        if not path.stem.endswith("_jax") and path.stem != "__init__":
            assert "jax" not in {module.split(".")[0] for module, _ in imports_of(path)}, path.name


def test_no_room_is_full():
    """A room says its purpose in a sentence; one that has grown too large is split."""
    for folder in {path.parent for path in modules()}:
        files = [path for path in modules() if path.parent == folder]
        assert len(files) <= MOST_FILES, f"{folder.relative_to(HOUSE)} has {len(files)} modules on one floor"
    for room in ALLOWED:
        lines = sum(len(p.read_text().splitlines()) for p in modules() if p.is_relative_to(HOUSE / room))
        has_rooms = any(path.is_dir() and path.name != "__pycache__" for path in (HOUSE / room).iterdir())
        assert lines <= MOST_LINES or has_rooms, f"{room} has {lines} lines and no rooms of its own"


def test_every_room_is_known():
    """A new folder has to say here what it may import."""
    rooms = {path.parent.relative_to(HOUSE).parts[0] for path in modules() if path.parent != HOUSE}
    assert rooms - {"__pycache__"} <= set(ALLOWED)
