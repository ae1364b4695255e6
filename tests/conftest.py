"""For all tests: processes that a test starts find perdure without an installation."""

import os
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).parent.parent / "src")


def pytest_configure():
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
