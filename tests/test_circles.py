"""Modules of a room import each other in one direction, but for circles listed with a reason."""

import ast
from pathlib import Path

import pytest

import perdure

HOUSE = Path(perdure.__file__).parent
# An import, in a module or in a function of it, that closes a circle, and why it stays.
KNOWN = {
    (
        "cli.children.perdure_child",
        "cli",
    ): "the child of a process that `perdure run` runs becomes a program itself, once it needs perdure",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_of(room: str) -> dict[str, Path]:
    """The modules of a room, without those that a generator wrote."""
    paths = sorted((HOUSE / room).rglob("*.py"))
    return {module_name(path): path for path in paths if not path.name.endswith("_pb2.py")}


def imports_of(path: Path) -> list[str]:
    """The modules of the house that a file imports when it runs, also in functions; as `room.module`."""
    found: list[str] = []
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            waiting += node.orelse  # what only a type checker reads is no import
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            # A name may be a module of a package; where it is not, nothing of that name is found below.
            found += [node.module, *[f"{node.module}.{alias.name}" for alias in node.names]]
        waiting += ast.iter_child_nodes(node)
    return [name.removeprefix("perdure.") for name in found if name.startswith("perdure.")]


def arrows_of(room: str) -> dict[str, set[str]]:
    """For each module of a room those of the room that it imports."""
    modules = modules_of(room)
    arrows: dict[str, set[str]] = {}
    for module, path in modules.items():
        named = {name for name in imports_of(path) if name in modules and name != module}
        # `from room import module` names the package, too, of which it takes nothing else.
        packages = {name for name in named if any(other.startswith(f"{name}.") for other in named)}
        arrows[module] = named - packages
    return arrows


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The groups of modules that all reach each other (Tarjan's algorithm)."""
    found: list[list[str]] = []
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for other in sorted(arrows[module]):
            if other not in order:
                visit(other)
            if other in stack:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == order[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in arrows:
        if module not in order:
            visit(module)
    return found


def rooms() -> list[str]:
    return sorted({path.parent.name for path in HOUSE.glob("*/__init__.py")})


def without_known(arrows: dict[str, set[str]]) -> dict[str, set[str]]:
    return {
        module: {other for other in others if (module, other) not in KNOWN}
        for module, others in arrows.items()
    }


@pytest.mark.parametrize("room", rooms())
def test_a_room_has_no_circles(room):
    """Whoever reads a module has read what it stands on before."""
    arrows = without_known(arrows_of(room))
    found = [
        f"{module} -> {', '.join(sorted(arrows[module] & set(circle)))}"
        for circle in circles(arrows)
        for module in circle
    ]
    assert not found, "\n".join(found)


def test_known_circles_are_there():
    """Each import in the list exists, closes a circle, and says why."""
    for (module, other), reason in KNOWN.items():
        arrows = arrows_of(module.split(".")[0])
        assert other in arrows[module] and reason
        assert any({module, other} <= set(circle) for circle in circles(arrows))


def test_circles_are_found():
    """Of two, of three and beside each other; what only leads into one is not part of it."""
    arrows = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"f", "a"}, "f": {"e"}, "g": {"a"}}
    assert circles(arrows) == [["a", "b", "c"], ["e", "f"]]


def test_imports_in_functions_count(tmp_path):
    """Also under conditions, and of modules by name; what only a type checker reads does not."""
    path = tmp_path / "module.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "import numpy, perdure.a.b\n"
        "if TYPE_CHECKING:\n    from perdure.a import only_types\nelse:\n    from perdure.a import other\n"
        "def function():\n    if numpy:\n        from perdure.a.c import name\n"
    )
    assert sorted(imports_of(path)) == ["a", "a.b", "a.c", "a.c.name", "a.other"]
