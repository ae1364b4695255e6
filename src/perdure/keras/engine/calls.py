"""The layers that are being called, and what they make of tensors that no layer made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from perdure.graph.hooks import Hook
from perdure.graph.nest import flatten

Method = TypeVar("Method", bound=Callable[..., Any])


class KerasHistory(NamedTuple):
    """Where a tensor comes from: the output `tensor_index` of the call `node_index` of a layer."""

    layer: Any
    node_index: int
    tensor_index: int


# What is itself a layer, and made by layers: imported when it is first asked for.
create_keras_history = Hook()  # (tensors) -> layers of the operations that they were computed with
create_keras_history.bind("perdure.keras.engine.op_layers:create_keras_history")
make_mean = Hook()  # (name=) -> the metric Mean
make_mean.bind("perdure.keras.metrics.reduce:Mean")


class CallContext(threading.local):
    """The layer that is being called in this thread, with what it was called with.

    Attributes:
        layer: the layer, or None.
        inputs: what it was called on.
        frozen: whether it, or one around it, is not trainable.
        in_call: whether a layer is being called at all.
        training: the `training` argument that layers inside of it inherit.
    """

    def __init__(self) -> None:
        self.layer: Any = None
        self.inputs: Any = None
        self.frozen = False
        self.in_call = False
        self.training: Any = None

    @contextmanager
    def enter(self, layer: Any, inputs: Any, training: Any) -> Iterator[None]:
        """Be in the call of a layer."""
        before = self.layer, self.inputs, self.frozen, self.in_call, self.training
        self.layer, self.inputs, self.training = layer, inputs, training
        self.frozen = self.frozen or not layer.trainable
        self.in_call = True
        try:
            yield
        finally:
            self.layer, self.inputs, self.frozen, self.in_call, self.training = before


call_context = CallContext()


def default(method: Method) -> Method:
    """Marks a method of a base class, so that it can be told whether a subclass has its own."""
    method._is_default = True  # type: ignore[attr-defined]
    return method


def have_all_keras_metadata(tensors: Any) -> bool:
    """Whether all tensors come from layers."""
    return all(hasattr(x, "_keras_history") for x in flatten(tensors))


def needs_keras_history(tensors: Any, ignore_call_context: bool = False) -> bool:
    """Whether some tensors were computed from outputs of layers without a layer.

    Args:
        tensors: a structure of tensors.
        ignore_call_context: whether this is also asked while a layer is being called.
    """
    if call_context.in_call and not ignore_call_context:
        return False
    if all(getattr(x, "_keras_history", None) is not None for x in flatten(tensors)):
        return False
    return uses_keras_history(tensors)


def uses_keras_history(tensors: Any) -> bool:
    """Whether one of the tensors was computed from an output of a layer."""
    pending, seen = list(flatten(tensors)), set()
    while pending:
        tensor = pending.pop()
        if id(tensor) in seen or getattr(tensor, "_keras_history_checked", None) is not None:
            continue
        seen.add(id(tensor))
        if getattr(tensor, "_keras_history", None) is not None:
            return True
        pending.extend(getattr(getattr(tensor, "op", None), "inputs", ()))
    for tensor in flatten(tensors):
        if hasattr(tensor, "__dict__"):
            tensor._keras_history_checked = True
    return False
