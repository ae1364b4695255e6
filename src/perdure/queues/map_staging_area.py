"""MapStagingArea: tuples between steps, by key, which may be put and got piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.graph.builder import g
from perdure.graph.defaults import colocate_with, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.queues.staging_area import BaseStagingArea, scope_values


class MapStagingArea(BaseStagingArea):
    """Holds tuples of tensors for a later step, by key.

    A tuple may be put in pieces; it can be got when it is whole, again in pieces.

    Args:
        dtypes: the types of a tuple's tensors.
        shapes: their shapes, or None.
        names: their names, or None; with names, tuples are dictionaries.
        shared_name: the name of the area; one of its own when None.
        ordered: whether `get` without a key gives the smallest one.
        capacity: how many whole tuples it holds before `put` waits; any number when 0.
        memory_limit: how many bytes it holds before `put` waits; any number when 0.

    Raises:
        ValueError: `shared_name` is no string, or shapes or names are not as many as types.
    """

    def __init__(
        self,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        ordered: bool = False,
        capacity: int = 0,
        memory_limit: int = 0,
    ) -> None:
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)
        self._ordered = ordered

    def put(self, key: Any, vals: Any, indices: Any = None, name: str | None = None) -> Operation:
        """An operation that adds a tuple or some of its values, and waits while there is no room.

        Args:
            key: the tuple's key, an int64 scalar.
            vals: a list of tensors, or a dictionary if the area has names.
            indices: which values of the tuple they are, in ascending order; only without names.
            name: the name of the operation.

        Raises:
            ValueError: `vals` or `indices` do not fit the area.
        """
        with name_scope(name, f"{self._name}_put", scope_values(vals)) as scope:
            tensors, places = self._checked(vals, indices)
            with colocate_with(self._anchor):
                return self._op("map_stage")(
                    key, list(places), tensors, dtypes=self._dtypes, name=scope, **self._attrs()
                )

    def peek(self, key: Any, indices: Any = None, name: str | None = None) -> Any:
        """The values of a tuple, which stay; waits until it is whole; arguments and errors as of `get`."""
        places, dtypes = self._places(indices)
        with colocate_with(self._anchor):
            tensors = self._op("map_peek")(
                key, places, dtypes=dtypes, name=name or f"{self._name}_pop", **self._attrs()
            )
        return self._returned(tensors, places)

    def get(self, key: Any = None, indices: Any = None, name: str | None = None) -> tuple[Any, Any]:
        """Take the values of a tuple, and wait while it is not whole.

        Args:
            key: which tuple; any when None.
            indices: which values, as numbers or names; all when None.
            name: the name of the operation.

        Returns:
            The key, and a list of tensors, or a dictionary if the area has names.

        Raises:
            TypeError, ValueError: `indices` are not those of values.
        """
        if key is None:
            return self._get_any(indices, name or f"{self._name}_get_nokey")
        places, dtypes = self._places(indices)
        with colocate_with(self._anchor):
            tensors = self._op("map_unstage")(
                key, places, dtypes=dtypes, name=name or f"{self._name}_get", **self._attrs()
            )
        return key, self._returned(tensors, places)

    def _get_any(self, indices: Any, name: str) -> tuple[Tensor, Any]:
        places, dtypes = self._places(indices)
        with colocate_with(self._anchor):
            key, tensors = self._op("map_unstage_no_key")(places, dtypes=dtypes, name=name, **self._attrs())
        (key,) = self._here([key])
        return key, self._returned(tensors, places)

    def size(self, name: str | None = None) -> Tensor:
        """How many whole tuples it holds."""
        return self._op("map_size")(dtypes=self._dtypes, name=name or f"{self._name}_size", **self._attrs())

    def incomplete_size(self, name: str | None = None) -> Tensor:
        """How many tuples it holds of which some values are missing."""
        return self._op("map_incomplete_size")(
            dtypes=self._dtypes, name=name or f"{self._name}_incomplete_size", **self._attrs()
        )

    def clear(self, name: str | None = None) -> Operation:
        """An operation that drops all tuples."""
        return self._op("map_clear")(dtypes=self._dtypes, name=name or f"{self._name}_clear", **self._attrs())

    def _op(self, name: str) -> Callable[..., Any]:
        return getattr(g, f"ordered_{name}" if self._ordered else name)

    def _places(self, indices: Any) -> tuple[Sequence[int], list[Any]]:
        """Which values are meant, as numbers, and their types."""
        if indices is None:
            indices = list(range(len(self._dtypes)))
        if not isinstance(indices, (tuple, list)):
            raise TypeError(f"Invalid indices type '{type(indices)}'")
        if not indices:
            raise ValueError("Empty indices")
        if all(isinstance(index, str) for index in indices):
            if self._names is None:
                raise ValueError(
                    f"String indices provided '{indices}', but this Staging Area was not created with names."
                )
            unknown = [index for index in indices if index not in self._names]
            if unknown:
                raise ValueError(f"Named index '{unknown[0]}' not in Staging Area names '{self._names}'")
            indices = [list(self._names).index(index) for index in indices]
        elif not all(isinstance(index, int) for index in indices):
            raise TypeError(f"Mixed types in indices '{indices}'. May only be str or int")
        return indices, [self._dtypes[index] for index in indices]
