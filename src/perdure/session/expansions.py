"""Classes of objects that stand for several tensors in fetches and feeds; programs can register more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from perdure.graph.composite import (
    IndexedSlices,
    IndexedSlicesValue,
    SparseTensor,
    SparseTensorValue,
)

Fetch = Callable[[Any], tuple[list[Any], Callable[[list[Any]], Any]]]
Feed = Callable[[Any, Any], list[tuple[Any, Any]]]
FeedKeys = Callable[[Any], list[Any]]


class Expansion(NamedTuple):
    """What a class stands for.

    Attributes:
        kind: the class.
        fetch: from an object to the fetches it consists of, and a function from their values to its value.
        feed: from a feed's key and value to the feeds they consist of; None if it cannot be fed.
        feed_keys: from a feed's key to the keys it consists of; None if partial runs cannot feed it.
    """

    kind: type
    fetch: Fetch
    feed: Feed | None
    feed_keys: FeedKeys | None


def _sparse_parts(sparse: SparseTensor) -> list[Any]:
    return [sparse.indices, sparse.values, sparse.dense_shape]


def _slices_parts(slices: IndexedSlices) -> list[Any]:
    parts = [slices.values, slices.indices]
    return parts if slices.dense_shape is None else [*parts, slices.dense_shape]


def _slices_value(values: list[Any]) -> IndexedSlicesValue:
    return IndexedSlicesValue(values[0], values[1], values[2] if len(values) == 3 else None)


# The class that was registered last is asked first.
expansions: list[Expansion] = [
    Expansion(
        SparseTensor,
        lambda sparse: (_sparse_parts(sparse), lambda values: SparseTensorValue(*values)),
        lambda sparse, value: list(zip(_sparse_parts(sparse), value, strict=False)),
        _sparse_parts,
    ),
    Expansion(
        IndexedSlices,
        lambda slices: (_slices_parts(slices), _slices_value),
        lambda slices, value: list(zip(_slices_parts(slices), value, strict=False)),
        _slices_parts,
    ),
]


def expansion_of(value: Any) -> Expansion | None:
    """The expansion of the class of `value`, or None if it stands for itself."""
    for expansion in expansions:
        if isinstance(value, expansion.kind):
            return expansion
    return None


def register_session_run_conversion_functions(
    tensor_type: type,
    fetch_function: Fetch,
    feed_function: Feed | None = None,
    feed_function_for_partial_run: FeedKeys | None = None,
) -> None:
    """Teach sessions to fetch and feed objects of a class.

    Args:
        tensor_type: the class.
        fetch_function: from an object to a list of tensors, and a function from their values to its value.
        feed_function: from a feed's key and value to a list of (tensor, value).
        feed_function_for_partial_run: from a feed's key to a list of tensors.

    Raises:
        ValueError: the class, or one below it, is registered already.
    """
    if tensor_type is object or any(issubclass(known.kind, tensor_type) for known in expansions):
        raise ValueError(f"{tensor_type} has already been registered so ignore it.")
    expansions.insert(0, Expansion(tensor_type, fetch_function, feed_function, feed_function_for_partial_run))
