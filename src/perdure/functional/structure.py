"""Nested structures of tensors: what branches and loop bodies take and return.

Lists, tuples, named tuples and dictionaries (by sorted keys) are structure; IndexedSlices and SparseTensor
count as the tensors they are made of.  Everything else is a leaf.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from perdure.graph.composite import IndexedSlices, SparseTensor


def has_parts(value: Any) -> bool:
    """Whether `value` has parts."""
    return isinstance(value, (list, tuple, Mapping, IndexedSlices, SparseTensor))


def leaves_of(structure: Any) -> list[Any]:
    """The leaves, in order."""
    if not has_parts(structure):
        return [structure]
    return [leaf for part in _parts(structure) for leaf in leaves_of(part)]


def pack(structure: Any, leaves: Iterable[Any]) -> Any:
    """`structure` with other leaves."""
    return _packed(structure, iter(leaves))


def _packed(structure: Any, leaves: Iterator[Any]) -> Any:
    if not has_parts(structure):
        return next(leaves)
    parts = [_packed(part, leaves) for part in _parts(structure)]
    if isinstance(structure, IndexedSlices):
        return IndexedSlices(*parts)
    if isinstance(structure, SparseTensor):
        return SparseTensor(*parts)
    if isinstance(structure, Mapping):
        values = dict(zip(sorted(structure), parts, strict=True))
        items = [(key, values[key]) for key in structure]
        return dict(items) if type(structure) is dict else type(structure)(items)
    if hasattr(structure, "_fields"):
        return type(structure)(*parts)
    return type(structure)(parts)


def _parts(structure: Any) -> list[Any]:
    if isinstance(structure, IndexedSlices):
        parts = [structure.values, structure.indices]
        return parts if structure.dense_shape is None else [*parts, structure.dense_shape]
    if isinstance(structure, SparseTensor):
        return [structure.indices, structure.values, structure.dense_shape]
    if isinstance(structure, Mapping):
        return [structure[key] for key in sorted(structure)]
    return list(structure)


def check_same(first: Any, second: Any) -> None:
    """Check that two structures differ in their leaves only.

    Raises:
        ValueError: they have parts in different places.
        TypeError: parts are of different kinds.
    """
    try:
        _check_same(first, second)
    except (TypeError, ValueError) as error:
        raise type(error)(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_shown(first)}\n\nSecond structure: {_shown(second)}\n\n"
            f"More specifically: {error}"
        ) from None


def _check_same(first: Any, second: Any) -> None:
    if has_parts(first) != has_parts(second):
        one, other = (first, second) if has_parts(first) else (second, first)
        raise ValueError(
            f'Substructure "{_shown(one)}" is a sequence, while substructure "{_shown(other)}" is not'
        )
    if not has_parts(first):
        return
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        if set(first) != set(second):
            raise ValueError(
                "The two dictionaries don't have the same set of keys. First structure has keys "
                f"{list(first)}, while second structure has keys {list(second)}"
            )
    elif type(first) is not type(second):
        raise TypeError(
            "The two structures don't have the same sequence type. First structure has type "
            f"{type(first)}, while second structure has type {type(second)}"
        )
    parts = _parts(first), _parts(second)
    if len(parts[0]) != len(parts[1]):
        raise ValueError(
            "The two structures don't have the same number of elements. First structure: "
            f"{_shown(first)}. Second structure: {_shown(second)}"
        )
    for one, other in zip(*parts, strict=True):
        _check_same(one, other)


def _shown(structure: Any) -> str:
    return f"type={type(structure).__name__} str={structure}"
