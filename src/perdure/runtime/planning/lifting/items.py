"""What there is to do in each frame of a step, and what must come before what.

An item is an operation, the move of one input of a Merge to what the Merge hands on, or a whole
loop.  Nothing is left to do for other control flow nodes: what they hand on is what they take.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.ops.traits import ENTER, EXIT, LOOP_COND, MERGE, SWITCH
from perdure.runtime.planning.effects import has_effects, is_writer, variable_behind
from perdure.runtime.planning.lifting.frames import Frames, LoopFrame, flow_of, is_back_edge
from perdure.runtime.planning.lifting.liveness import Liveness, Loop
from perdure.runtime.planning.lifting.predicates import Predicate


@dataclass(eq=False, slots=True)
class Item:
    """Something to do.

    Attributes:
        lives: when it is done.
        op: the operation, or the Merge.
        place: which input of a Merge is moved; -1 for an operation.
        loop: the loop.
        takes: the tensors it takes.
        makes: the tensors it makes.
        waits: the items it waits for though it takes nothing of theirs.
        before: all items of its frame that come before it.
        writes: whether it changes variables.
    """

    lives: Predicate
    op: Operation
    place: int = -1
    loop: Loop | None = None
    takes: list[Tensor] = field(default_factory=list)
    makes: list[Tensor] = field(default_factory=list)
    waits: list[Item] = field(default_factory=list)
    before: set[Item] = field(default_factory=set)
    writes: bool = False

    @property
    def awaited(self) -> Iterable[Item]:
        """What a conditional waits for that it is done in; references are taken into none."""
        return self.before if any(tensor.dtype.is_ref_dtype for tensor in self.takes) else self.waits


class Items:
    """The items of a step.

    Args:
        frames: its operations.
        live: when they live.
        fed: tensors whose values are given.
        wanted: the tensors that are fetched.

    Attributes:
        of: those of each frame, in the order in which the program made them.
        users: the items that take a tensor, or ask it whether they are done.
    """

    def __init__(
        self, frames: Frames, live: Liveness, fed: Collection[Tensor], wanted: Collection[Tensor]
    ) -> None:
        self._frames = frames
        self._live = live
        self._fed = fed
        self.of: dict[LoopFrame | None, list[Item]] = {None: []}
        self.of.update((frame, []) for frame in frames.loops)
        self.users: dict[Tensor, set[Item]] = {}
        self._by_op: dict[Operation, list[Item]] = {}
        self._loop_items: dict[LoopFrame, Item] = {}
        self._before: dict[Operation, dict[Item, None]] = {}
        self._written: dict[LoopFrame, frozenset[Operation]] = {}
        self._indices = {
            tensor for op in frames.order for tensor in op.inputs if tensor.value_index == 1
        } | set(wanted)
        for op in frames.order:
            self._add(op)
        for frame in reversed(frames.loops):
            self._add_loop(live.loops[frame])
        for items in self.of.values():
            items.sort(key=lambda item: item.op.node_id)
            mine = set(items)
            for item in items:
                self._connect(item, mine)

    def source(self, tensor: Tensor) -> Tensor:
        """What has the value of a tensor, behind all nodes that only hand it on."""
        while tensor not in self._fed:
            flow = flow_of(tensor.op)
            constant = flow is ENTER and tensor.op.attrs["is_constant"]
            if not (constant or flow in (SWITCH, LOOP_COND)):
                break
            tensor = tensor.op.inputs[0]
        return tensor

    def is_in_loop(self, item: Item) -> bool:
        """Whether an item is part of the frame of a loop."""
        return item.loop is not None or self._frames.of[item.op] is not None

    def doing(self, op: Operation) -> Iterable[Item]:
        """The items that do an operation."""
        return self._by_op.get(op, ())

    def condition(self, number: int) -> Tensor:
        """What has the value of a condition of predicates."""
        return self.source(self._live.made.conditions[number])

    def conditions(self, item: Item) -> Iterator[Tensor]:
        """What decides whether an item is done."""
        for number in self._live.made.asked(item.lives):
            yield self.condition(number)

    def written(self, items: Iterable[Item]) -> frozenset[Operation]:
        """The makers of variables that items may change."""
        found: set[Operation] = set()
        for item in items:
            if item.loop is not None:
                found |= self.written(self.of[item.loop.frame])
            elif item.writes:
                found.update(v for t in item.op.inputs if (v := variable_behind(self.source(t))) is not None)
        return frozenset(found)

    # -- making them -----------------------------------------------------------------------

    def _add(self, op: Operation) -> None:
        flow, frame = flow_of(op), self._frames.of[op]
        if flow is MERGE:
            if any(is_back_edge(tensor.op, op) for tensor in op.inputs):
                return
            makes = [
                t for t in op.outputs if t not in self._fed and (not t.value_index or t in self._indices)
            ]
            for place, tensor in enumerate(op.inputs):
                lives = self._live.of_value(tensor)
                item = Item(lives, op, place, None, [self.source(tensor)], makes)
                self._by_op.setdefault(op, []).append(item)
                self.of[frame].append(item)
        elif flow is None and not _is_free(op):
            takes = [self.source(tensor) for tensor in op.inputs]
            makes = [tensor for tensor in op.outputs if tensor not in self._fed]
            item = Item(self._live.of(op), op, -1, None, takes, makes, writes=is_writer(op))
            self._by_op[op] = [item]
            self.of[frame].append(item)

    def _add_loop(self, loop: Loop) -> None:
        inside = self.of[loop.frame]
        item = Item(loop.lives, loop.condition, -1, loop)
        item.writes = any(each.writes for each in inside)
        taken: dict[Tensor, None] = {}
        for enter in loop.frame.enters:
            taken[self.source(enter.inputs[0])] = None
        for each in inside:
            for tensor in (*each.takes, *self.conditions(each)):
                if not self._is_inside(tensor, loop.frame):
                    taken[tensor] = None
        item.takes = list(taken)
        item.makes = [tensor for op in loop.exits for tensor in op.outputs if tensor not in self._fed]
        self._loop_items[loop.frame] = item
        self.of[loop.frame.outer].append(item)

    def _is_inside(self, tensor: Tensor, frame: LoopFrame) -> bool:
        inside = None if tensor in self._fed else self._frames.outside(tensor.op)
        while inside is not None and inside is not frame:
            inside = inside.outer
        return inside is frame

    # -- what comes before what ------------------------------------------------------------

    def _connect(self, item: Item, mine: set[Item]) -> None:
        waits: dict[Item, None] = {}
        if item.loop is not None:
            for enter in item.loop.frame.enters:
                waits.update(self._behind_value(enter.inputs[0]))
                for control in enter._control_inputs:
                    waits.update(self._behind(control))
        else:
            inputs = item.op.inputs if item.place < 0 else [item.op.inputs[item.place]]
            for tensor in inputs:
                waits.update(self._behind_value(tensor))
            for control in item.op._control_inputs:
                waits.update(self._behind(control))
        waits.pop(item, None)
        item.waits = list(waits)
        item.before.update(waits)
        for tensor in item.takes:
            item.before.update(self.makers(tensor))
            self.users.setdefault(tensor, set()).add(item)
        for tensor in self.conditions(item):
            item.before.update(self.makers(tensor))
            self.users.setdefault(tensor, set()).add(item)
        item.before &= mine
        item.waits = [each for each in item.waits if each in mine]

    def makers(self, tensor: Tensor) -> Iterable[Item]:
        """The items that make a tensor."""
        if tensor in self._fed:
            return ()
        op = tensor.op
        if flow_of(op) is EXIT:
            frame = self._frames.of[op]
            return () if frame is None else (self._loop_items[frame],)
        return self._by_op.get(op, ())

    def _behind_value(self, tensor: Tensor) -> dict[Item, None]:
        """What is waited for by those that take a tensor, because of the nodes that hand it on."""
        found: dict[Item, None] = {}
        while tensor not in self._fed:
            op = tensor.op
            flow = flow_of(op)
            if flow not in (SWITCH, LOOP_COND, MERGE) and not _is_free(op):
                break
            for control in op._control_inputs:
                found.update(self._behind(control))
            if flow is SWITCH:
                found.update(self._behind_value(op.inputs[1]))
            if flow is MERGE or not op.inputs:
                break
            tensor = op.inputs[0]
        return found

    def _behind(self, op: Operation) -> dict[Item, None]:
        """What those wait for that wait for an operation: items with effects."""
        found = self._before.get(op)
        if found is None:
            self._before[op] = found = {}
            waiting = [op]
            seen = {op}
            while waiting:
                op = waiting.pop()
                known = self._before.get(op)
                if known:
                    found.update(known)
                    continue
                further = self._handed_on(op, found)
                for source in further:
                    if source not in seen and source in self._frames.of:
                        seen.add(source)
                        waiting.append(source)
        return found

    def _handed_on(self, op: Operation, found: dict[Item, None]) -> Iterable[Operation]:
        """Note the items that do an operation, if that must be waited for; else give what it waits for."""
        flow = flow_of(op)
        if flow is ENTER:
            return ()
        if flow is EXIT:
            found.update(dict.fromkeys(self.makers(op.outputs[0])))
            return ()
        if flow is MERGE:
            found.update(dict.fromkeys(self._by_op.get(op, ())))
            return op._control_inputs
        if flow is None and not _is_free(op) and (has_effects(op) or traits_of(op.type).orders):
            found.update(dict.fromkeys(self._by_op[op]))
            return ()
        sources = [tensor.op for tensor in op.inputs if tensor not in self._fed]
        return [*sources, *op._control_inputs]


def _is_free(op: Operation) -> bool:
    """Whether nothing is done for an operation: a constant or a handle."""
    return op.type == "Const" or traits_of(op.type).setup
