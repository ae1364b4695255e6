"""Tensors that a session keeps between steps, for `tf.get_session_handle`."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.forking import free_in_children
from perdure.resources.resource import Resource, Sharing


class KeptTensors(Resource):
    """The values a session keeps, by handle.  Thread-safe.

    Args:
        name: "": a session has one.
    """

    kind = "kept tensors"
    sharing = Sharing.SESSION

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._lock = free_in_children(threading.RLock())
        self._values: dict[str, np.ndarray] = {}
        self._count = 0

    def keep(self, node_name: str, value: Any, device: str) -> bytes:
        """Keep a value; returns its handle, which names the node that made it and the device."""
        # NumPy's own strings would lose the zeros at their end.
        array = np.array(value, dtype=object if isinstance(value, bytes) else None)
        array.flags.writeable = False
        with self._lock:
            handle = f"{node_name};{self._count};{device}"
            self._count += 1
            self._values[handle] = array
        return handle.encode()

    def get(self, handle: Any) -> np.ndarray:
        """The value of a handle.

        Raises:
            InvalidArgumentError: there is none.
        """
        name = _text(handle)
        try:
            return self._values[name]
        except KeyError:
            raise InvalidArgumentError(
                None, None, f"The tensor with handle '{name}' is not in the session store."
            ) from None

    def delete(self, handle: Any) -> None:
        """Forget a value.

        Raises:
            InvalidArgumentError: there is none.
        """
        name = _text(handle)
        with self._lock:
            if self._values.pop(name, None) is None:
                raise InvalidArgumentError(
                    None, None, f"Failed to delete a tensor with handle '{name}' in the session store."
                )

    def discard(self, handle: str) -> None:
        """Forget a value if it is there."""
        with self._lock:
            self._values.pop(handle, None)

    @property
    def nbytes(self) -> int:
        """The size of all values, in bytes."""
        return sum(value.nbytes for value in list(self._values.values()))

    def cancel(self) -> None:
        """Forget everything; the session is closed."""
        with self._lock:
            self._values.clear()


def _text(handle: Any) -> str:
    item = handle.item() if hasattr(handle, "item") else handle
    return item.decode() if isinstance(item, bytes) else str(item)
