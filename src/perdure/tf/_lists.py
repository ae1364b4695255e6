"""Files of names that lie in packages of perdure."""

from __future__ import annotations

import os
from importlib import import_module


def read_lists(package: str, file: str) -> dict[str, str]:
    """A file of lines `key: names`, each list by its key.

    Args:
        package: the package that the file lies in.
        file: its name.
    """
    lines = read_text(package, file).splitlines()
    return {key: names for key, _, names in (line.partition(":") for line in lines)}


def read_text(package: str, file: str) -> str:
    """A file that lies in a package; `importlib.resources` would take longer to import than to read it."""
    module = import_module(package)
    path = os.path.join(os.path.dirname(str(module.__file__)), file)
    return module.__loader__.get_data(path).decode("utf-8")  # type: ignore[union-attr]
