"""Cutting a step into units: clusters that can be compiled, and stretches of host operations.

Each node gets a phase: one more than its inputs' where the kind changes, so that clusters are as large as
possible.  Accesses to a variable keep their order.  A static input (one whose value must be known to
compile) that depends on a variable, a random op or a large value is computed in an earlier phase.  Then work
moves to the latest cluster that its results allow (`sink`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from perdure.graph.operation import Operation
from perdure.graph.shapes import num_elements
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.runtime.planning.effects import calls_program, handles_inside, is_writer, may_wait
from perdure.runtime.planning.handles import apart
from perdure.runtime.planning.legality import (
    compilable,
    has_device_type,
    is_pure,
    static_inputs,
)
from perdure.runtime.planning.order import Node
from perdure.runtime.planning.simplify import Simplified
from perdure.runtime.planning.sink import Placed, check_phases, latest_phases, phases_of_varying_sizes

# A static value with more elements than this is not worth a program of its own for each value it takes.
_MAX_STATIC_ELEMENTS = 64


@dataclass
class Unit:
    """A stretch of a step that runs in one go.

    Attributes:
        compilable: whether it is a cluster.
        nodes: its nodes, in the order they run.
        before: for each of them, the nodes that must have run.
    """

    compilable: bool
    nodes: list[Node] = field(default_factory=list)
    before: list[Collection[Node]] = field(default_factory=list)


def cut(
    simplified: Simplified,
    fed: Collection[Tensor],
    variable_of: Callable[[Tensor], Operation | None],
    renewed: Collection[Operation] = (),
    interpreted: Collection[Node] = (),
) -> list[Unit]:
    """Cut a step into units.

    Args:
        simplified: the step, its nodes each behind what it depends on, readers before unordered writers.
        fed: tensors whose values are given.
        variable_of: from a tensor that refers to a variable to the operation that makes the variable.
        renewed: snapshots of variables that are in `order` more than once; their consumers count as
            readers of the variable.
        interpreted: nodes that are to be in no cluster.

    Returns:
        The units in the order they run; setup operations and constants are in none of them.
    """
    interpreted = set(interpreted)
    while True:
        cutter = _Cutter(simplified, fed, variable_of, renewed, interpreted)
        for node in simplified.whole_order:
            cutter.add(node)
        units = _units(cutter.placed, cutter.final_phases())
        found = apart(units, simplified)
        if not found:
            break
        interpreted |= found
    check_units(units, simplified, fed, renewed)
    return units


def _units(placed: Sequence[Placed], phases: Sequence[int | None]) -> list[Unit]:
    units: dict[tuple[int, bool], Unit] = {}
    # Of nodes that only order others: what they hand on.
    handed_on: dict[Node, set[Node]] = {}
    for place, phase in zip(placed, phases, strict=True):
        before: set[Node] = set()
        for node in place.before:
            before |= handed_on.get(node, {node})
        if phase is None:
            handed_on[place.node] = before
        else:
            unit = units.setdefault((phase, place.is_compilable), Unit(place.is_compilable))
            unit.nodes.append(place.node)
            unit.before.append(before)
    # Sorted keys give the order of the units: by phase, host operations first.
    return [units[key] for key in sorted(units)]


def check_units(
    units: Sequence[Unit],
    simplified: Simplified,
    fed: Collection[Tensor],
    renewed: Collection[Operation] = (),
) -> None:
    """What must hold after cutting: every node runs once, behind all it depends on.

    Raises:
        AssertionError: it does not; a bug of perdure.
    """
    seen: set[Node] = set()
    every = {node for unit in units for node in unit.nodes}
    for unit in units:
        for node in unit.nodes:
            before = {tensor.op for tensor in simplified.inputs(node) if tensor not in fed}
            before.update(node._control_inputs)
            missing = [op.name for op in before if op in every and op not in seen]
            if missing or (node in seen and node not in renewed):
                raise AssertionError(f"{node} runs before {missing}")
            seen.add(node)


class _Cutter:
    def __init__(
        self,
        simplified: Simplified,
        fed: Collection[Tensor],
        variable_of: Callable[[Tensor], Operation | None],
        renewed: Collection[Operation],
        interpreted: Collection[Node] = (),
    ) -> None:
        self.interpreted = interpreted
        self.stands_for = simplified.stands_for
        self.folded = simplified.folded
        self.silent = simplified.silent
        self.waits_for = simplified.waits_for
        self.fed = fed
        self.variable_of = variable_of
        self.renewed = renewed
        self.placed: list[Placed] = []
        self.phases: dict[Node, int] = {}
        # Of nodes that only order others: the first phases of host operations and of clusters behind them.
        self.handed_on: dict[Node, list[int]] = {}
        self.is_compilable: dict[Node, bool] = {}
        self.last_readers: dict[Operation, list[Node]] = {}
        self.last_writer: dict[Operation, Node] = {}
        self.program_calls: list[Node] = []

    def add(self, node: Node) -> None:
        if _is_preset(node):
            return
        if node in self.silent or isinstance(node, Operation) and traits_of(node.type).orders:
            before = list(self._sources(node))
            self.placed.append(Placed(node, None, False, before))
            self.handed_on[node] = [
                max((self._after(earlier, kind) for earlier in before), default=0) for kind in (False, True)
            ]
            return
        kind = isinstance(node, Operation) and (compilable(node) or self._follows_from_shapes(node))
        kind = kind and node not in self.interpreted
        phase = 0
        before = self._dependencies(node)
        for earlier in before:
            phase = max(phase, self._after(earlier, kind))
        if kind:
            for tensor in static_inputs(node):  # type: ignore[arg-type]
                tensor = self.stands_for.get(tensor, tensor)
                if tensor not in self.fed and not self._known_when_compiling(tensor, phase, {}):
                    phase = max(phase, self.phases.get(tensor.op, -1) + 1)
        self.phases[node], self.is_compilable[node] = phase, kind
        self.placed.append(Placed(node, phase, kind, before))

    def _inputs(self, node: Node) -> list[Tensor]:
        inputs = [self.stands_for.get(tensor, tensor) for tensor in node.inputs]
        return [tensor for tensor in inputs if tensor not in self.fed]

    def _in_clusters(self) -> Iterator[tuple[Operation, int]]:
        """The operations that are part of clusters, with the phase each began in."""
        for place in self.placed:
            if place.is_compilable and isinstance(place.node, Operation) and place.phase is not None:
                yield place.node, place.phase

    def final_phases(self) -> list[int | None]:
        """The phase of each of `placed`; None for those that only order others."""
        phases = [place.phase for place in self.placed]
        open_phases = self._open_phases()
        # A step that waits lets others see what it has written so far, which must not become less.
        if not open_phases or any(may_wait(place.node) for place in self.placed):
            return phases
        pinned = self._nodes_that_stay()
        while True:
            moved = latest_phases(self.placed, pinned, open_phases)
            if moved == phases:
                return phases
            misplaced = self._without_static_inputs(moved)
            # What stays has its static inputs where it had them before: nothing more can be done for it.
            if misplaced <= pinned:
                check_phases(self.placed, moved)
                return moved
            pinned |= misplaced

    def _open_phases(self) -> list[int]:
        """The clusters that are not specialised by more than the sizes of feeds."""
        clusters = {phase for _, phase in self._in_clusters()}
        if len(clusters) < 2:
            return []
        closed = phases_of_varying_sizes(self.placed, self._inputs)
        seen: dict[Tensor, bool] = {}
        for op, phase in self._in_clusters():
            if phase not in closed and not all(self._is_of_shapes(t, seen) for t in static_inputs(op)):
                closed.add(phase)
        return sorted(clusters - closed)

    def _nodes_that_stay(self) -> set[Node]:
        """Snapshots that are renewed, and their consumers; host operations that are done while compiling."""
        stay: set[Node] = {op for op, _ in self._in_clusters() if not compilable(op)}
        stay.update(self.renewed)
        for place in self.placed:
            if any(tensor.op in self.renewed for tensor in place.node.inputs):
                stay.add(place.node)
        return stay

    def _without_static_inputs(self, phases: Sequence[int | None]) -> set[Node]:
        """Nodes the static inputs of which would not be known in time, with what those depend on."""
        found: set[Node] = set()
        self.phases = {
            place.node: phase for place, phase in zip(self.placed, phases, strict=True) if phase is not None
        }
        for op, _ in self._in_clusters():
            for tensor in static_inputs(op):
                tensor = self.stands_for.get(tensor, tensor)
                if tensor not in self.fed and not self._known_when_compiling(tensor, self.phases[op], {}):
                    found |= {op, *self._behind(tensor)}
        return found

    def _behind(self, tensor: Tensor) -> set[Node]:
        """The nodes that a value is computed from."""
        found: set[Node] = set()
        waiting = [tensor.op]
        while waiting:
            op = waiting.pop()
            if op in self.phases and op not in found:
                found.add(op)
                waiting += [source.op for source in self._inputs(op)]
        return found

    def _follows_from_shapes(self, op: Operation) -> bool:
        """Whether a host operation computes on sizes and constants alone: it is done while compiling.

        Values that are fed or computed on the host do not count, although they are known by then: the
        program would be compiled anew for each of them.  Functions of the program are called in a step.
        """
        if not op.inputs or not is_pure(op) or calls_program(op):
            return False
        if not all(map(has_device_type, op.outputs)):
            return False
        seen: dict[Tensor, bool] = {}
        return all(self._is_of_shapes(tensor, seen) for tensor in op.inputs)

    def _is_of_shapes(self, tensor: Tensor, seen: dict[Tensor, bool]) -> bool:
        tensor = self.stands_for.get(tensor, tensor)
        if tensor in seen:
            return seen[tensor]
        op = tensor.op
        if tensor in self.fed:
            result = False
        elif tensor in self.folded or op.type == "Const" or traits_of(op.type).reads_only is not None:
            result = True
        elif not self.is_compilable.get(op, False) or not is_pure(op):
            result = False
        else:
            seen[tensor] = True
            result = all(self._is_of_shapes(source, seen) for source in op.inputs)
        seen[tensor] = result
        return result

    def _after(self, earlier: Node, kind: bool) -> int:
        """The first phase in which a node of `kind` may run behind `earlier`."""
        if earlier in self.handed_on:
            return self.handed_on[earlier][kind]
        if earlier not in self.phases:
            return 0
        phase = self.phases[earlier]
        return phase + (self.is_compilable[earlier] != kind)

    def _dependencies(self, node: Node) -> list[Node]:
        found = list(self._sources(node))
        read, written = self._variables(node)
        for variable in read:
            if variable in self.last_writer:
                found.append(self.last_writer[variable])
            self.last_readers.setdefault(variable, []).append(node)
        for variable in written:
            found += [other for other in self.last_readers.pop(variable, ()) if other is not node]
            if variable in self.last_writer:
                found.append(self.last_writer[variable])
            self.last_writer[variable] = node
        if is_writer(node):
            # What was written is handed over before the program's own functions are called, and would stay
            # if the step failed then.
            found += self.program_calls
        if calls_program(node):
            self.program_calls.append(node)
        return found

    def _sources(self, node: Node) -> Iterator[Node]:
        """What a node takes values from or waits for; a constant hands on what it waits for."""
        for tensor in node.inputs:
            if tensor in self.waits_for:
                yield self.waits_for[tensor]
                continue
            tensor = self.stands_for.get(tensor, tensor)
            if tensor not in self.fed and tensor not in self.folded:
                yield from self._sources(tensor.op) if _is_preset(tensor.op) else (tensor.op,)
        for control in node._control_inputs:
            yield from self._sources(control) if _is_preset(control) else (control,)

    def _variables(self, node: Node) -> tuple[list[Operation], list[Operation]]:
        """The variables a node reads and writes."""
        touched: list[Operation] = []
        consumed: list[Operation] = []
        for tensor in (*node.inputs, *handles_inside(node)):
            if tensor in self.fed:
                continue
            variable = self.variable_of(tensor)
            if variable is not None:
                touched.append(variable)
            elif tensor.op in self.renewed:
                variable = self.variable_of(tensor.op.inputs[0])
                if variable is not None:
                    consumed.append(variable)
        if not touched:
            return consumed, []
        if is_writer(node):
            return consumed, touched
        return touched + consumed, []

    def _known_when_compiling(self, tensor: Tensor, phase: int, seen: dict[Tensor, bool]) -> bool:
        """Whether the value of a static input is known when a cluster of `phase` is compiled."""
        tensor = self.stands_for.get(tensor, tensor)
        if tensor in seen:
            return seen[tensor]
        op = tensor.op
        if tensor in self.fed:
            result = _is_small(tensor)
        elif tensor in self.folded or op.type == "Const":
            result = True
        elif op not in self.phases:
            result = False  # a variable
        elif not self.is_compilable[op] or self.phases[op] < phase:
            result = _is_small(tensor)
        elif traits_of(op.type).reads_only is not None:
            result = True
        elif not is_pure(op):  # and what calls functions, whose results are traced whatever they take
            result = False
        else:
            seen[tensor] = True
            result = all(self._known_when_compiling(source, phase, seen) for source in op.inputs)
        seen[tensor] = result
        return result


def _is_preset(node: Node) -> bool:
    """Whether a node has its value before a step begins."""
    return isinstance(node, Operation) and (node.type == "Const" or is_setup(node))


def is_setup(op: Operation) -> bool:
    """Whether `op` makes a handle that is the same in every step."""
    return traits_of(op.type).setup


def _is_small(tensor: Tensor) -> bool:
    shape = tensor._shape
    if shape is None:
        return False
    count = num_elements(shape)
    if count is None:
        # A vector of unknown length that is fed as a shape or a list of axes is short in practice.
        return len(shape) == 1
    return count <= _MAX_STATIC_ELEMENTS
