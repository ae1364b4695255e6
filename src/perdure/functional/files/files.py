"""Files: their names, reading and writing them whole."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


def matching_files(pattern: Any, name: str | None = None) -> Tensor:
    """The files that match one of several shell patterns, sorted; computed anew in each step.

    Running it raises NotFoundError if the folder before the first `*`, `?` or `[` is not there.

    Args:
        pattern: a string or a vector of strings, such as "data/*.txt".
        name: the name of the node.
    """
    return g.matching_files(pattern, name=name)


def read_file(filename: Any, name: str | None = None) -> Tensor:
    """The contents of a file, a string; read anew in each step.

    Running it raises NotFoundError if the file is not there.

    Args:
        filename: its name, a string.
        name: the name of the node.
    """
    return g.read_file(filename, name=name)


def write_file(filename: Any, contents: Any, name: str | None = None) -> Operation:
    """An operation that writes a file anew, and makes the folder for it if that is not there.

    Args:
        filename: its name, a string.
        contents: what is written, a string.
        name: the name of the operation.
    """
    return g.write_file(filename, contents, name=name)
