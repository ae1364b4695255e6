"""Nested structures: `tf.nest`, and what TensorFlow's own modules use of `tensorflow.python.util.nest`.

Lists, tuples, named tuples, mappings (by sorted keys), views of mappings and classes made with `attrs` are
structure; with `expand_composites`, values made of tensors (SparseTensor, IndexedSlices ...) too.  Everything
else is a leaf.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, MappingView, Sequence
from typing import Any

from perdure.graph.composite import CompositeTensor, IndexedSlices, SparseTensor

# The usual kinds, which need no further question.
_PLAIN = (list, tuple, dict)


def is_nested(seq: Any) -> bool:
    """Whether `seq` has parts."""
    if isinstance(seq, _PLAIN):
        return True
    if isinstance(seq, (str, bytes)):
        return False
    return isinstance(seq, (Sequence, Mapping, MappingView)) or _is_attrs(seq)


is_sequence = is_nested


def is_sequence_or_composite(seq: Any) -> bool:
    """Whether `seq` has parts, or is a tensor made of tensors."""
    return isinstance(seq, CompositeTensor) or is_nested(seq)


def _question(expand_composites: bool) -> Callable[[Any], bool]:
    return is_sequence_or_composite if expand_composites else is_nested


def _is_attrs(value: Any) -> bool:
    return hasattr(type(value), "__attrs_attrs__")


def _is_named(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.") from None


def _items(structure: Any) -> list[tuple[Any, Any]]:
    """The parts with what they are called: keys, names of fields, or numbers."""
    if isinstance(structure, Mapping):
        return [(key, structure[key]) for key in _sorted_keys(structure)]
    if _is_named(structure):
        return list(zip(structure._fields, structure, strict=True))
    if _is_attrs(structure):
        return [(field.name, getattr(structure, field.name)) for field in type(structure).__attrs_attrs__]
    if isinstance(structure, IndexedSlices):
        names = ["values", "indices"] + ([] if structure.dense_shape is None else ["dense_shape"])
        return [(name, getattr(structure, name)) for name in names]
    if isinstance(structure, SparseTensor):
        return [(name, getattr(structure, name)) for name in ("indices", "values", "dense_shape")]
    if isinstance(structure, CompositeTensor):
        return [("", structure._type_spec._to_components(structure))]  # type: ignore[attr-defined]
    return list(enumerate(structure))


def _parts(structure: Any) -> Sequence[Any]:
    if isinstance(structure, (list, tuple)):
        return structure
    return [part for _, part in _items(structure)]


def _like(structure: Any, parts: list[Any]) -> Any:
    """A structure of the same kind with other parts."""
    if isinstance(structure, Mapping):
        found = dict(zip(_sorted_keys(structure), parts, strict=True))
        items = [(key, found[key]) for key in structure]
        if isinstance(structure, defaultdict):
            return defaultdict(structure.default_factory, items)
        return dict(items) if type(structure) is dict else type(structure)(items)  # type: ignore[call-arg]
    if isinstance(structure, (MappingView, range)):
        return list(parts)
    if _is_named(structure) or _is_attrs(structure) or isinstance(structure, (IndexedSlices, SparseTensor)):
        return type(structure)(*parts)
    if isinstance(structure, CompositeTensor):
        return structure._type_spec._from_components(*parts)  # type: ignore[attr-defined]
    return type(structure)(parts)


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves of a structure, in order.

    Args:
        structure: the structure; a leaf gives a list of itself.
        expand_composites: whether tensors made of tensors count as structure.
    """
    leaves: list[Any] = []
    _collect(structure, _question(expand_composites), leaves)
    return leaves


def _collect(structure: Any, has_parts: Callable[[Any], bool], leaves: list[Any]) -> None:
    if not has_parts(structure):
        leaves.append(structure)
        return
    for part in _parts(structure):
        _collect(part, has_parts, leaves)


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """`structure` with other leaves.

    Args:
        structure: the structure.
        flat_sequence: the leaves, in order.
        expand_composites: whether tensors made of tensors count as structure.

    Raises:
        TypeError: `flat_sequence` is no sequence.
        ValueError: it has not as many elements as `structure` has leaves.
    """
    has_parts = _question(expand_composites)
    if not has_parts(flat_sequence):
        raise TypeError("flat_sequence must be a sequence")
    if not has_parts(structure):
        if len(flat_sequence) != 1:
            raise ValueError(f"Structure is a scalar but len(flat_sequence) == {len(flat_sequence)} > 1")
        return flat_sequence[0]
    count = len(flatten(structure, expand_composites))
    if count != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {count} elements, but flat_sequence had "
            f"{len(flat_sequence)} elements.  Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    return _packed(structure, iter(flat_sequence), has_parts)


def _packed(structure: Any, leaves: Iterator[Any], has_parts: Callable[[Any], bool]) -> Any:
    if not has_parts(structure):
        return next(leaves)
    return _like(structure, [_packed(part, leaves, has_parts) for part in _parts(structure)])


def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """The structure of what `func` makes of the leaves of one or several structures.

    Args:
        func: takes a leaf of each structure.
        *structure: structures that differ in their leaves only.
        **kwargs: `check_types` (default True), see `assert_same_structure`, and `expand_composites`.

    Raises:
        TypeError, ValueError: wrong arguments, or structures that differ.
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types = kwargs.pop("check_types", True)
    expand_composites = kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError(
            "Only valid keyword arguments are `check_types` and `expand_composites`, not: "
            f"`{'`, `'.join(kwargs)}`"
        )
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types, expand_composites)
    leaves = zip(*[flatten(each, expand_composites) for each in structure], strict=True)
    return pack_sequence_as(structure[0], [func(*each) for each in leaves], expand_composites)


# -- comparing --------------------------------------------------------------------


class _Dot:
    def __repr__(self) -> str:
        return "."


_DOT = _Dot()


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Check that two structures differ in their leaves only.

    Args:
        nest1, nest2: the structures.
        check_types: whether sequences must be of the same type, and mappings have the same keys.
        expand_composites: whether tensors made of tensors count as structure.

    Raises:
        ValueError: they have parts in different places.
        TypeError: parts are of different types.
    """
    try:
        _check_same(nest1, nest2, check_types, _question(expand_composites))
    except (TypeError, ValueError) as error:
        first, second = (map_structure(lambda _: _DOT, nest) for nest in (nest1, nest2))
        raise type(error)(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_shown(nest1)}\n\nSecond structure: {_shown(nest2)}\n\n"
            f"More specifically: {error}\n"
            f"Entire first structure:\n{first}\nEntire second structure:\n{second}"
        ) from None


def _shown(structure: Any) -> str:
    return f"type={type(structure).__name__} str={structure}"


def _check_same(first: Any, second: Any, check_types: bool, has_parts: Callable[[Any], bool]) -> None:
    if has_parts(first) != has_parts(second):
        one, other = (first, second) if has_parts(first) else (second, first)
        raise ValueError(
            f'Substructure "{_shown(one)}" is a sequence, while substructure "{_shown(other)}" is not'
        )
    if not has_parts(first):
        return
    if check_types:
        _check_types(first, second)
    parts = _parts(first), _parts(second)
    if len(parts[0]) != len(parts[1]):
        raise ValueError(
            "The two structures don't have the same number of elements. First structure: "
            f"{_shown(first)}. Second structure: {_shown(second)}"
        )
    for one, other in zip(*parts, strict=True):
        _check_same(one, other, check_types, has_parts)


def _check_types(first: Any, second: Any) -> None:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        if set(first) != set(second):
            raise ValueError(
                "The two dictionaries don't have the same set of keys. First structure has keys "
                f"{list(first)}, while second structure has keys {list(second)}"
            )
    elif _is_named(first) and _is_named(second):
        if not _same_names(first, second):
            raise TypeError(
                "The two namedtuples don't have the same sequence type. First structure has type "
                f"{type(first).__name__}, while second structure has type {type(second).__name__}"
            )
    elif type(first) is not type(second) and not (isinstance(first, list) and isinstance(second, list)):
        raise TypeError(
            "The two structures don't have the same sequence type. First structure has type "
            f"{type(first)}, while second structure has type {type(second)}"
        )


def _same_names(first: Any, second: Any) -> bool:
    return type(first).__name__ == type(second).__name__ and first._fields == second._fields


# -- a structure that goes less deep than another ---------------------------------


def assert_shallow_structure(
    shallow_tree: Any,
    input_tree: Any,
    check_types: bool = True,
    expand_composites: bool = False,
    check_subtrees_length: bool = True,
) -> None:
    """Check that `input_tree` has all the parts of `shallow_tree`, whose leaves may stand for structures.

    Args:
        shallow_tree, input_tree: the structures.
        check_types: whether sequences must be of the same type.
        expand_composites: whether tensors made of tensors count as structure.
        check_subtrees_length: whether `input_tree` must have no more parts.

    Raises:
        TypeError: parts are of different types, or no structure.
        ValueError: they have not as many parts, or other keys.
    """
    has_parts = _question(expand_composites)
    if not has_parts(shallow_tree):
        return
    if not has_parts(input_tree):
        raise TypeError(
            "If shallow structure is a sequence, input must also be a sequence. Input has type: "
            f"{type(input_tree)}."
        )
    if check_types and not isinstance(input_tree, type(shallow_tree)):
        alike = (
            _is_named(shallow_tree) and _is_named(input_tree) and _same_names(shallow_tree, input_tree)
        ) or (isinstance(shallow_tree, Mapping) and isinstance(input_tree, Mapping))
        if not alike:
            raise TypeError(
                "The two structures don't have the same sequence type. Input structure has type "
                f"{type(input_tree)}, while shallow structure has type {type(shallow_tree)}."
            )
    shallow, deep = _items(shallow_tree), _items(input_tree)
    if check_subtrees_length and len(deep) != len(shallow):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length "
            f"{len(deep)}, while shallow structure has length {len(shallow)}."
        )
    if len(deep) < len(shallow):
        raise ValueError(
            "The input_tree has fewer elements than the shallow_tree. Input structure has length "
            f"{len(deep)}, while shallow structure has length {len(shallow)}."
        )
    if isinstance(shallow_tree, Mapping) and (absent := set(shallow_tree) - set(input_tree)):
        raise ValueError(
            "The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has the "
            f"following keys that are not in the input_tree: {sorted(absent)}."
        )
    for (_, one), (_, other) in zip(shallow, deep, strict=False):
        assert_shallow_structure(one, other, check_types, expand_composites, check_subtrees_length)


def _paths_up_to(
    shallow: Any, tree: Any, has_parts: Callable[[Any], bool], path: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if not has_parts(shallow):
        yield path, tree
        return
    parts = dict(_items(tree))
    for key, part in _items(shallow):
        yield from _paths_up_to(part, parts[key], has_parts, (*path, key))


def flatten_with_tuple_paths_up_to(
    shallow_tree: Any,
    input_tree: Any,
    check_types: bool = True,
    expand_composites: bool = False,
    check_subtrees_length: bool = True,
) -> list[tuple[tuple[Any, ...], Any]]:
    """What of `input_tree` stands where `shallow_tree` has leaves, each with the keys that lead to it.

    Args, Raises: as of `assert_shallow_structure`.
    """
    assert_shallow_structure(shallow_tree, input_tree, check_types, expand_composites, check_subtrees_length)
    return list(_paths_up_to(shallow_tree, input_tree, _question(expand_composites)))


def flatten_up_to(
    shallow_tree: Any,
    input_tree: Any,
    check_types: bool = True,
    expand_composites: bool = False,
    check_subtrees_length: bool = True,
) -> list[Any]:
    """What of `input_tree` stands where `shallow_tree` has leaves.

    Args, Raises: as of `assert_shallow_structure`.
    """
    found = flatten_with_tuple_paths_up_to(
        shallow_tree, input_tree, check_types, expand_composites, check_subtrees_length
    )
    return [value for _, value in found]


def map_structure_with_tuple_paths_up_to(
    shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **kwargs: Any
) -> Any:
    """`shallow_tree` with what `func` makes of the keys to each leaf and of what stands there in `inputs`.

    Args:
        shallow_tree: says how deep to go.
        func: takes a tuple of keys and a part of each input.
        *inputs: structures that have the parts of `shallow_tree`.
        **kwargs: `check_types`, `expand_composites` and `check_subtrees_length`; others go to `func`.

    Raises:
        ValueError, TypeError: there are no inputs, or they have not the parts of `shallow_tree`.
    """
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    options = (
        kwargs.pop("check_types", True),
        kwargs.pop("expand_composites", False),
        kwargs.pop("check_subtrees_length", True),
    )
    found = [flatten_with_tuple_paths_up_to(shallow_tree, tree, *options) for tree in inputs]
    results = [
        func(entries[0][0], *[value for _, value in entries], **kwargs)
        for entries in zip(*found, strict=True)
    ]
    return pack_sequence_as(shallow_tree, results, options[1])


def map_structure_up_to(shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **kwargs: Any) -> Any:
    """`map_structure_with_tuple_paths_up_to` for a function that takes no keys."""
    return map_structure_with_tuple_paths_up_to(
        shallow_tree, lambda _, *values, **rest: func(*values, **rest), *inputs, **kwargs
    )


def map_structure_with_tuple_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """`map_structure` for a function that takes the keys to a leaf first, as a tuple."""
    return map_structure_with_tuple_paths_up_to(structure[0], func, *structure, **kwargs)


def map_structure_with_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """`map_structure` for a function that takes the keys to a leaf first, joined by slashes."""
    return map_structure_with_tuple_paths(
        lambda path, *values, **rest: func("/".join(map(str, path)), *values, **rest), *structure, **kwargs
    )


def get_traverse_shallow_structure(
    traverse_fn: Callable[[Any], Any], structure: Any, expand_composites: bool = False
) -> Any:
    """How deep to go into a structure, as a structure of True and False.

    Args:
        traverse_fn: from a part to whether to go into it, or to a structure of that for its parts.
        structure: the structure.
        expand_composites: whether tensors made of tensors count as structure.

    Raises:
        TypeError: `traverse_fn` returned something else.
    """
    has_parts = _question(expand_composites)
    chosen = traverse_fn(structure)
    if not has_parts(structure):
        if not isinstance(chosen, bool):
            raise TypeError(f"traverse_fn returned structure: {chosen} for non-structure: {structure}")
        return chosen
    if isinstance(chosen, bool):
        if not chosen:
            return False
        choices: Iterable[Any] = [True] * len(_parts(structure))
    elif not has_parts(chosen):
        raise TypeError(f"traverse_fn returned a non-bool scalar: {chosen} for input: {structure}")
    else:
        assert_shallow_structure(chosen, structure, expand_composites=expand_composites)
        choices = _parts(chosen)
    level = []
    for choice, part in zip(choices, _parts(structure), strict=False):
        if not isinstance(choice, bool):
            raise TypeError(
                f"traverse_fn didn't return a depth=1 structure of bools.  saw: {chosen}  for structure: "
                f"{structure}"
            )
        level.append(choice and get_traverse_shallow_structure(traverse_fn, part, expand_composites))
    return _like(structure, level)


def yield_flat_paths(nest: Any, expand_composites: bool = False) -> Iterator[tuple[Any, ...]]:
    """The keys that lead to each leaf."""
    for path, _ in _paths_up_to(nest, nest, _question(expand_composites)):
        yield path


def flatten_with_tuple_paths(
    structure: Any, expand_composites: bool = False
) -> list[tuple[tuple[Any, ...], Any]]:
    """The leaves, each with the keys that lead to it."""
    return list(_paths_up_to(structure, structure, _question(expand_composites)))


def flatten_with_joined_string_paths(
    structure: Any, separator: str = "/", expand_composites: bool = False
) -> list[tuple[str, Any]]:
    """The leaves, each with the keys that lead to it as one string."""
    found = flatten_with_tuple_paths(structure, expand_composites)
    return [(separator.join(map(str, path)), leaf) for path, leaf in found]


def flatten_dict_items(dictionary: Any) -> dict[Any, Any]:
    """A dictionary whose keys may be structures, as one of their leaves to those of the values.

    Raises:
        TypeError: it is no dictionary.
        ValueError: a key and its value have not as many leaves, or a leaf is not unique.
    """
    if not isinstance(dictionary, Mapping):
        raise TypeError("input must be a dictionary")
    flat: dict[Any, Any] = {}
    for key, value in dictionary.items():
        keys, values = (flatten(key), flatten(value)) if is_nested(key) else ([key], [value])
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} "
                f"elements. Key: {keys}, value: {values}."
            )
        for one, leaf in zip(keys, values, strict=True):
            if one in flat:
                raise ValueError(f"Could not flatten dictionary: key {one} is not unique.")
            flat[one] = leaf
    return flat
