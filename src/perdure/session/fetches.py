"""From the structure a user fetches to a flat list of tensors and operations, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perdure.graph.composite import (
    IndexedSlices,
    IndexedSlicesValue,
    SparseTensor,
    SparseTensorValue,
)
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

# Takes the values of all distinct tensors and picks out the part of the result it stands for.
Pick = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class FetchMapping:
    """A fetch structure taken apart.

    Attributes:
        tensors: the distinct tensors in it, in the order of their first appearance.
        targets: the distinct operations in it.
        rebuild: from the values of `tensors` to the result of `Session.run`.
    """

    tensors: tuple[Tensor, ...]
    targets: tuple[Operation, ...]
    rebuild: Pick


_expansions: list[tuple[type, Callable[[Any], tuple[list[Any], Callable[[list[Any]], Any]]]]] = []


def register_fetch_expansion(
    kind: type, expand: Callable[[Any], tuple[list[Any], Callable[[list[Any]], Any]]]
) -> None:
    """Teach `Session.run` to fetch objects of a class.

    Args:
        kind: the class.
        expand: from an object to the fetches it consists of, and a function from their values to its value.
    """
    _expansions.insert(0, (kind, expand))


def structure_key(fetches: Any) -> Any:
    """A hashable key of a fetch structure: equal keys have equal mappings.

    Raises:
        TypeError: something in the structure is not hashable.
    """
    kind = type(fetches)
    if kind is Tensor or kind is Operation or kind is str:
        return fetches
    if kind is list or isinstance(fetches, tuple):
        return (kind, *[structure_key(item) for item in fetches])
    if isinstance(fetches, Mapping):
        return (kind, *fetches, *[structure_key(item) for item in fetches.values()])
    hash(fetches)
    return fetches


def map_fetches(fetches: Any, graph: Graph) -> FetchMapping:
    """Take a fetch structure apart.

    Args:
        fetches: a tensor, operation, name, sparse value or variable, or nested lists, tuples, named
            tuples, dictionaries and attrs classes of them.
        graph: the graph they belong to.

    Raises:
        TypeError: something in it cannot be fetched.
        ValueError: something in it is not part of `graph`.
    """
    mapper = _Mapper(graph)
    pick = mapper.map(fetches)
    return FetchMapping(tuple(mapper.tensors), tuple(mapper.targets), pick)


class _Mapper:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tensors: dict[Tensor, int] = {}
        self.targets: dict[Operation, None] = {}

    def map(self, fetch: Any) -> Pick:
        if fetch is None:
            raise TypeError(f"Fetch argument {fetch!r} has invalid type {type(fetch)!r}")
        if isinstance(fetch, (list, tuple)):
            return _pick_sequence(fetch, [self.map(item) for item in fetch])
        if isinstance(fetch, Mapping):
            return _pick_mapping(fetch, {key: self.map(item) for key, item in fetch.items()})
        if hasattr(type(fetch), "__attrs_attrs__"):
            return _pick_attrs(
                fetch, [self.map(getattr(fetch, a.name)) for a in type(fetch).__attrs_attrs__]
            )
        if isinstance(fetch, SparseTensor):
            parts = [self.map(part) for part in (fetch.indices, fetch.values, fetch.dense_shape)]
            return lambda values: SparseTensorValue(*[pick(values) for pick in parts])
        if isinstance(fetch, IndexedSlices):
            parts = [self.map(part) for part in (fetch.values, fetch.indices)]
            dense = (lambda values: None) if fetch.dense_shape is None else self.map(fetch.dense_shape)
            return lambda values: IndexedSlicesValue(parts[0](values), parts[1](values), dense(values))
        for kind, expand in _expansions:
            if isinstance(fetch, kind):
                inner, contract = expand(fetch)
                picks = [self.map(item) for item in inner]
                return lambda values: contract([pick(values) for pick in picks])
        return self._map_element(fetch)

    def _map_element(self, fetch: Any) -> Pick:
        try:
            element = self.graph.as_graph_element(fetch)
        except TypeError as error:
            raise TypeError(
                f"Fetch argument {fetch!r} has invalid type {type(fetch)!r}, must be a string or Tensor. "
                f"({error})"
            ) from None
        except (KeyError, ValueError) as error:
            raise ValueError(
                f"Fetch argument {fetch!r} cannot be interpreted as a Tensor. ({error})"
            ) from None
        if not self.graph.is_fetchable(element):
            raise ValueError(f"Tensor {element.name!r} may not be fetched.")
        if isinstance(element, Operation):
            self.targets.setdefault(element)
            return lambda values: None
        index = self.tensors.setdefault(element, len(self.tensors))
        return lambda values: values[index]


def _pick_sequence(structure: Any, picks: list[Pick]) -> Pick:
    kind = type(structure)
    if hasattr(kind, "_fields"):
        return lambda values: kind(*[pick(values) for pick in picks])
    if isinstance(structure, list):
        return lambda values: [pick(values) for pick in picks]
    return lambda values: tuple([pick(values) for pick in picks])


def _pick_mapping(structure: Any, picks: dict[Any, Pick]) -> Pick:
    kind = type(structure)
    return lambda values: kind((key, pick(values)) for key, pick in picks.items())


def _pick_attrs(structure: Any, picks: list[Pick]) -> Pick:
    kind = type(structure)
    return lambda values: kind(*[pick(values) for pick in picks])
