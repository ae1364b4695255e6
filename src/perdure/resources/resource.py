"""What a kind of object that sessions own says of itself; the store, the kernels and the reports follow it.

A kind is a class: the op that makes its objects names it (`op("FIFOQueueV2", makes=Queue)`), the ops that use
them declare the input that is the handle (`op("QueueSizeV2", handles={"handle": Queue})`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, ClassVar, Self

import numpy as np

from perdure.graph.errors import FailedPreconditionError, InvalidArgumentError, NotFoundError, OpError


class Sharing(Enum):
    """Which nodes have an object in common, and how long it lives."""

    # Nodes of the same container and shared name, in all sessions of a server; one without a shared name has
    # an object of its own, which ends with the session.
    NAME = "by shared name"
    # As above, but the name of a node takes the place of a shared name it has not: so nodes of the same name
    # share in all sessions of a server.
    NODE_NAME = "by shared name or node name"
    # Each node has its own, which ends with the session.
    NODE = "of a node"
    # All nodes have one in common, which ends with the session.
    SESSION = "of a session"
    # Each run of a node makes its own, which ends with the step: it is a value of the step like any other.
    STEP = "of a step"


class Resource:
    """An object that a session owns between steps, or a server for its sessions, or a step.

    A subclass takes its name in messages as the first argument of its constructor, and by keyword what the
    kernel that makes it passes to `obtain`.

    Attributes:
        kind: what reports call it; objects of different kinds may have the same name.
        sharing: which nodes have one in common.
        tensorflow_class: the class in TensorFlow, which messages about handles of another kind mention.
        is_listed: whether reports list it.
        name: its name in messages.
    """

    __slots__ = ()
    kind: ClassVar[str]
    sharing: ClassVar[Sharing] = Sharing.NAME
    tensorflow_class: ClassVar[str] = "tensorflow::ResourceBase"
    is_listed: ClassVar[bool] = True
    name: str

    def __init__(self, name: str) -> None:
        self.name = name  # type: ignore[misc]  # subclasses have a place for it

    def check_same(self, other: Self) -> None:
        """Refuse a node that asks for this object by name with other properties than it has.

        Args:
            other: what the node would have made.

        Raises:
            InvalidArgumentError: they differ.
        """

    @property
    def initialized(self) -> bool:
        """Whether it can be used; what must be filled first says so."""
        return True

    @property
    def nbytes(self) -> int:
        """The size of what it holds, in bytes."""
        return 0

    @property
    def state(self) -> str:
        """What reports say of it beside its name, in a few words; "" for nothing."""
        return ""

    def in_step(self, step: Any) -> Any:
        """What a kernel gets for it; itself, unless it is something else in each step."""
        return self

    def forget_threads(self) -> None:
        """Drop what threads left that are not there, since this is a forked child; nothing by default."""

    def cancel(self) -> None:
        """Give back what it holds; steps that wait for it fail with CancelledError.  Its owner is closed."""

    def cancel_steps_of(self, owner: Any) -> None:
        """Let the steps of one session that wait fail with CancelledError, and no others."""


def check_kind(found: Any, wanted: type[Resource], by_reference: bool) -> None:
    """Refuse what a handle stands for if it is of another kind than an op deals with.

    Args:
        found: what it stands for.
        wanted: the class that the op line names.
        by_reference: whether the handle is a reference to strings, as of the older ops.

    Raises:
        NotFoundError: it is of another kind; TensorFlow looks for a name among those of the kind then.
        InvalidArgumentError: it is of another kind, or no handle: a value that was fed.
    """
    if not isinstance(found, wanted):
        raise wrong_kind(found, wanted, by_reference)


def wrong_kind(found: Any, wanted: type[Resource], by_reference: bool) -> OpError:
    """The error of `check_kind`."""
    if not isinstance(found, Resource):
        return InvalidArgumentError(
            None, None, f"a handle of a {wanted.kind} is required, but a value was fed for it"
        )
    if by_reference:
        name = f"localhost/{found.name}/{_mangled(wanted)}"
        return NotFoundError(None, None, f"Resource {name} does not exist.")
    return InvalidArgumentError(None, None, _wrong_type(type(found), wanted))


def not_a_variable(kind: type[Resource], wanted: type[Resource], name: str, reads: bool) -> OpError:
    """The error of an op that reads or writes a variable and is given what another op makes.

    Args:
        kind: the class of what it is given.
        wanted: the class of variables.
        name: the node that makes it.
        reads: whether the op only reads.
    """
    if reads:
        return FailedPreconditionError(
            None,
            None,
            f"Error while reading resource variable {name} from Container: localhost. This could mean that "
            f"the variable was uninitialized. Invalid argument: {_wrong_type(kind, wanted)}",
        )
    return InvalidArgumentError(None, None, _wrong_type(kind, wanted))


def _wrong_type(found: type[Resource], wanted: type[Resource]) -> str:
    return (
        f"Trying to access resource using the wrong type. Expected {_mangled(found)} got {_mangled(wanted)}"
    )


def _mangled(kind: type[Resource]) -> str:
    """A class as TensorFlow's messages show it: as compilers of C++ do."""
    parts = kind.tensorflow_class.split("::")
    return f"N{''.join(f'{len(part)}{part}' for part in parts)}E"


def nbytes_of(arrays: Iterable[Any]) -> int:
    """The bytes of some arrays, with those of their strings."""
    return sum(_nbytes(array) for array in arrays)


def _nbytes(array: Any) -> int:
    array = np.asarray(array)
    return sum(map(len, array.flat)) if array.dtype == object else array.nbytes
