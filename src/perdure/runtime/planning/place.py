"""On which device each operation runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from perdure.graph import errors
from perdure.graph.devices import Components, format_components, parse
from perdure.graph.errors import UnimplementedError
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.ops.registry import traits_of
from perdure.resources.state import LOCALHOST
from perdure.runtime.planning.colocation import Group, Groups, described, parsed
from perdure.runtime.planning.effects import functions_of
from perdure.runtime.planning.legality import compilable


class Placer:
    """Places operations on the devices of a session.

    As in TensorFlow, the first step places the whole graph, whatever it fetches, and so does the first
    step after the graph has grown; a session with `place_pruned_graph` places what each new step needs.
    The bodies of conditionals and loops are placed with the operations that have them.

    Args:
        cpu_count: how many CPU devices there are.
        allow_soft_placement: whether an operation whose device does not exist goes to another one instead.
        log: called with a line for each operation placed, or None.
        pruned: whether only what a step needs is placed.
        gpu_count: how many GPU devices there are.
        host: the name of the process, with which the names of its devices begin.
    """

    def __init__(
        self,
        cpu_count: int = 1,
        allow_soft_placement: bool = False,
        log: Callable[[str], None] | None = None,
        pruned: bool = False,
        gpu_count: int = 0,
        host: str = LOCALHOST,
    ) -> None:
        self.devices = [f"{host}/device:CPU:{i}" for i in range(cpu_count)]
        self.devices += [f"{host}/device:GPU:{i}" for i in range(gpu_count)]
        self._components = {name: parse(name) for name in self.devices}
        self._soft = allow_soft_placement
        self._log = log
        self.pruned = pruned
        self._placed = 0  # how many operations the graph had when it was placed
        # Which of the devices that programs name all operations on them can be, one by one.
        self._known: dict[str, str | None] = {}
        # Where operations are, if not all are on the first device.
        self._device_of: dict[Operation, str] = {}

    def place(self, needed: Collection[Operation]) -> None:
        """Check, and log, where operations run.

        Args:
            needed: the operations of a step that is being planned.

        Raises:
            InvalidArgumentError: one asks for a device that does not exist, or that contradicts another
                operation with which it belongs together.
        """
        if self.pruned:
            self._place(needed)
        elif needed:
            self.extend(next(iter(needed)).graph)

    def extend(self, graph: Graph) -> None:
        """Place the whole graph if it has grown, unless only what a step needs is placed.

        Raises:
            InvalidArgumentError: as for `place`; the next call tries again.
        """
        if self.pruned:
            return
        operations = graph.get_operations()
        if len(operations) == self._placed:
            return
        everywhere = self._log is not None or self._device_of
        if everywhere or not self._leaves_no_choice(operations[self._placed :]):
            self._place(operations)
        self._placed = len(operations)

    def _place(self, operations: Collection[Operation]) -> None:
        everything = [*operations, *_in_bodies(operations)]
        if not self._leaves_no_choice(everything):
            everything.sort(key=lambda op: op.node_id)
            self._device_of.update(_Placement(self, everything).devices)
        elif self._log is not None:
            for op in _in_order_of_placement(everything):
                self.log(op, self.devices[0])

    def log(self, op: Operation, device: str) -> None:
        """Say where an operation was placed, if that is wanted."""
        if self._log is not None:
            self._log(f"{op.name}: ({op.type}): {device}")

    def _leaves_no_choice(self, operations: Collection[Operation]) -> bool:
        """Whether operations, and those in their bodies, all go to the first device whatever they are."""
        wanted = {op._device for op in operations} | {op._device for op in _in_bodies(operations)}
        return all(self._only_choice(device) is not None for device in wanted)

    def device_of(self, op: Operation) -> str:
        """The full name of the device of an operation that was placed."""
        return self._device_of.get(op) or self.devices[0]

    def index_of(self, op: Operation) -> int:
        """The position of that device among `devices`."""
        device = self._device_of.get(op)
        return 0 if device is None else self.devices.index(device)

    def _only_choice(self, wanted: str) -> str | None:
        """The first device if `wanted` leaves no other choice whatever the operation; else None."""
        if wanted not in self._known:
            fields = parsed(wanted)
            if fields is None:
                return None
            found = self.candidates(fields) or (self.candidates(_softened(fields)) if self._soft else [])
            alone = len(self.devices) == 1 or (not wanted and self._has_cpus_only())
            # A request for the first device may still draw others there that belong together with it.
            self._known[wanted] = found[0] if alone and found else None
        return self._known[wanted]

    def _has_cpus_only(self) -> bool:
        return all(c.device_type == "CPU" for c in self._components.values())

    def candidates(self, wanted: Components) -> list[str]:
        """The devices that fit a description, the best first: accelerators, then the host."""
        fitting = [
            name
            for name, fields in self._components.items()
            if all(theirs is None or mine == theirs for mine, theirs in zip(fields, wanted, strict=True))
        ]
        return sorted(fitting, key=lambda name: self._components[name].device_type == "CPU")


class _Placement:
    """One pass over operations; `devices` has the result.

    Args:
        placer: knows the devices.
        operations: what is to be placed, in the order it was made.
    """

    def __init__(self, placer: Placer, operations: Collection[Operation]) -> None:
        self._placer = placer
        self._soft = placer._soft
        self._groups = Groups(operations, placer._soft)
        self.devices: dict[Operation, str] = {}
        self._consumers = consumers = _consumers_of(operations)
        for op in _in_order_of_placement(operations):
            group = self._groups.of(op)
            fitting = [group.assigned] if group.assigned is not None else self._fitting(op, group)
            device = fitting[0]
            if _looks_at_shape_of_one(op):
                beside = {self.devices.get(op.inputs[0].op)}
            elif _is_generator(op):
                beside = {self.devices.get(other) for other in consumers.get(op, ())}
            else:
                beside = set()
            if len(beside) == 1:
                wished = beside.pop()
                device = wished if wished in fitting else device
            self.devices[op] = group.assigned = device
            placer.log(op, device)

    def _fitting(self, op: Operation, group: Group) -> list[str]:
        """The devices that a group may be on; `op` is its first member to be placed."""
        existing = self._placer.candidates(group.requested)
        fitting = self._supported(existing, group)
        if not fitting and (self._soft or all(map(self._needs_no_gpu, group.members))):
            fitting = self._supported(self._placer.candidates(_softened(group.requested)), group)
        if fitting:
            return fitting
        listed = ", ".join(self._placer.devices)
        if parse(op._device) != group.requested:
            reason = (
                f"Could not satisfy explicit device specification '{op._device}' because the node "
                f"{described(op)} was colocated with a group of nodes that required incompatible device "
                f"'{format_components(group.requested)}'. All available devices [{listed}]. "
                f"\nColocation members, and the devices they ask for:{_listed(group.members)}"
            )
        elif existing:
            reason = (
                f"Could not satisfy explicit device specification '{op._device}' because no supported kernel "
                f"for {group.requested.device_type} devices is available.{_listed(group.members)}"
            )
        else:
            reason = (
                f"{described(op)}  was explicitly assigned to {op._device} but available devices are "
                f"[ {listed} ]. Make sure the device specification refers to a valid device."
            )
            if group.requested.device_type == "GPU" and all("GPU" not in n for n in self._placer.devices):
                reason += " The requested device appears to be a GPU, but CUDA is not enabled."
        message = f"Cannot assign a device for operation {op.name}: {reason}\n\t [[{op.name}]]"
        raise errors.InvalidArgumentError(op.node_def, op, message)

    def _needs_no_gpu(self, op: Operation) -> bool:
        """Whether only TensorFlow needs the GPU that `op` asks for; so it is with its arguments."""
        if _is_generator(op):
            consumers = self._consumers.get(op, ())
            return bool(consumers) and all(traits_of(other.type).without_gpu for other in consumers)
        return traits_of(op.type).without_gpu

    def _supported(self, devices: list[str], group: Group) -> list[str]:
        """Those of `devices` on which all members of a group can be."""
        if all(self._placer._components[name].device_type == "CPU" for name in devices):
            return devices
        on_any = all(traits_of(op.type).any_device or compilable(op) for op in group.members)
        return [d for d in devices if on_any or self._placer._components[d].device_type == "CPU"]


def _softened(wanted: Components) -> Components:
    return wanted._replace(device_type=None, device_index=None)


def _in_bodies(operations: Iterable[Operation], above: tuple[str, ...] = ()) -> Iterator[Operation]:
    """What is in the functions that operations call, but for the arguments of these.

    Raises:
        UnimplementedError: one of them calls itself, or one of `above`, which call it.
    """
    for op in operations:
        if op.signature.calls_functions:
            for function in functions_of(op):
                if function.name in above and not function.is_lifted:
                    raise UnimplementedError(
                        None,
                        op,
                        f"function '{function.name}' calls itself: recursion of functions is not supported",
                    )
                arguments = {tensor.op for tensor in function.inputs}
                inside = [other for other in function.graph.get_operations() if other not in arguments]
                yield from inside
                yield from _in_bodies(inside, (*above, function.name))


def _looks_at_shape_of_one(op: Operation) -> bool:
    """Whether TensorFlow puts `op` where its input is, since it only looks at its shape."""
    return traits_of(op.type).reads_only is not None and not op.signature.inputs[0].is_list


def _consumers_of(operations: Iterable[Operation]) -> dict[Operation, list[Operation]]:
    found: dict[Operation, list[Operation]] = {}
    for op in operations:
        for tensor in op.inputs:
            found.setdefault(tensor.op, []).append(op)
        for control in op._control_inputs:
            found.setdefault(control, []).append(op)
    return found


def _in_order_of_placement(operations: Iterable[Operation]) -> list[Operation]:
    """TensorFlow's placer leaves the operations that only produce something for a second pass."""
    return sorted(operations, key=lambda op: (_is_generator(op), op.node_id))


def _is_generator(op: Operation) -> bool:
    outputs = op.outputs
    return not op.inputs and len(outputs) == 1 and not outputs[0].dtype.is_ref_dtype


def _listed(members: Iterable[Operation]) -> str:
    in_order = sorted(members, key=lambda op: op.node_id)
    return "".join(f"\n  {op.name} ({op.type}) {op._device}" for op in in_order)
