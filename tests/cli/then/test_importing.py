"""Whose files are read as they were meant, and when modules get back what they have dropped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import perdure

SOURCE = str(Path(perdure.__file__).parents[1])
RAGGED = """\
import numpy as np
try:
    print(np.array([[1], [2, 3]]).dtype)
except ValueError:
    print('refused')
"""


@pytest.fixture
def run(tmp_path):
    """Write files and run a program under `perdure run`: what it printed, line by line."""

    def run(files, *arguments):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        done = subprocess.run(
            [sys.executable, "-m", "perdure", "run", *arguments],
            capture_output=True, text=True, cwd=tmp_path, timeout=120,
            env={"PYTHONPATH": f"{SOURCE}:{tmp_path}/lib/site-packages", "PATH": os.environ["PATH"]},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


INSTALLED = {"lib/site-packages/installed.py": RAGGED, "program.py": "import installed\n"}


def test_installed_packages_keep_todays_meaning(run):
    """They are written for the NumPy that is installed."""
    assert run(INSTALLED, "program.py") == ["refused"]


def test_an_installed_package_of_then(run):
    """The user says which one is to be read like the program."""
    assert run(INSTALLED, "--own", "installed", "program.py") == ["object"]


def test_modules_of_the_program(run):
    """In its folder, in packages, by other ways to import, as a module, from standard input."""
    files = {
        "one.py": RAGGED,
        "package/__init__.py": "",
        "package/two.py": RAGGED,
        "three.py": RAGGED,
        "program.py": "import one, runpy\nfrom package import two\nrunpy.run_path('three.py')\n" + RAGGED,
    }
    assert run(files, "program.py") == ["object"] * 4
    assert run(files, "-m", "package.two") == ["object"]
    assert not list(Path.cwd().glob("package/__pycache__/two*"))


def test_nothing_is_left_for_python(run, tmp_path):
    """Python itself finds no compiled file that means what it meant then."""
    run({"one.py": RAGGED, "program.py": "import one\n"}, "program.py")
    plain = subprocess.run([sys.executable, "-c", "import one"], cwd=tmp_path, capture_output=True, text=True)
    assert plain.stdout == "refused\n"


POOL = """\
import multiprocessing
import numpy as np
kind = np.array([[1], [2, 3]]).dtype
def work(x):
    return str(kind), float(np.array([x]))
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [3.0]))
"""


def test_processes_of_a_pool(run):
    """Which read the program again."""
    assert run({"program.py": POOL}, "program.py") == ["[('object', 3.0)]"]
    assert run({"program.py": POOL}, "-m", "program") == ["[('object', 3.0)]"]


def test_scripts_that_a_program_starts(run):
    """Python would compile them itself; their modules are the program's, too."""
    start = "import subprocess, sys\nsubprocess.run([sys.executable, *sys.argv[1:]])\n"
    files = {"program.py": start, "child.py": RAGGED, "other.py": "import child\n"}
    assert run(files, "program.py", "child.py") == ["object"]
    assert run(files, "program.py", "other.py") == ["object"]
    assert run(files, "program.py", "-m", "child") == ["object"]


def test_a_module_imported_later(run):
    """It gets its names when it comes, and looks as it always does."""
    source = (
        "import sys\nassert 'fractions' not in sys.modules\nimport fractions\n"
        "print(fractions.gcd(12, -18), type(fractions.__spec__.loader).__name__)\n"
        "print(type(fractions.__loader__).__name__)\n"
    )
    assert run({"program.py": source}, "program.py") == ["-6 SourceFileLoader", "SourceFileLoader"]


def test_a_changed_module_can_be_run(run):
    """By its loader, as `python -m` does."""
    source = "import runpy, sys\nsys.argv = ['x', '-e']\nprint('gcd' in runpy.run_module('fractions'))\n"
    assert run({"program.py": source}, "program.py") == ["False"]


def test_dropped_modules(run):
    """An ImportError, as a program expects it that is prepared for one."""
    source = (
        "try:\n    import distutils.core\nexcept ImportError as error:\n    print(error)\n"
        "try:\n    import nothing_of_the_kind\nexcept ImportError as error:\n    print(error)\n"
    )
    assert run({"program.py": source}, "program.py") == [
        "No module named 'distutils.core'; it is gone since Python 3.12: install setuptools, which brings "
        "them",
        "No module named 'nothing_of_the_kind'",
    ]
