"""StagingArea: a line of tuples between steps, without a queue's ceremony; and what it shares with maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.array.array import identity
from perdure.functional.control.control import no_op
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, name_scope
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, unknown_shape


class BaseStagingArea:
    """What the staging areas share; arguments as of `StagingArea`."""

    def __init__(
        self,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        capacity: int = 0,
        memory_limit: int = 0,
    ) -> None:
        if shared_name is None:
            self._name = get_default_graph().unique_name(type(self).__name__)
        elif isinstance(shared_name, str):
            self._name = shared_name
        else:
            raise ValueError("shared_name must be a string")
        self._dtypes = dtypes
        if shapes is None:
            self._shapes = [unknown_shape() for _ in dtypes]
        elif len(shapes) != len(dtypes):
            raise ValueError("StagingArea shapes must be the same length as dtypes")
        else:
            self._shapes = [TensorShape(shape) for shape in shapes]
        if names is not None and len(names) != len(dtypes):
            raise ValueError("StagingArea names must be the same length as dtypes")
        self._names = names
        self._capacity = capacity
        self._memory_limit = memory_limit
        # All its nodes are placed where this one is.
        with name_scope(f"{self._name}_root"):
            self._anchor = no_op()

    @property
    def name(self) -> str:
        """The name of the area."""
        return self._name

    @property
    def dtypes(self) -> Any:
        """The types of a tuple's tensors."""
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        """The shapes of a tuple's tensors."""
        return self._shapes

    @property
    def names(self) -> Any:
        """The names of a tuple's tensors, or None."""
        return self._names

    @property
    def capacity(self) -> int:
        """How many tuples it holds at most; 0 for any number."""
        return self._capacity

    @property
    def memory_limit(self) -> int:
        """How many bytes it holds at most; 0 for any number."""
        return self._memory_limit

    def _attrs(self) -> dict[str, Any]:
        return {
            "shared_name": self._name,
            "capacity": self._capacity,
            "memory_limit": self._memory_limit,
        }

    def _checked(self, values: Any, indices: Any = None) -> tuple[list[Tensor], Sequence[int]]:
        """The values to put, as tensors, and where they belong in a tuple."""
        if isinstance(values, dict):
            if not self._names:
                raise ValueError("Staging areas must have names to enqueue a dictionary")
            if not set(values).issubset(self._names):
                raise ValueError(
                    "Keys in dictionary to put do not match names of staging area. Dictionary: "
                    f"({sorted(values)}), Queue: ({sorted(self._names)})"
                )
            indices = [i for i, name in enumerate(self._names) if name in values]
            values = [values[self._names[i]] for i in indices]
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a staging area with names")
        elif indices is None:
            raise ValueError("Indices must be supplied when inserting a list of tensors")
        elif len(indices) != len(values):
            raise ValueError(
                f"Number of indices '{len(indices)}' doesn't match number of values '{len(values)}'"
            )
        if len(values) > len(self._dtypes):
            raise ValueError(f"Unexpected number of inputs '{len(values)}' vs '{len(self._dtypes)}'")
        tensors = []
        for i, value in zip(indices, values, strict=True):
            if value.dtype != self._dtypes[i]:
                raise ValueError(f"Datatypes do not match. '{value.dtype}' != '{self._dtypes[i]}'")
            value.get_shape().assert_is_compatible_with(self._shapes[i])
            tensors.append(convert_to_tensor(value, dtype=self._dtypes[i], name=f"component_{i}"))
        return tensors, indices

    def _returned(self, tensors: list[Tensor], indices: Sequence[int]) -> Any:
        """What was got, as the user gets it."""
        tensors = self._here(tensors)
        for tensor, i in zip(tensors, indices, strict=True):
            tensor.set_shape(self._shapes[i])
        if self._names:
            return {self._names[i]: tensor for tensor, i in zip(tensors, indices, strict=True)}
        return tensors

    def _here(self, tensors: list[Tensor]) -> list[Tensor]:
        # A node that is made just to see where it is placed; TensorFlow makes it too.
        if no_op().device != self._anchor.device:
            return [identity(tensor) for tensor in tensors]
        return tensors


def scope_values(values: Any) -> Any:
    """What a name scope is told of the values that are put."""
    if isinstance(values, dict):
        return list(values.values())
    return values if isinstance(values, (list, tuple)) else [values]


class StagingArea(BaseStagingArea):
    """Holds tuples of tensors for a later step, first in, first out.

    Args:
        dtypes: the types of a tuple's tensors.
        shapes: their shapes, or None.
        names: their names, or None; with names, tuples are dictionaries.
        shared_name: the name of the area; one of its own when None.
        capacity: how many tuples it holds before `put` waits; any number when 0.
        memory_limit: how many bytes it holds before `put` waits; any number when 0.

    Raises:
        ValueError: `shared_name` is no string, or shapes or names are not as many as types.
    """

    def put(self, values: Any, name: str | None = None) -> Operation:
        """An operation that adds a tuple, and waits while there is no room.

        Args:
            values: a tensor, a list of them, or a dictionary if the area has names.
            name: the name of the operation.

        Raises:
            ValueError: `values` does not fit the area.
        """
        with name_scope(name, f"{self._name}_put", scope_values(values)) as scope:
            if not isinstance(values, (list, tuple, dict)):
                values = [values]
            tensors, _ = self._checked(values, range(len(values)))
            with colocate_with(self._anchor):
                return g.stage(values=tensors, name=scope, **self._attrs())

    def get(self, name: str | None = None) -> Any:
        """Take the first tuple, and wait while there is none.

        Returns:
            A list of tensors, or a dictionary if the area has names.
        """
        return self._got(
            lambda: g.unstage(dtypes=self._dtypes, name=name or f"{self._name}_get", **self._attrs())
        )

    def peek(self, index: Any, name: str | None = None) -> Any:
        """The tuple at `index`, which stays; waits until there is one; returns as `get`."""
        return self._got(
            lambda: g.stage_peek(
                index, dtypes=self._dtypes, name=name or f"{self._name}_peek", **self._attrs()
            )
        )

    def size(self, name: str | None = None) -> Tensor:
        """How many tuples it holds."""
        return g.stage_size(dtypes=self._dtypes, name=name or f"{self._name}_size", **self._attrs())

    def clear(self, name: str | None = None) -> Operation:
        """An operation that drops all tuples."""
        return g.stage_clear(dtypes=self._dtypes, name=name or f"{self._name}_clear", **self._attrs())

    def _got(self, make: Callable[[], list[Tensor]]) -> Any:
        with colocate_with(self._anchor):
            tensors = make()
        return self._returned(tensors, range(len(self._dtypes)))
