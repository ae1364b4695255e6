"""What a session owns between steps: variables, random streams, counters of calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.arrays.philox import Stream
from perdure.graph.dtypes import DType
from perdure.graph.errors import CancelledError, InvalidArgumentError
from perdure.graph.shapes import Shape
from perdure.resources import memory
from perdure.resources.state import State

# Before the name of a node that shares its object with no other.
_PRIVATE = "\0"
# Kinds of objects that sessions of one server do not share, whatever their names.
_OF_ONE_SESSION = frozenset({"kept tensors", "sampler"})


def private_name(node_name: str) -> str:
    """The name in a store of what belongs to one node alone."""
    return _PRIVATE + node_name


class Holder:
    """What has a value that a step sets when it is over."""

    __slots__ = ("value",)
    value: Any


class Variable(Holder):
    """The store of one variable, of the ref or the resource kind.

    Attributes:
        value: a read-only NumPy array, or an array on a device where compiled programs keep it between steps;
            None if it has none, or none now.
        loan: if `value` is None: the array that a step has taken and changes in place.
    """

    __slots__ = ("name", "dtype", "declared_shape", "loan")

    def __init__(self, name: str, dtype: DType, declared_shape: Shape) -> None:
        self.name = name
        self.dtype = dtype
        self.declared_shape = declared_shape
        self.value = None
        self.loan: Loan | None = None

    def present(self) -> Any:
        """Its value, or the array that stands for it while a step changes that; None if it has none."""
        value, loan = self.value, self.loan
        return loan.array if value is None and loan is not None else value

    @property
    def initialized(self) -> bool:
        """Whether it has a value."""
        return self.present() is not None

    @property
    def shape(self) -> Shape:
        """The shape of its value, or the declared one while it has none."""
        present = self.present()
        return self.declared_shape if present is None else present.shape

    @property
    def nbytes(self) -> int:
        """The size of its value, in bytes."""
        present = self.present()
        return 0 if present is None else present.nbytes

    def drop(self) -> None:
        """Forget the value."""
        self.loan = None
        self.value = None


class Loan:
    """The array of a variable, taken by a step that changes rows of it; nobody else refers to it.

    Attributes:
        array: the array.
        changed: rows that were changed and what was in them, in the order of the changes.
    """

    __slots__ = ("array", "changed")

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.changed: list[tuple[np.ndarray, np.ndarray]] = []

    def put_back(self) -> np.ndarray:
        """The array, as it was."""
        _undo(self.array, self.changed)
        return self.array

    def copy(self) -> np.ndarray:
        """An array of its own, as it was."""
        array = np.array(self.array)
        _undo(array, self.changed)
        return array


def _undo(array: np.ndarray, changed: list[tuple[np.ndarray, np.ndarray]]) -> None:
    array.flags.writeable = True
    for rows, old in reversed(changed):
        array[rows] = old
    array.flags.writeable = False


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
    """Everything a session has between steps; `close` gives back what is its own.

    Args:
        state: where variables and shared objects are; one of its own when None.
        owns_state: whether `close` gives those back as well.
    """

    def __init__(self, state: State | None = None, owns_state: bool = True) -> None:
        memory.keep_freed()
        self.owns_state = owns_state
        self._state = State() if state is None else state
        self._lock = self._state.lock
        self.variables = self._state.variables
        self.write_lock = self._state.write_lock
        self.is_closed = False
        self._streams: dict[str, Stream] = {}
        self._calls: dict[str, Calls] = {}
        self._own_stores: dict[tuple[str, str, str], Any] = {}
        self._on_device: dict[int, tuple[Any, Any]] = {}

    def variable(self, container: str, name: str, dtype: DType, shape: Shape) -> Variable:
        """The variable of that name, made when first asked for.

        Raises:
            InvalidArgumentError: it exists with another dtype.
        """
        with self._lock:
            self._check_open()
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

    def on_device(self, constant: Any, move: Callable[[Any], Any]) -> Any:
        """What `move` makes of a large constant, once for all programs of the session."""
        with self._lock:
            found = self._on_device.get(id(constant))
        if found is None:
            found = constant, move(constant)
            with self._lock:
                self._check_open()
                # With the constant itself, which keeps its number from being used again.
                found = self._on_device.setdefault(id(constant), found)
        return found[1]

    def calls(self, node_name: str) -> Calls:
        """The call counter of a node."""
        with self._lock:
            return self._calls.setdefault(node_name, Calls())

    def store(self, kind: str, container: str, name: str, make: Callable[[str], Any]) -> Any:
        """The object of that kind and name (a queue, a table), made when first asked for.

        Args:
            kind: what it is; objects of different kinds may have the same name.
            container: where it is kept.
            name: its name there: a shared name, or `private_name` of a node.
            make: makes it from its name in messages; what it returns may have a method `cancel`, which
                `close` calls so that no step waits for the object any more.
        """
        key = (kind, container, name)
        is_own = name.startswith(_PRIVATE) or kind in _OF_ONE_SESSION
        stores = self._own_stores if is_own else self._state.stores
        with self._lock:
            self._check_open()
            found = stores.get(key)
            if found is None:
                private = name.removeprefix(_PRIVATE)
                # TensorFlow counts what it makes as private to one node.
                count = sum(other.startswith(_PRIVATE) for _, _, other in stores)
                shown = name if private == name else f"_{count}_{private}"
                found = stores[key] = make(shown)
            return found

    def queue(self, kind: str, container: str, shared_name: str, node_name: str, **details: Any) -> Any:
        """The queue of a node, made when first asked for.

        Args:
            kind: the class of `runtime.queues`.
            container: where it is kept.
            shared_name: its name there, or "" if it belongs to the node alone.
            node_name: the node.
            **details: what the class wants to know.

        Raises:
            InvalidArgumentError: it exists with other properties, or they make no sense.
        """
        from perdure.resources import queues

        def make(name: str) -> Any:
            return getattr(queues, kind)(name, **details)

        found = self.store("queue", container, shared_name or private_name(node_name), make)
        if shared_name:
            found.check_same(make(shared_name))
        return found

    def barrier(self, container: str, shared_name: str, node_name: str, **details: Any) -> Any:
        """The barrier of a node, made when first asked for; arguments and errors as of `queue`."""
        from perdure.resources.barrier import Barrier

        def make(name: str) -> Barrier:
            return Barrier(name, **details)

        found = self.store("barrier", container, shared_name or private_name(node_name), make)
        if shared_name:
            found.check_same(make(shared_name))
        return found

    def accumulator(self, kind: str, container: str, shared_name: str, node_name: str, **details: Any) -> Any:
        """The accumulator of a node, made when first asked for; arguments as of `queue`."""
        from perdure.resources import accumulators

        def make(name: str) -> Any:
            return getattr(accumulators, kind)(name, **details)

        return self.store("accumulator", container, shared_name or private_name(node_name), make)

    def staging_area(
        self, kind: str, container: str, shared_name: str, node_name: str, **details: Any
    ) -> Any:
        """The staging area of a node, made when first asked for; arguments as of `queue`."""
        from perdure.resources import staging

        def make(name: str) -> Any:
            return getattr(staging, kind)(name, **details)

        # A node's own area, too, is found by its name: sessions of a server share it in TensorFlow.
        return self.store(kind, container, shared_name or node_name, make)

    def kept_tensors(self) -> Any:
        """The tensors that handles refer to; see `KeptTensors`."""
        from perdure.resources.kept_tensors import KeptTensors

        return self.store("kept tensors", "", "", lambda name: KeptTensors(self._state.host))

    def stored(self, shared: bool = True) -> list[tuple[str, str, Any]]:
        """What is stored beside the variables: kind, name, object.

        Args:
            shared: whether objects that other sessions may share are listed as well.
        """
        with self._lock:
            stores = [*self._own_stores.items(), *(self._state.stores.items() if shared else ())]
        return [(kind, name.removeprefix(_PRIVATE), stored) for (kind, _, name), stored in stores]

    def sparse_map(self, container: str, name: str) -> Any:
        """The map of sparse tensors of that name, made when first asked for."""
        from perdure.resources.sparse_maps import SparseTensorsMap

        return self.store("sparse_map", container, name, SparseTensorsMap)

    def _check_open(self) -> None:
        # A step that is being planned while its session is closed must not make what nobody closes.
        if self.is_closed or self._state.is_closed:
            raise CancelledError(None, None, "Session has been closed.")

    def close(self) -> None:
        """Give back what is the session's own; its steps that wait for a queue fail with CancelledError."""
        with self._lock:
            self.is_closed = True
            own = list(self._own_stores.values())
            self._own_stores.clear()
            shared = [] if self.owns_state else list(self._state.stores.values())
        for stored in own:
            if hasattr(stored, "cancel"):
                stored.cancel()
        for stored in shared:
            if hasattr(stored, "cancel_steps_of"):
                stored.cancel_steps_of(self)
        with self._lock:
            self._on_device.clear()
            self._streams.clear()
            self._calls.clear()
        if self.owns_state:
            self._state.close()
