"""What a session owns between steps: variables, random streams, counters of calls."""

from __future__ import annotations

import threading
from typing import Any

from perdure.graph.dtypes import DType
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import Shape
from perdure.ops.philox import Stream


class Variable:
    """The store of one variable, of the ref or the resource kind."""

    __slots__ = ("name", "dtype", "declared_shape", "value")

    def __init__(self, name: str, dtype: DType, declared_shape: Shape) -> None:
        self.name = name
        self.dtype = dtype
        self.declared_shape = declared_shape
        # A read-only NumPy array, or an array on a device where compiled programs keep it between steps.
        self.value: Any = None

    @property
    def initialized(self) -> bool:
        """Whether it has a value."""
        return self.value is not None

    @property
    def shape(self) -> Shape:
        """The shape of its value, or the declared one while it has none."""
        return self.declared_shape if self.value is None else self.value.shape

    @property
    def nbytes(self) -> int:
        """The size of its value, in bytes."""
        return 0 if self.value is None else self.value.nbytes


class Calls:
    """Counts how often a node has run in a session."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def next(self) -> int:
        """One more than at the last call, starting at 1."""
        self._count += 1
        return self._count


class Resources:
    """Everything a session owns; `close` gives it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.variables: dict[tuple[str, str], Variable] = {}
        self._streams: dict[str, Stream] = {}
        self._calls: dict[str, Calls] = {}
        # Held from a step's first write to its end, so that updates of two steps do not interleave.
        self.write_lock = threading.RLock()

    def variable(self, container: str, name: str, dtype: DType, shape: Shape) -> Variable:
        """The variable of that name, made when first asked for.

        Raises:
            InvalidArgumentError: it exists with another dtype.
        """
        with self._lock:
            found = self.variables.get((container, name))
            if found is None:
                found = self.variables[container, name] = Variable(name, dtype, shape)
        if found.dtype != dtype:
            raise InvalidArgumentError(
                None, None, f"variable {name} holds {found.dtype.name}, not {dtype.name}"
            )
        return found

    def stream(self, node_name: str, seed: int, seed2: int) -> Stream:
        """The random stream of a node, made when first asked for."""
        with self._lock:
            found = self._streams.get(node_name)
            if found is None:
                found = self._streams[node_name] = Stream(seed, seed2)
            return found

    def calls(self, node_name: str) -> Calls:
        """The call counter of a node."""
        with self._lock:
            return self._calls.setdefault(node_name, Calls())

    def close(self) -> None:
        """Give everything back."""
        with self._lock:
            for variable in self.variables.values():
                variable.value = None
            self.variables.clear()
            self._streams.clear()
            self._calls.clear()
