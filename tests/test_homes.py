"""The folders of the tests mirror src/perdure: for each module one knows where its tests are."""

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

import perdure

TESTS = Path(__file__).parent
HOUSE = Path(perdure.__file__).parent
# Tests in a room that are about no module of it.
ABOUT_THE_ROOM = {
    "cli/test_running_page.py": "docs/running.md, the page about `perdure run`",
    "ops/test_comparisons.py": "which op is compared with TensorFlow",
    "ops/test_definitions.py": "how all ops are written down",
    "ops/test_result_types.py": "shapes and types of all ops' results",
    "runtime/test_determinism.py": "the same program gives the same bits",
    "runtime/test_lazy_jax.py": "what imports jax, and when",
    "runtime/test_random_graphs.py": "all tiers against one operation at a time",
    "runtime/test_snapshots.py": "reads of variables that are assigned in the same step",
    "session/test_client_programs.py": "small programs of tests/oracle/client",
    "session/test_faults.py": "sessions that are interrupted or fail anywhere",
    "session/test_leaks.py": "what is left when sessions are gone",
    "session/test_soak.py": "many steps",
    "tf/test_stubs.py": "what type checkers see",
}


@cache
def homes() -> list[tuple[str, list[str]]]:
    """The lines of tests/homes.txt: a module or pattern, and where it is tested."""
    lines = (TESTS / "homes.txt").read_text().splitlines()
    split = [line.partition(":") for line in lines if line and not line.startswith("#")]
    return [(pattern, places.split()) for pattern, _, places in split]


@cache
def modules() -> list[str]:
    """All modules with code of their own, as paths."""
    paths = (path.relative_to(HOUSE) for path in HOUSE.rglob("*.py") if not path.name.startswith("__"))
    return sorted(str(path) for path in paths if "protos" not in path.parts)


def own_tests(module: str) -> Path:
    """The file that has a module's name, there or not."""
    path = TESTS / module
    return path.with_name(f"test_{path.name}")


def matches(module: str, pattern: str) -> bool:
    """Whether a module is that of a line, or one of its folder's."""
    return module.count("/") == pattern.count("/") and fnmatchcase(module, pattern)


@pytest.mark.parametrize("module", modules())
def test_every_module_has_tests(module):
    """In the file of its name, or where tests/homes.txt says."""
    listed = any(matches(module, pattern) for pattern, _ in homes())
    assert own_tests(module).exists() or listed, f"write {own_tests(module)}, or a line in tests/homes.txt"


def test_every_line_is_needed():
    """It is about modules without a file of their own, and names tests that there are."""
    without = [module for module in modules() if not own_tests(module).exists()]
    unneeded = [line for line, _ in homes() if not any(matches(module, line) for module in without)]
    assert not unneeded, "remove these lines of tests/homes.txt"
    lost = [place for _, places in homes() for place in places if not (TESTS / place).exists()]
    assert not lost and all(places for _, places in homes())


def test_every_file_of_tests_has_a_subject():
    """The module of its name, those of tests/homes.txt, a folder's scenarios or a room as a whole."""
    named = {place for _, places in homes() for place in places} | set(ABOUT_THE_ROOM)
    lost = []
    for path in sorted(TESTS.glob("*/**/test_*.py")):
        name = str(path.relative_to(TESTS))
        subject = HOUSE / path.relative_to(TESTS).with_name(path.name.removeprefix("test_"))
        found = subject.exists() or subject.with_suffix("").is_dir() or name in named
        if not found and path.name != "test_scenarios.py":
            lost.append(name)
    assert not lost, "whose tests are these?"
    assert not [name for name in ABOUT_THE_ROOM if not (TESTS / name).exists()]
