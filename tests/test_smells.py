"""The tests themselves: none that cannot fail, none that nobody runs."""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MODULES = sorted(str(path.relative_to(TESTS)) for path in TESTS.rglob("test_*.py"))
# A call of these checks something, wherever they come from.
CHECKS = ("raises", "warns", "fail", "deprecated_call")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module of the tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def functions_of(path: Path) -> dict[str, list]:
    """The functions and methods that a module defines or takes from other modules of the tests, by name."""
    found: dict[str, list] = {}
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            found.setdefault(node.name, []).append((path, node))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests":
            for alias in node.names:
                for name, definitions in imported(node.module, alias.name).items():
                    found.setdefault(name, []).extend(definitions)
    return found


def imported(module: str, name: str) -> dict[str, list]:
    """The functions that `from module import name` gives: one, those of a module, or a class's methods."""
    source = TESTS.parent.joinpath(*module.split("."))
    if source.joinpath(f"{name}.py").exists():
        return functions_of(source.joinpath(f"{name}.py"))
    everything = functions_of(source / "__init__.py" if source.is_dir() else source.with_suffix(".py"))
    return everything if name[0].isupper() else {name: everything.get(name, [])}


def can_fail(path: Path, function: Function, seen: set) -> bool:
    """Whether a function checks anything, itself or by a function of the tests that it calls or is given."""
    if function in seen:
        return False
    seen.add(function)
    for node in ast.walk(function):
        if isinstance(node, ast.Assert | ast.Raise):
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CHECKS or name.lstrip("_").startswith("assert"):
                return True
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if any(can_fail(where, definition, seen) for where, definition in functions_of(path).get(name, ())):
            return True
    return False


def each_test(path: Path):
    """The test functions of a module, and the test methods of its classes, with their names."""
    for node in parsed(path).body:
        if isinstance(node, Function) and node.name.startswith("test"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, Function) and inner.name.startswith("test"):
                    yield f"{node.name}.{inner.name}", inner


@pytest.mark.parametrize("module", MODULES)
def test_every_test_can_fail(module):
    """Each test asserts something, expects an error, or calls a helper that does."""
    path = TESTS / module
    wrong = [name for name, function in each_test(path) if not can_fail(path, function, set())]
    assert not wrong, "nothing is checked"


@pytest.mark.parametrize("module", MODULES)
def test_no_assertion_is_always_true(module):
    """No assertion of a tuple, a constant or a function that is not called."""
    wrong = [
        node.lineno
        for node in ast.walk(parsed(TESTS / module))
        if isinstance(node, ast.Assert)
        and isinstance(node.test, ast.Tuple | ast.Constant | ast.Lambda | ast.JoinedStr)
    ]
    assert not wrong, "always true"


def is_raises(node: ast.AST) -> bool:
    """Whether a node is a block `with pytest.raises(...)`."""
    return isinstance(node, ast.With) and any(
        isinstance(item.context_expr, ast.Call)
        and getattr(item.context_expr.func, "attr", "") in ("raises", "assertRaises", "assertRaisesRegex")
        for item in node.items
    )


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_asserted_where_an_error_ends_the_block(module):
    """In a block that expects an error, an assertion that comes last is never reached."""
    wrong = [
        node.body[-1].lineno
        for node in ast.walk(parsed(TESTS / module))
        if is_raises(node) and len(node.body) > 1 and isinstance(node.body[-1], ast.Assert)
    ]
    assert not wrong, "never reached"


@pytest.mark.parametrize("module", MODULES)
def test_every_test_is_collected(module):
    """No test hides in a class that is not collected, or in another function; no name is given twice."""
    tree = parsed(TESTS / module)
    names = [name for name, _ in each_test(TESTS / module)]
    assert len(names) == len(set(names)), "two tests of one name"
    assert all(
        node.name.startswith("Test") or any("TestCase" in ast.dump(base) for base in node.bases)
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(inner, Function) and inner.name.startswith("test_") for inner in node.body)
    ), "a class that is not collected"
