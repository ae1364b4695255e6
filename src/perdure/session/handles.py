"""Tensors that stay in a session between steps, and the handles programs hold of them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from perdure.graph.builder import g
from perdure.graph.defaults import colocate_with, device
from perdure.graph.devices import DeviceSpec
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.forking import free_in_children
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.resources.kept_tensors import KeptTensors
from perdure.runtime.execution.step import fetched

if TYPE_CHECKING:
    from perdure.session.session import BaseSession

_making = free_in_children(threading.RLock())
# After so many handles were dropped, a session forgets their tensors.
_DEAD_HANDLES = 10


class TensorHandle:
    """A tensor that a session keeps, as `session.run(tf.get_session_handle(...))` returns it.

    A handle that is dropped lets the session forget the tensor.

    Args:
        handle: the name the session knows the tensor by.
        dtype: the tensor's type.
        session: the session.
    """

    def __init__(self, handle: Any, dtype: DType, session: BaseSession) -> None:
        self._handle = handle.decode() if isinstance(handle, bytes) else str(handle)
        self._dtype = dtype
        self._session = session
        self._auto_gc_enabled = True

    def __del__(self) -> None:
        if getattr(self, "_auto_gc_enabled", False):
            self._session._register_dead_handle(self._handle)

    def __str__(self) -> str:
        return self._handle

    @property
    def handle(self) -> str:
        """The name the session knows the tensor by; what is fed to `get_session_tensor`'s placeholder."""
        return self._handle

    def eval(self) -> Any:
        """The tensor's value.

        Raises:
            TypeError: the tensor was deleted, or the handle given away.
        """
        self._check_alive()
        holder, reader = _made_once(self._session.graph, "reader", self._handle, self._dtype)
        return self._session.run(reader, {holder: self._handle})

    def delete(self) -> None:
        """Let the session forget the tensor.

        Raises:
            TypeError: it was deleted already, or the handle given away.
        """
        self._check_alive()
        self._auto_gc_enabled = False
        holder, deleter = _made_once(self._session.graph, "deleter", self._handle, self._dtype)
        self._session.run(deleter, {holder: self._handle})

    def get_raw_handle(self) -> str:
        """The name, for a program that deletes the tensor itself."""
        self._auto_gc_enabled = False
        return self._handle

    def value_for_feed(self, tensor: Tensor) -> Any:
        """The kept value, which is fed for `tensor`; without axes it is no array, also when it is fetched.

        Raises:
            InvalidArgumentError: the session has forgotten it.
            InvalidArgumentError: it is of another type.
        """
        if tensor.dtype.base_dtype != self._dtype.base_dtype:
            raise InvalidArgumentError(
                None,
                tensor.op,
                f"Expects arg[0] to be {tensor.dtype.name} but {self._dtype.name} is provided: {tensor.name} "
                f"cannot be fed the tensor of handle {self._handle}",
            )
        return fetched(self._session._resources.get(KeptTensors).get(self._handle))

    def _check_alive(self) -> None:
        if not self._auto_gc_enabled:
            raise TypeError(f"Persistent tensor {self._handle} may have already been deleted.")


def get_session_handle(data: Tensor, name: str | None = None) -> Tensor:
    """A tensor whose value, when fetched, is a `TensorHandle` of `data` kept in the session.

    Args:
        data: the tensor to keep.
        name: name of the operation.

    Raises:
        TypeError: `data` is not a Tensor.
    """
    if not isinstance(data, Tensor):
        raise TypeError("`data` must be of type Tensor.")
    with colocate_with(data):
        return g.get_session_handle(data, name=name)


def get_session_tensor(handle: Any, dtype: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """The value of a tensor kept by an earlier step.

    Args:
        handle: a handle (or its name), which says on which device to read.
        dtype: the tensor's type.
        name: name of the operation.

    Returns:
        A placeholder to feed the handle's name for, and the tensor.
    """
    with device(_device_of(handle)):
        holder = g.placeholder(dtype="string")
        return holder, g.get_session_tensor(holder, dtype=as_dtype(dtype), name=name)


def delete_session_tensor(handle: Any, name: str | None = None) -> tuple[Tensor, Operation]:
    """An operation that lets the session forget a tensor kept by an earlier step.

    Args:
        handle: a handle (or its name), which says on which device.
        name: name of the operation.

    Returns:
        A placeholder to feed the handle's name for, and the operation.
    """
    with device(_device_of(handle)):
        holder = g.placeholder(dtype="string")
        return holder, g.delete_session_tensor(holder, name=name)


def is_handle(tensor: Tensor) -> bool:
    """Whether fetching `tensor` gives a TensorHandle."""
    return tensor.op.type in ("GetSessionHandle", "GetSessionHandleV2")


def handles_for(values: list[Any], tensors: tuple[Tensor, ...], session: BaseSession) -> list[Any]:
    """Fetched values with TensorHandles in place of the names of kept tensors."""
    _forget_dead(session)
    return [
        TensorHandle(value.item() if isinstance(value, np.ndarray) else value, t.op.inputs[0].dtype, session)
        if is_handle(t)
        else value
        for t, value in zip(tensors, values, strict=True)
    ]


def _forget_dead(session: BaseSession) -> None:
    """Let the session forget the tensors of handles that were dropped, once there are enough of them."""
    dead = session._dead_handles
    if len(dead) >= _DEAD_HANDLES:
        kept = session._resources.get(KeptTensors)
        while dead:
            kept.discard(dead.pop())


def _device_of(handle: Any) -> str:
    return DeviceSpec.from_string(str(handle).split(";")[-1]).to_string()


def _made_once(graph: Graph, kind: str, handle: str, dtype: DType) -> tuple[Tensor, Any]:
    """Placeholder and reader (or deleter) of handles of an operation, made when first needed."""
    known: dict[Any, Any] = graph.__dict__.setdefault("_handle_nodes", {})
    parts = handle.split(";")
    # TensorFlow makes a reader for each operation and device that handles come from, and one deleter.
    key = (kind, parts[0], parts[-1]) if kind == "reader" else kind
    with _making:
        if key not in known:
            with graph.as_default():
                known[key] = (
                    get_session_tensor(handle, dtype) if kind == "reader" else delete_session_tensor(handle)
                )
        return known[key]
