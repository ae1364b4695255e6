"""On which device each operation runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from perdure.graph import errors
from perdure.graph.devices import DeviceSpec, merge
from perdure.graph.operation import Operation
from perdure.graph.source import source_line

_HOST = "/job:localhost/replica:0/task:0"


class Placer:
    """Places operations on the devices of a session, each operation once.

    Args:
        device_count: how many CPU devices there are.
        allow_soft_placement: whether an operation whose device does not exist goes to the CPU instead.
        log: called with a line for each operation placed, or None.
    """

    def __init__(
        self,
        cpu_count: int = 1,
        allow_soft_placement: bool = False,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self.devices = [f"{_HOST}/device:CPU:{i}" for i in range(cpu_count)]
        self._soft = allow_soft_placement
        self._log = log
        self._known: dict[str, str] = {"": self.devices[0]}

    def place(self, operations: Iterable[Operation]) -> None:
        """Check, and log, where `operations` run.

        Raises:
            InvalidArgumentError: one asks for a device that does not exist.
        """
        for op in operations:
            if op._device not in self._known:
                self._known[op._device] = self._resolve(op)
        if self._log is not None:
            for op in sorted(operations, key=lambda op: op.node_id):
                self._log(f"{op.name}: ({op.type}): {self._known[op._device]}")

    def device_of(self, op: Operation) -> str:
        """The full name of the device of an operation that was placed."""
        return self._known[op._device]

    def _resolve(self, op: Operation) -> str:
        wanted = DeviceSpec.from_string(op._device)
        default_index = 0 if wanted.device_index is None else wanted.device_index
        kind = (wanted.device_type or "CPU").upper()
        full = merge(f"{_HOST}/device:{kind}:{default_index}", op._device)
        full = DeviceSpec.from_string(full).to_string()
        if full in self.devices:
            return full
        if self._soft and full.startswith(_HOST):
            return self.devices[0]
        line = source_line(op._site)
        where = "" if line is None else f" (defined at {line.filename}:{line.lineno}) "
        raise errors.InvalidArgumentError(
            op.node_def,
            op,
            f"Cannot assign a device for operation {op.name}: node {op.name}{where} was explicitly "
            f"assigned to {op._device} but available devices are [ {', '.join(self.devices)} ]. Make sure "
            "the device specification refers to a valid device.",
        )
