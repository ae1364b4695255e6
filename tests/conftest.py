"""For all tests: processes that a test starts find perdure without an installation.

`pytest --tier compile` runs them with every cluster compiled that can be, `--tier interpret` with none; tests
that choose a tier themselves keep it.  `pytest --shuffle 3` runs them in an order that the number chooses: no
test may need another before it.
"""

import os
import random
from pathlib import Path

import pytest

# About traces, which name what is interpreted and what is waited for, and about the choice of tiers itself.
AUTOMATIC = (
    "test_docs.py::test_code_blocks_run[docs/session.md]",
    "test_docs.py::test_code_blocks_run[docs/session.zh.md]",
    "test_client_programs.py::test_program[sessions-metadata_of_a_trace]",
    "test_watching.py::test_a_trace_file_has_all_steps",
    "test_watching.py::test_what_a_step_spent_its_time_on",
    "test_trace_control.py::test_a_long_loop_gets_hot",
)
SOURCE = str(Path(__file__).parent.parent / "src")


def pytest_addoption(parser):
    parser.addoption(
        "--tier", choices=("auto", "compile", "interpret"), default="auto", help="the tier of every cluster"
    )
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in an order chosen by SEED")


def pytest_collection_modifyitems(config, items):
    seed = config.getoption("--shuffle")
    if seed is not None:
        # Modules in any order and the tests of each; a module's fixtures are made once all the same.
        chance = random.Random(seed)
        order = {module: chance.random() for module in sorted({item.path for item in items})}
        items.sort(key=lambda item: (order[item.path], chance.random()))


def pytest_configure(config):
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if SOURCE not in others:
        os.environ["PYTHONPATH"] = os.pathsep.join([SOURCE, *others])


@pytest.fixture(autouse=True, scope="session")
def no_programs_in_the_users_cache(tmp_path_factory):
    """Compiled programs of the tests stay out of the user's cache folder."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def tier(request):
    """The tier of the command line, for all threads."""
    from perdure.runtime import options

    # A test that interrupts itself anywhere may have left those of a block that it was leaving.
    options._current.set(None)
    wanted = request.config.getoption("--tier")
    if wanted == "auto" or request.node.nodeid.endswith(AUTOMATIC):
        yield
        return
    options.set_process_options(tier=wanted)
    yield
    options.set_process_options(tier="auto")
