"""Structures of elements: tuples, named tuples, dictionaries (by sorted keys) and classes made with `attrs`.

Unlike in `tf.nest`, lists are leaves, which become tensors, and so are SparseTensorValues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from perdure.graph.composite import SparseTensorValue


def is_sequence(value: Any) -> bool:
    """Whether a value has parts."""
    if isinstance(value, SparseTensorValue):
        return False
    return isinstance(value, (tuple, Mapping)) or _is_attrs(value)


def _is_attrs(value: Any) -> bool:
    return hasattr(type(value), "__attrs_attrs__")


def _is_named(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _sorted(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.") from None


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [value[key] for key in _sorted(value)]
    if _is_attrs(value):
        return [getattr(value, field.name) for field in type(value).__attrs_attrs__]
    return list(value)


def _like(structure: Any, parts: list[Any]) -> Any:
    if isinstance(structure, Mapping):
        found = dict(zip(_sorted(structure), parts, strict=True))
        made: Any = type(structure)
        return made((key, found[key]) for key in structure)
    if _is_named(structure) or _is_attrs(structure):
        return type(structure)(*parts)
    return type(structure)(parts)


def flatten(structure: Any) -> list[Any]:
    """The leaves of a structure, in order; a leaf gives a list of itself."""
    if not is_sequence(structure):
        return [structure]
    return [leaf for part in _parts(structure) for leaf in flatten(part)]


def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """`structure` with other leaves.

    Raises:
        TypeError: `flat_sequence` is no sequence.
        ValueError: it has not as many elements as `structure` has leaves.
    """
    if not (is_sequence(flat_sequence) or isinstance(flat_sequence, list)):
        raise TypeError("flat_sequence must be a sequence")
    if not is_sequence(structure):
        if len(flat_sequence) != 1:
            raise ValueError(f"Structure is a scalar but len(flat_sequence) == {len(flat_sequence)} > 1")
        return flat_sequence[0]
    count = len(flatten(structure))
    if count != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {count} elements, but flat_sequence had "
            f"{len(flat_sequence)} elements.  Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    return _packed(structure, iter(flat_sequence))


def _packed(structure: Any, leaves: Iterator[Any]) -> Any:
    if not is_sequence(structure):
        return next(leaves)
    return _like(structure, [_packed(part, leaves) for part in _parts(structure)])


def map_structure(func: Callable[..., Any], *structure: Any, check_types: bool = True) -> Any:
    """The structure of what `func` makes of the leaves of one or several structures.

    Raises:
        TypeError: `func` cannot be called, or the structures are of different kinds.
        ValueError: there is no structure, or they have different parts.
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=check_types)
    leaves = zip(*map(flatten, structure), strict=True)
    return pack_sequence_as(structure[0], [func(*each) for each in leaves])


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True) -> None:
    """Refuse structures that differ in more than their leaves.

    Raises:
        TypeError: parts are of different kinds.
        ValueError: they have different parts.
    """
    try:
        _check_same(nest1, nest2, check_types)
    except (TypeError, ValueError) as error:
        kind = type(error)
        raise kind(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_shown(nest1)}\n\nSecond structure: {_shown(nest2)}\n\n"
            f"More specifically: {error}"
        ) from None


def _shown(value: Any) -> str:
    return f"type={type(value).__name__} str={value}"


def _check_same(one: Any, other: Any, check_types: bool) -> None:
    if is_sequence(one) != is_sequence(other):
        sequence, leaf = (one, other) if is_sequence(one) else (other, one)
        raise ValueError(
            f'Substructure "{_shown(sequence)}" is a sequence, while substructure "{_shown(leaf)}" is not'
        )
    if not is_sequence(one):
        return
    both_named = _is_named(one) and _is_named(other) and type(one).__name__ == type(other).__name__
    both_mappings = isinstance(one, Mapping) and isinstance(other, Mapping)
    if check_types and type(one) is not type(other) and not both_named and not both_mappings:
        raise TypeError(
            f"The two structures don't have the same sequence type. First structure has type "
            f"{type(one).__name__}, while second structure has type {type(other).__name__}."
        )
    if isinstance(one, Mapping) and isinstance(other, Mapping) and set(one) != set(other):
        raise ValueError(
            f"The two dictionaries don't have the same set of keys. First structure has keys {sorted(one)}, "
            f"while second structure has keys {sorted(other)}."
        )
    parts, others = _parts(one), _parts(other)
    if len(parts) != len(others):
        raise ValueError(
            f"The two structures don't have the same number of elements. First structure: {one}. "
            f"Second structure: {other}."
        )
    for part, another in zip(parts, others, strict=True):
        _check_same(part, another, check_types)


def assert_shallow_structure(shallow_tree: Any, input_tree: Any, check_types: bool = True) -> None:
    """Refuse a structure that does not begin as `shallow_tree` does.

    Raises:
        TypeError: parts are of different kinds.
        ValueError: they have different parts.
    """
    if not is_sequence(shallow_tree):
        return
    if not is_sequence(input_tree):
        raise TypeError(
            "If shallow structure is a sequence, input must also be a sequence. Input has type: "
            f"{type(input_tree)}."
        )
    if check_types and not isinstance(input_tree, type(shallow_tree)):
        raise TypeError(
            "The two structures don't have the same sequence type. Input structure has type "
            f"{type(input_tree)}, while shallow structure has type {type(shallow_tree)}."
        )
    if len(input_tree) != len(shallow_tree):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length "
            f"{len(input_tree)}, while shallow structure has length {len(shallow_tree)}."
        )
    if isinstance(shallow_tree, Mapping) and set(input_tree) != set(shallow_tree):
        raise ValueError(
            f"The two structures don't have the same keys. Input structure has keys {list(input_tree)}, "
            f"while shallow structure has keys {list(shallow_tree)}."
        )
    for branch, part in zip(_parts(shallow_tree), _parts(input_tree), strict=True):
        assert_shallow_structure(branch, part, check_types=check_types)


def flatten_up_to(shallow_tree: Any, input_tree: Any) -> list[Any]:
    """What stands in a structure where `shallow_tree` has its leaves.

    Raises:
        TypeError, ValueError: see `assert_shallow_structure`.
    """
    assert_shallow_structure(shallow_tree, input_tree)
    return _up_to(shallow_tree, input_tree)


def _up_to(shallow_tree: Any, input_tree: Any) -> list[Any]:
    if not is_sequence(shallow_tree):
        return [input_tree]
    pairs = zip(_parts(shallow_tree), _parts(input_tree), strict=True)
    return [found for branch, part in pairs for found in _up_to(branch, part)]


def map_structure_up_to(shallow_tree: Any, func: Callable[..., Any], *inputs: Any) -> Any:
    """The structure `shallow_tree` of what `func` makes of what stands there in other structures.

    Raises:
        TypeError, ValueError: see `assert_shallow_structure`.
    """
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    leaves = zip(*(flatten_up_to(shallow_tree, each) for each in inputs), strict=True)
    return pack_sequence_as(shallow_tree, [func(*each) for each in leaves])
