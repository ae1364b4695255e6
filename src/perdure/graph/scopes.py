"""The scopes that are open while a program adds operations: names, devices, colocation, control inputs.

Each is a stack of the current thread; `ScopeState.apply` gives a new operation what they say.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import ContextDecorator
from typing import TYPE_CHECKING, Any

from perdure.graph import devices

if TYPE_CHECKING:
    from perdure.graph.control_flow import ControlFlowContext
    from perdure.graph.graph import Graph
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
        self.control_flow: ControlFlowContext | None = None
        self.container = ""
        self.attrs: dict[str, Any] = {}
        self.gradient_overrides: dict[str, str] = {}
        self.kernel_labels: dict[str, str] = {}
        self.original_op: Operation | None = None
        # Functions that take part in making variables, with their priorities, outermost first.
        self.variable_creators: list[tuple[int, Any]] = []

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

    def has_seen(self, op: Operation) -> None:
        """Note that `op` waits for all that the open scopes wait for."""
        for scope in self.control:
            scope.seen.add(op)

    def apply(self, op: Operation, use_device: bool = True) -> None:
        """Give `op` the attributes, device and colocation of the open scopes."""
        self.has_seen(op)
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

    def replaced(self, **values: Any) -> Replaced:
        """Set some of the scopes while a block runs."""
        return Replaced(self, values)


class Replaced(ContextDecorator):
    """Sets some of the open scopes while a block runs.

    A class, since thousands are entered while a network is built and a generator takes three times as long.

    Args:
        state: the scopes.
        values: new values by name.
    """

    def __init__(self, state: ScopeState, values: dict[str, Any]) -> None:
        self._state = state
        self._values = values

    def _recreate_cm(self) -> Replaced:  # for each call of a function that it decorates
        return Replaced(self._state, self._values)

    def __enter__(self) -> None:
        scopes = self._state.__dict__  # those of this thread
        self._before = {name: scopes[name] for name in self._values}
        scopes.update(self._values)

    def __exit__(self, *exc_info: object) -> None:
        self._state.__dict__.update(self._before)


class NameScope(ContextDecorator):
    """Prefixes the names of the operations made in a block; see `Graph.name_scope`."""

    def __init__(self, graph: Graph, name: str | None) -> None:
        self._graph = graph
        self._name = name

    def _recreate_cm(self) -> NameScope:  # for each call of a function that it decorates
        return NameScope(self._graph, self._name)

    def __enter__(self) -> str:
        scopes = self._graph.scopes
        outer = scopes.name
        name = self._graph.open_name_scope(self._name)
        self._outer, scopes.name = outer, name
        return name + "/" if name else ""

    def __exit__(self, *exc_info: object) -> None:
        self._graph.scopes.name = self._outer


def device_function(device: Any) -> DeviceFunction | None:
    """What `tf.device(device)` applies to a new operation: None cuts off the outer scopes."""
    if device is None:
        return None
    if callable(device) and not isinstance(device, devices.DeviceSpec):
        return device
    wanted = devices.canonical(device)
    # A device set by an inner scope wins over this one, field by field.
    return lambda op: devices.merge(wanted, op.device) if op.device else wanted


def strip_name_scope(name: str, export_scope: str | None) -> str:
    """A name, or a colocation group, without a scope in front of it."""
    if not export_scope:
        return name
    scope = export_scope.rstrip("/")
    for mark in "^", "loc:@", "":
        if name.startswith(f"{mark}{scope}/"):
            return mark + name[len(mark) + len(scope) :].lstrip("/")
    return name


def prepend_name_scope(name: str, import_scope: str | None) -> str:
    """A name, or a colocation group, with a scope in front of it."""
    if not import_scope:
        return name
    scope = import_scope.rstrip("/")
    for mark in "^", "loc:@":
        if name.startswith(mark):
            return f"{mark}{scope}/{name[len(mark) :]}"
    return f"{scope}/{name}"
