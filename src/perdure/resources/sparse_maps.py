"""Sparse tensors that a session keeps under handles, so that they can go through a queue."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.forking import free_in_children
from perdure.resources.resource import Resource, Sharing, nbytes_of


class Sparse(NamedTuple):
    """A sparse tensor: indices (n, rank), values (n,), and its dense shape."""

    indices: np.ndarray
    values: np.ndarray
    shape: np.ndarray


class SparseTensorsMap(Resource):
    """Keeps sparse tensors by number, each until it is taken.  Thread-safe.

    Args:
        name: its name in messages.
    """

    kind = "map of sparse tensors"
    sharing = Sharing.NODE_NAME
    tensorflow_class = "tensorflow::SparseTensorsMap"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._lock = free_in_children(threading.RLock())
        self._tensors: dict[int, Sparse] = {}
        self._next = 0

    def add(self, tensors: Iterable[Sparse]) -> np.ndarray:
        """Keep some tensors; returns their handles, int64."""
        with self._lock:
            handles = []
            for tensor in tensors:
                self._tensors[self._next] = tensor
                handles.append(self._next)
                self._next += 1
        return np.array(handles, np.int64)

    def take(self, handles: Iterable[int]) -> list[Sparse]:
        """The tensors of some handles, which are kept no longer.

        Raises:
            InvalidArgumentError: a handle is unknown.
        """
        with self._lock:
            return [self._taken(int(handle)) for handle in handles]

    @property
    def nbytes(self) -> int:
        """The size of what is kept, in bytes."""
        with self._lock:
            return sum(map(nbytes_of, self._tensors.values()))

    @property
    def state(self) -> str:
        """How many tensors are kept."""
        return f"{len(self._tensors)} tensors"

    def cancel(self) -> None:
        """Forget them all."""
        with self._lock:
            self._tensors.clear()

    def _taken(self, handle: int) -> Sparse:
        try:
            return self._tensors.pop(handle)
        except KeyError:
            raise InvalidArgumentError(
                None, None, f"Unable to find SparseTensor: {handle} in map: {self.name}"
            ) from None
