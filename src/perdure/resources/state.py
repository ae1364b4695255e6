"""What steps leave behind for other steps by container and name: variables, shared queues and the like."""

from __future__ import annotations

import threading
from _thread import RLock
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from perdure.resources import memory
from perdure.resources.resource import Resource

# What a session or a server has: by kind, then by container and name.
Objects = defaultdict[str, dict[tuple[str, str], Any]]
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
        objects: what has a name that others know, by kind, container and name.
        write_lock: held from a step's first write to its end, so that updates of two steps do not interleave.
        is_closed: whether everything was given back.
    """

    def __init__(self, host: str = LOCALHOST, container: str = "localhost") -> None:
        self.host = host
        self.container = container
        self.lock = threading.RLock()
        self.objects: Objects = defaultdict(dict)
        self.write_lock = WriteLock()
        self.is_closed = False

    def listed(self) -> list[tuple[str, Resource]]:
        """What reports list: names and objects."""
        with self.lock:
            return listed(self.objects)

    def clear(self, containers: Collection[str]) -> None:
        """Drop what is in some containers; steps that wait for something there fail with CancelledError."""
        with self.lock:
            dropped = [
                objects.pop(place)
                for objects in self.objects.values()
                for place in list(objects)
                if (place[0] or self.container) in containers
            ]
        _drop(dropped)

    def close(self) -> None:
        """Give everything back; steps that wait for a queue fail with CancelledError."""
        with self.lock:
            self.is_closed = True
            dropped = taken_out(self.objects)
        _drop(dropped)


def _drop(objects: list[Resource]) -> None:
    any_memory = any(found.nbytes for found in objects)
    for found in objects:
        found.cancel()
    if any_memory:
        memory.give_back()


def everything(objects: Objects) -> list[Resource]:
    """All objects of a store."""
    return [found for of_kind in objects.values() for found in of_kind.values()]


def taken_out(objects: Objects) -> list[Resource]:
    """All objects of a store, which is empty afterwards."""
    found = everything(objects)
    if found:
        for of_kind in objects.values():  # plans keep the dictionaries
            of_kind.clear()
    return found


def listed(objects: Objects) -> list[tuple[str, Resource]]:
    """What reports list of a store: names and objects."""
    return [
        (name, found)
        for of_kind in objects.values()
        for (_, name), found in of_kind.items()
        if found.is_listed
    ]
