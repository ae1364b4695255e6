"""Names of nodes and of their outputs, as they stand in a GraphDef: `add`, `split:1`, `^init`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# With the names of ops that only TensorFlow itself may use (`_Arg`) left out.
_NODE_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>\-]*\Z")

CONTROL = -1  # the index of what a control edge comes from


def is_node_name(name: str) -> bool:
    """Whether a node can be called so."""
    return _NODE_NAME.match(name) is not None


def split_input(text: str) -> tuple[str, int]:
    """The node and the output that an input names; the output is `CONTROL` for a control edge."""
    if text[:1] == "^":
        return text[1:], CONTROL
    name, colon, index = text.rpartition(":")
    if colon and index.isascii() and index.isdigit() and len(index) < 10:
        return name, int(index)
    return text, 0


def split_tensor_name(name: str) -> tuple[str, int]:
    """The node and the output that a user names.

    Raises:
        ValueError: it is no name of a tensor.
    """
    parts = name.split(":")
    if len(parts) == 1:
        return name, 0
    try:
        if len(parts) == 2:
            return parts[0], int(parts[1])
    except ValueError:
        pass
    raise ValueError(f"Cannot convert {name!r} to a tensor name.")


def written(name: str, index: int) -> str:
    """An output as TensorFlow's messages write it."""
    return f"^{name}" if index == CONTROL else f"{name}:{index}"


class TakenNames:
    """The names of a graph, and a new one beside them for each node that comes with one of them.

    Args:
        existing: the names of the graph's nodes.
        coming: the names of the nodes that come.
    """

    def __init__(self, existing: Mapping[str, Any], coming: Mapping[str, int]) -> None:
        self._existing = existing
        self._coming = coming
        self._scopes = _scopes_of(existing)
        self._coming_scopes: set[str] | None = None

    def free(self, name: str) -> str:
        """`name`, or `name_1`, `name_2`, ... if it is that of a node or scope of the graph."""
        if not self._exists(name):
            return name
        count = 1
        while self._exists(tried := f"{name}_{count}") or self._comes(tried):
            count += 1
        return tried

    def _exists(self, name: str) -> bool:
        return name in self._existing or name in self._scopes

    def _comes(self, name: str) -> bool:
        if self._coming_scopes is None:
            self._coming_scopes = _scopes_of(self._coming)
        return name in self._coming or name in self._coming_scopes


def _scopes_of(names: Iterable[str]) -> set[str]:
    scopes: set[str] = set()
    for name in names:
        scope = name.rpartition("/")[0]
        while scope and scope not in scopes:
            scopes.add(scope)
            scope = scope.rpartition("/")[0]
    return scopes
