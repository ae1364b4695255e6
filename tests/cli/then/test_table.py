"""The table of what NumPy and Python did then: an example of each entry prints what it printed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import perdure
from perdure.cli.then.importing import dropped_module
from perdure.cli.then.table import TABLE, How, changes
from tests.cli.then.examples import EXAMPLES, IMPORTS

SOURCE = str(Path(perdure.__file__).parents[1])
GOLDEN = json.loads((Path(__file__).parents[2] / "golden/then/examples.json").read_text())

# What Python 3.7 had dropped already, or has no use for here.
WITHOUT_EXAMPLE = {
    "os errno": "see test_names_of_earlier_releases",
    "platform linux_distribution": "see test_names_of_earlier_releases",
    "scipy.misc bytescale": "see test_scipy_misc.py",
}

MODULES = [change for change in changes(How.TOLD) if not change.where and "syntax" not in change.was]

RUN_ALL = """\
import contextlib, importlib, io, json, sys, traceback, warnings
warnings.simplefilter("ignore")
printed = {}
for name in sys.argv[2:]:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        try:
            importlib.import_module(name)
        except Exception:
            traceback.print_exc(file=sys.stdout)
    printed[name] = output.getvalue().splitlines()
json.dump(printed, open(sys.argv[1], "w"))
"""


def perdure_run(script, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "perdure", "run", str(script), *map(str, arguments)],
        capture_output=True, text=True, timeout=120, cwd=script.parent,
        env={"PYTHONPATH": SOURCE, "PATH": os.environ["PATH"]},
    )  # fmt: skip


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What each example prints as a module of a program under `perdure run`."""
    folder = tmp_path_factory.mktemp("program")
    modules = {key: f"example_{i}" for i, key in enumerate(EXAMPLES)}
    for key, module in modules.items():
        (folder / f"{module}.py").write_text(IMPORTS + EXAMPLES[key])
    (folder / "program.py").write_text(RUN_ALL)
    done = perdure_run(folder / "program.py", "printed.json", *modules.values())
    assert done.returncode == 0, done.stderr
    found = json.loads((folder / "printed.json").read_text())
    return {key: found[module] for key, module in modules.items()}


@pytest.mark.parametrize("key", EXAMPLES)
def test_an_example_prints_what_it_printed(key, printed):
    """With NumPy 1.18 in Python 3.7, where TensorFlow 1.15.5 ran."""
    assert printed[key] == GOLDEN[key]


def key_of(change):
    return f"{change.where} {next(iter(change.pairs()))}"


def test_every_entry_has_an_example():
    """And every example belongs to an entry."""
    entries = {key_of(change) for change in TABLE if change.how is not How.TOLD}
    assert entries - {*WITHOUT_EXAMPLE} == {*EXAMPLES}
    assert {*GOLDEN} == {*EXAMPLES}


def test_every_entry_says_what_it_was():
    """Since when it is gone, and what there was; no name stands in it twice."""
    for change in TABLE:
        assert (
            change.since.split()[0] in ("NumPy", "Python", "SciPy", "h5py", "Pillow")
            and change.was
            and change.by
        )
    names = [(change.where, name, change.how) for change in TABLE for name in change.pairs()]
    assert len(names) == len({*names})


ALL_NAMES = """\
import importlib, sys
from perdure.cli.then.table import How, changes
missing = []
for change in changes(How.NAME):
    module, _, kind = change.where.rpartition(".")
    where = module if kind[0].isupper() and change.where != "PIL.Image" else change.where
    target = importlib.import_module(where)
    target = getattr(target, kind) if where == module else target
    missing += [f"{change.where}.{name}" for name in change.pairs() if not hasattr(target, name)]
print(missing)
"""


def test_every_name_is_there(tmp_path):
    """Under `perdure run`."""
    (tmp_path / "names.py").write_text(ALL_NAMES)
    assert perdure_run(tmp_path / "names.py").stdout == "[]\n"


def test_names_of_earlier_releases(tmp_path):
    """Those that Python 3.7 had no more or was about to drop."""
    (tmp_path / "names.py").write_text(
        "import os, platform\nprint(os.errno.EEXIST, len(platform.linux_distribution()))\n"
    )
    assert perdure_run(tmp_path / "names.py").stdout == "17 3\n"


@pytest.mark.parametrize("module", [name for c in MODULES for name in c.pairs()])
def test_modules_that_are_gone_say_what_to_do(module):
    """As ImportErrors, so that a program that is prepared for it goes on."""
    with pytest.raises(ModuleNotFoundError, match=f"No module named '{module}'; it is gone since Python 3"):
        dropped_module(module)
