"""What a session owns between steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from perdure.filesystem.policy import EVERYTHING, Policy, current_policy
from perdure.graph.dtypes import DType
from perdure.graph.errors import CancelledError, InvalidArgumentError
from perdure.graph.forking import free
from perdure.graph.shapes import Shape
from perdure.resources import memory
from perdure.resources.resource import Resource, Sharing
from perdure.resources.state import Objects, State, everything, listed, taken_out

if TYPE_CHECKING:
    from perdure.filesystem.files import Files

R = TypeVar("R", bound=Resource)


class Holder:
    """What has a value that a step sets when it is over."""

    __slots__ = ("value",)
    value: Any


class Variable(Holder, Resource):
    """The store of one variable, of the ref or the resource kind.

    Attributes:
        value: a read-only NumPy array, or an array on a device where compiled programs keep it between steps;
            None if it has none, or none now.
        loan: if `value` is None: the array that a step has taken and changes in place.
    """

    __slots__ = ("name", "dtype", "declared_shape", "loan")
    kind = "variable"
    sharing = Sharing.NODE_NAME
    tensorflow_class = "tensorflow::Var"
    is_listed = False  # reports list variables apart

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

    def check_same(self, other: Variable) -> None:
        """Refuse a node that means a variable of another type by this one's name.

        Raises:
            InvalidArgumentError: the types differ.
        """
        if self.dtype != other.dtype:
            raise InvalidArgumentError(
                None, None, f"variable {self.name} holds {self.dtype.name}, not {other.dtype.name}"
            )

    def forget_threads(self) -> None:
        if self.loan is not None:
            self.value, self.loan = self.loan.copy(), None
        elif getattr(self.value, "is_deleted", bool)():
            self.value = None  # a program had taken it over; what it would have made of it is lost

    def cancel(self) -> None:
        """Forget the value: plans of other sessions may still refer to the variable."""
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
        self.variables: dict[tuple[str, str], Variable] = self._state.objects[Variable.kind]
        self.write_lock = self._state.write_lock
        self._policy = current_policy()
        self.is_closed = False
        self._own: Objects = defaultdict(dict)
        self._private_count = 0
        self._on_device: dict[int, tuple[Any, Any]] = {}

    def files(self, policy: Policy = EVERYTHING) -> Files:
        """The files that its operations may touch, by the policy that was in force when it was made.

        Args:
            policy: what an operation is held to besides, because it is of a model that was loaded.
        """
        from perdure.filesystem.files import Files  # few programs have operations that read files

        return Files(self._policy.and_also(policy))

    @property
    def device(self) -> str:
        """The full name of the host's device."""
        return f"{self._state.host}/device:CPU:0"

    def get(
        self, cls: type[R], node_name: str = "", container: str = "", shared_name: str = "", **details: Any
    ) -> R:
        """The object of a class that a node stands for, made when first asked for.

        Args:
            cls: the class, which says with whom it is shared.
            node_name: the node; "" for what the session has one of.
            container: where it is kept.
            shared_name: its name there, or "".
            **details: what the class's constructor wants to know beside the name.

        Raises:
            InvalidArgumentError: it exists with other properties, or they make no sense.
            CancelledError: the session is closed.
        """
        make: Callable[..., R] = cls
        if cls.sharing is Sharing.STEP:
            return make(node_name, **details)
        is_shared, place = _place(cls.sharing, node_name, container, shared_name)
        with self._lock:
            self._check_open()
            objects = (self._state.objects if is_shared else self._own)[cls.kind]
            found = objects.get(place)
            if found is None:
                name = place[1]
                if cls.sharing is Sharing.NAME and not is_shared:
                    # TensorFlow numbers what it makes as private to one node.
                    name = f"_{self._private_count}_{node_name}"
                    self._private_count += 1
                found = objects[place] = make(name, **details)
                return found
        if is_shared:
            _check_same(found, cls, place[1], details)
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

    def listed(self, shared: bool = True) -> list[tuple[str, Resource]]:
        """What reports list: names and objects; variables are listed apart.

        Args:
            shared: whether objects that other sessions may share are listed as well.
        """
        with self._lock:
            own = listed(self._own)
        return own + self._state.listed() if shared else own

    def _check_open(self) -> None:
        # A step that is being planned while its session is closed must not make what nobody closes.
        if self.is_closed or self._state.is_closed:
            raise CancelledError(None, None, "Session has been closed.")

    def forget_threads(self) -> None:
        """In a forked child: drop what threads of the parent left, in all objects."""
        free(self._lock)
        free(self.write_lock)
        if not self.write_lock._is_owned():  # type: ignore[attr-defined]  # of the interpreter's own RLock
            self.write_lock.writer = None
        for found in (*everything(self._own), *everything(self._state.objects)):
            found.forget_threads()
        self._on_device.clear()

    def close(self) -> None:
        """Give back what is the session's own; its steps that wait for a queue fail with CancelledError."""
        with self._lock:
            self.is_closed = True
            own = taken_out(self._own)
            shared = [] if self.owns_state else everything(self._state.objects)
        for found in own:
            found.cancel()
        for found in shared:
            found.cancel_steps_of(self)
        with self._lock:
            self._on_device.clear()
        if self.owns_state:
            self._state.close()


def _place(
    sharing: Sharing, node_name: str, container: str, shared_name: str
) -> tuple[bool, tuple[str, str]]:
    """Whether other sessions may share an object, and where it is kept: its container and its name."""
    if sharing is Sharing.SESSION:
        return False, ("", "")
    if sharing is Sharing.NODE:
        return False, ("", node_name)
    if sharing is Sharing.NODE_NAME:
        return True, (container, shared_name or node_name)
    return bool(shared_name), (container, shared_name or node_name)


def _check_same(found: Resource, cls: type[Resource], name: str, details: dict[str, Any]) -> None:
    """Refuse an object that was found by name, if a node means another by it."""
    if type(found).check_same is not Resource.check_same:
        make: Callable[..., Resource] = cls
        found.check_same(make(name, **details))
    elif not isinstance(found, cls):
        raise InvalidArgumentError(
            None, None, f"Shared {cls.kind} '{name}' is a {type(found).__name__}, not a {cls.__name__}"
        )
