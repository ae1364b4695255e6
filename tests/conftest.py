"""For all tests: processes that a test starts find perdure without an installation."""

import os
from pathlib import Path

SOURCE = str(Path(__file__).parent.parent / "src")


def pytest_configure():
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if SOURCE not in others:
        os.environ["PYTHONPATH"] = os.pathsep.join([SOURCE, *others])
