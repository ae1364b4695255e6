"""Names of files."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def matching_files(pattern: Any, name: str | None = None) -> Tensor:
    """The files that match one of several shell patterns, sorted; computed anew in each step.

    Running it raises NotFoundError if the folder before the first `*`, `?` or `[` is not there.

    Args:
        pattern: a string or a vector of strings, such as "data/*.txt".
        name: the name of the node.
    """
    return g.matching_files(pattern, name=name)
