"""From the structure a user fetches to a flat list of tensors and operations, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perdure.graph.errors import InaccessibleTensorError
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.session.expansions import expansion_of

# Takes the values of all distinct tensors and picks out the part of the result it stands for.
Pick = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True, eq=False)  # a hash of its fields would be computed at every run
class FetchMapping:
    """A fetch structure taken apart; equal to itself alone.

    Attributes:
        tensors: the distinct tensors in it, in the order of their first appearance.
        targets: the distinct operations in it.
        rebuild: from the values of `tensors` to the result of `Session.run`.
    """

    tensors: tuple[Tensor, ...]
    targets: tuple[Operation, ...]
    rebuild: Pick


def structure_key(fetches: Any) -> Any:
    """A hashable key of a fetch structure: equal keys have equal mappings.

    Raises:
        TypeError: something in the structure is not hashable.
    """
    kind = type(fetches)
    if kind is Tensor or kind is Operation or kind is str:
        return fetches
    if kind is list or isinstance(fetches, list):  # all of them become lists
        return (list, *[structure_key(item) for item in fetches])
    if isinstance(fetches, tuple):
        return (kind, *[structure_key(item) for item in fetches])
    if kind is dict or isinstance(fetches, Mapping):
        return (kind, *fetches, *[structure_key(item) for item in fetches.values()])
    if hasattr(kind, "__attrs_attrs__"):
        return (kind, *[structure_key(getattr(fetches, a.name)) for a in kind.__attrs_attrs__])
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
            return _pick_attrs(fetch, [self.map(getattr(fetch, a.name)) for a in type(fetch).__attrs_attrs__])
        expansion = expansion_of(fetch)
        if expansion is not None:
            inner, contract = expansion.fetch(fetch)
            picks = [self._map_element(item) for item in inner]
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
            op = element if isinstance(element, Operation) else element.op
            raise InaccessibleTensorError(
                f"Operation {op.name!r} has been marked as not fetchable. Typically this happens when it "
                "is defined in another function or code block. Use return values, explicit Python locals or "
                "TensorFlow collections to access it."
            )
        if isinstance(element, Operation):
            self.targets.setdefault(element)
            return lambda values: None
        index = self.tensors.setdefault(element, len(self.tensors))
        return lambda values: values[index]


def _pick_sequence(structure: Any, picks: list[Pick]) -> Pick:
    kind = type(structure)
    if isinstance(structure, list):
        return lambda values: [pick(values) for pick in picks]
    if kind is tuple:
        return lambda values: tuple([pick(values) for pick in picks])
    return lambda values: kind(*[pick(values) for pick in picks])  # a named tuple


def _pick_mapping(structure: Any, picks: dict[Any, Pick]) -> Pick:
    kind = type(structure)

    def pick_all(values: Sequence[Any]) -> Any:
        # Assigned one by one: a defaultdict's constructor, for one, does not take pairs.
        result = kind()
        for key, pick in picks.items():
            result[key] = pick(values)
        return result

    return pick_all


def _pick_attrs(structure: Any, picks: list[Pick]) -> Pick:
    kind = type(structure)
    return lambda values: kind(*[pick(values) for pick in picks])
