"""For all tests: processes that a test starts find perdure without an installation.

`pytest --tier compile` runs them with every cluster compiled that can be, `--tier interpret` with none; tests
that choose a tier themselves keep it.
"""

import os
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).parent.parent / "src")


def pytest_addoption(parser):
    parser.addoption(
        "--tier", choices=("auto", "compile", "interpret"), default="auto", help="the tier of every cluster"
    )


def pytest_configure(config):
    if config.getoption("--tier") != "auto":
        from perdure.runtime.options import set_process_options

        set_process_options(tier=config.getoption("--tier"))
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
