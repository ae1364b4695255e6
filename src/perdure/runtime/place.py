"""On which device each operation runs."""

from __future__ import annotations

from collections.abc import Callable, Collection

from perdure.graph import errors
from perdure.graph.devices import DeviceSpec, merge
from perdure.graph.operation import Operation
from perdure.graph.source import source_line

_HOST = "/job:localhost/replica:0/task:0"


class Placer:
    """Places operations on the devices of a session.

    As in TensorFlow, the first step places the whole graph, whatever it fetches, and so does the first
    step after the graph has grown; a session with `place_pruned_graph` places what each new step needs.

    Args:
        cpu_count: how many CPU devices there are.
        allow_soft_placement: whether an operation whose device does not exist goes to the CPU instead.
        log: called with a line for each operation placed, or None.
        pruned: whether only what a step needs is placed.
    """

    def __init__(
        self,
        cpu_count: int = 1,
        allow_soft_placement: bool = False,
        log: Callable[[str], None] | None = None,
        pruned: bool = False,
    ) -> None:
        self.devices = [f"{_HOST}/device:CPU:{i}" for i in range(cpu_count)]
        self._soft = allow_soft_placement
        self._log = log
        self.pruned = pruned
        self._placed = 0  # how many operations the graph had when it was placed
        self._known: dict[str, str] = {"": self.devices[0]}

    def place(self, needed: Collection[Operation]) -> None:
        """Check, and log, where operations run.

        Args:
            needed: the operations of a step that is being planned.

        Raises:
            InvalidArgumentError: one asks for a device that does not exist.
        """
        if not needed:
            return
        operations: Collection[Operation] = needed
        if not self.pruned:
            operations = next(iter(needed)).graph.get_operations()
            if len(operations) == self._placed:
                return
        for op in operations:
            if op._device not in self._known:
                self._known[op._device] = self._resolve(op)
        if not self.pruned:
            self._placed = len(operations)
        if self._log is not None:
            # TensorFlow's placer leaves the operations that only produce something for a second pass.
            for op in sorted(operations, key=lambda op: (_is_generator(op), op.node_id)):
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


def _is_generator(op: Operation) -> bool:
    outputs = op.outputs
    return not op.inputs and len(outputs) == 1 and not outputs[0].dtype.is_ref_dtype
