"""The scopes that are open while a program adds operations: names, devices, colocation, control inputs.

Each is a stack of the current thread; `ScopeState.apply` gives a new operation what they say.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from perdure.graph import devices

if TYPE_CHECKING:
    from perdure.graph.operation import Operation

DeviceFunction = Callable[[Any], str]


class ControlDependencies:
    """The operations that new operations must wait for, and those made since the scope was opened.

    `seen` spares an operation control inputs that it inherits anyway from an input made in the scope.
    """

    __slots__ = ("control_inputs", "seen")

    def __init__(self, control_inputs: tuple[Operation, ...]) -> None:
        self.control_inputs = control_inputs
        self.seen: set[Operation] = set()


class ScopeState(threading.local):
    """The open scopes of one graph in the current thread."""

    def __init__(self) -> None:
        self.name = ""
        self.devices: tuple[DeviceFunction | None, ...] = ()
        self.colocation: tuple[Operation, ...] = ()
        self.control: tuple[ControlDependencies, ...] = ()
        self.container = ""
        self.attrs: dict[str, Any] = {}
        self.gradient_overrides: dict[str, str] = {}
        self.kernel_labels: dict[str, str] = {}
        self.original_op: Operation | None = None

    def control_inputs(self, inputs: Iterable[Any]) -> tuple[Operation, ...]:
        """The control inputs a new operation with these data inputs gets."""
        if not self.control:
            return ()
        input_ops = {tensor.op for tensor in inputs}
        found: dict[Operation, None] = {}
        for scope in self.control:
            if scope.seen.isdisjoint(input_ops):
                found.update((op, None) for op in scope.control_inputs if op not in input_ops)
        return tuple(found)

    def apply(self, op: Operation, use_device: bool = True) -> None:
        """Give `op` the attributes, device and colocation of the open scopes."""
        for scope in self.control:
            scope.seen.add(op)
        op._original_op = self.original_op
        if self.attrs or self.gradient_overrides or self.kernel_labels:
            self._apply_attributes(op)
        if self.devices and use_device:
            for function in reversed(self.devices):
                if function is None:
                    break
                op._set_device(function(op))
        if self.colocation:
            groups: set[bytes] = set()
            # The outermost scope that has a device decides, as in TensorFlow.
            for other in reversed(self.colocation):
                groups.update(other.colocation_groups())
                if other.device:
                    op._set_device(other.device)
            op.attrs["_class"] = sorted(groups)
        if self.container and op.signature.is_stateful and op.attrs.get("container") == "":
            op.attrs["container"] = self.container

    def _apply_attributes(self, op: Operation) -> None:
        for name, value in self.attrs.items():
            if name not in op.attrs:
                made = value(op) if callable(value) else value
                if made is not None:
                    op.attrs[name] = made
        if op.type in self.kernel_labels:
            op.attrs["_kernel"] = self.kernel_labels[op.type]
        if op.type in self.gradient_overrides:
            op.attrs["_gradient_op_type"] = self.gradient_overrides[op.type]

    @contextmanager
    def replaced(self, **values: Any) -> Iterator[None]:
        """Set some of the scopes while the block runs."""
        before = {name: getattr(self, name) for name in values}
        for name, value in values.items():
            setattr(self, name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)


def device_function(device: Any) -> DeviceFunction | None:
    """What `tf.device(device)` applies to a new operation: None cuts off the outer scopes."""
    if device is None:
        return None
    if callable(device) and not isinstance(device, devices.DeviceSpec):
        return device
    wanted = devices.canonical(device)
    # A device set by an inner scope wins over this one, field by field.
    return lambda op: devices.merge(wanted, op.device) if op.device else wanted
