"""What steps leave behind for other steps by container and name: variables, shared queues and the like."""

from __future__ import annotations

import threading
from _thread import RLock
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from perdure.resources import memory

if TYPE_CHECKING:
    from perdure.resources.resources import Variable

LOCALHOST = "/job:localhost/replica:0/task:0"


class WriteLock(RLock):  # type: ignore[misc]  # it is final in the stubs only
    """The lock of the step that writes.

    Attributes:
        writer: the step; of several of one thread the innermost.
    """

    writer: Any = None


class State:
    """One session's own, or shared by the sessions of a server; whoever made it closes it.  Thread-safe.

    Args:
        host: the name of the process, to which the names of its devices are added.
        container: the name of the container that operations are in that name none.

    Attributes:
        host, container: as given.
        lock: held while something is looked up or made; never while a step runs.
        variables: by container and name.
        stores: other objects, by kind, container and name.
        write_lock: held from a step's first write to its end, so that updates of two steps do not interleave.
        is_closed: whether everything was given back.
    """

    def __init__(self, host: str = LOCALHOST, container: str = "localhost") -> None:
        self.host = host
        self.container = container
        self.lock = threading.Lock()
        self.variables: dict[tuple[str, str], Variable] = {}
        self.stores: dict[tuple[str, str, str], Any] = {}
        self.write_lock = WriteLock()
        self.is_closed = False

    def clear(self, containers: Collection[str]) -> None:
        """Drop what is in some containers; steps that wait for something there fail with CancelledError."""
        with self.lock:
            keys = [key for key in self.stores if (key[1] or self.container) in containers]
            stores = [self.stores.pop(key) for key in keys]
            names = [key for key in self.variables if (key[0] or self.container) in containers]
            variables = [self.variables.pop(name) for name in names]
        self._drop(stores, variables)

    def close(self) -> None:
        """Give everything back; steps that wait for a queue fail with CancelledError."""
        with self.lock:
            self.is_closed = True
            stores, variables = list(self.stores.values()), list(self.variables.values())
            self.stores.clear()
            self.variables.clear()
        self._drop(stores, variables)

    def _drop(self, stores: list[Any], variables: list[Variable]) -> None:
        for stored in stores:
            if hasattr(stored, "cancel"):
                stored.cancel()
        for variable in variables:
            variable.drop()  # plans of other sessions may still refer to it
        if variables:
            memory.give_back()
