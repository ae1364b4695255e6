"""Nested structures of tensors as branches and loop bodies take and return them (see `graph.nest`).

IndexedSlices and SparseTensor count as the tensors they are made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perdure.graph import nest


def has_parts(value: Any) -> bool:
    """Whether `value` has parts."""
    return nest.is_sequence_or_composite(value)


def leaves_of(structure: Any) -> list[Any]:
    """The leaves, in order."""
    return nest.flatten(structure, expand_composites=True)


def pack(structure: Any, leaves: Iterable[Any]) -> Any:
    """`structure` with other leaves."""
    return nest.pack_sequence_as(structure, list(leaves), expand_composites=True)


def check_same(first: Any, second: Any) -> None:
    """Check that two structures differ in their leaves only.

    Raises:
        ValueError: they have parts in different places.
        TypeError: parts are of different kinds.
    """
    nest.assert_same_structure(first, second, expand_composites=True)
