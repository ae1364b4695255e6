"""Putting strings together."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def string_join(inputs: Any, separator: str = "", name: str | None = None) -> Tensor:
    """Strings put one behind the other, element by element.

    Args:
        inputs: a list of tensors of strings, of one shape or scalars, which go with every element.
        separator: what is put between them.
        name: the name of the node.
    """
    return g.string_join(inputs, separator=separator, name=name)
