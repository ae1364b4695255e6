"""From control flow nodes to conditionals and loops.

What there is to do in a frame is done in an order that its edges allow: whatever is done in any case at once,
and when nothing is left of that, a conditional is opened over the condition that decides over what is ready.
It takes in all that the condition decides over and that needs nothing else first, on both sides, wherever in
the program it was made.  A loop is turned: its condition is computed at the end of the iteration before.

The result is a step of `If` and `While` nodes with bodies, as functions of the graph are; whatever runs after
this pass knows no other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

import numpy as np

from perdure.graph.dtypes import as_dtype
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.runtime.planning.effects import variable_behind
from perdure.runtime.planning.lifting.frames import Frames, frames_of
from perdure.runtime.planning.lifting.items import Item, Items
from perdure.runtime.planning.lifting.liveness import Liveness, Loop, NotLiftable
from perdure.runtime.planning.lifting.predicates import FALSE, TRUE, Predicate
from perdure.runtime.planning.lifting.scope import Constants, Scope, made
from perdure.runtime.planning.lifting.waits import check_waits
from perdure.runtime.planning.sums import with_sums_apart

_BOOL = as_dtype(bool)


@dataclass
class Lifted:
    """A step without control flow nodes.

    Attributes:
        operations: what it consists of.
        fetches: what stands for each fetched tensor.
        targets: what is to be run for its effects.
    """

    operations: set[Operation]
    fetches: list[Tensor]
    targets: list[Operation]


def lift(
    needed: Collection[Operation],
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    fed: Collection[Tensor],
) -> Lifted:
    """Turn the control flow nodes of a step into conditionals and loops.

    Args:
        needed: the operations of the step.
        fetches: tensors whose values are wanted.
        targets: operations to run for their effects.
        fed: tensors whose values are given.

    Raises:
        NotLiftable: conditionals and loops cannot do what they do.
        InvalidArgumentError: an operation takes inputs of different frames.
    """
    frames = frames_of(needed, fed)
    for tensor in fetches:
        if tensor not in fed and frames.outside(tensor.op) is not None:
            raise NotLiftable(f"{tensor.name} is fetched from a loop")
    lifter = _Lifter(frames, fed, fetches)
    check_waits(frames, lifter.live)
    return lifter.lifted(targets)


class _Lifter:
    def __init__(self, frames: Frames, fed: Collection[Tensor], fetches: Sequence[Tensor]) -> None:
        self.fed = fed
        self.fetches = fetches
        self.live = Liveness(frames, fed)
        self.logic = self.live.made
        self.items = Items(frames, self.live, fed, fetches)
        self._constants = Constants(fed)
        self._numbers = count()
        self._literals: dict[tuple[Predicate, Predicate], dict[int, bool]] = {}

    def lifted(self, targets: Sequence[Operation]) -> Lifted:
        """The step as a whole."""
        step = Scope(None, None, self._constants)
        for tensor in self.fed:
            step.values[tensor] = tensor
        items = self.items.of[None]
        wanted = {self.items.source(tensor) for tensor in self.fetches}
        lives = [self.live.of_value(tensor) for tensor in self.fetches]
        for predicate in lives:
            wanted.update(self.items.condition(number) for number in self.logic.asked(predicate))
        step.graph = next((item.op.graph for item in items), None)
        self.do(step, items, TRUE, wanted)
        found = []
        for index, (tensor, predicate) in enumerate(zip(self.fetches, lives, strict=True)):
            found.append(self._fetched(step, tensor, predicate, index))
        operations = set(step.operations)
        for op in step.operations:
            operations.update(t.op for t in op.inputs if t not in self.fed)
        operations.update(tensor.op for tensor in found if tensor not in self.fed)
        wished = [op for target in targets for op in self._placed(step, self.items.doing(target))]
        return Lifted(operations, found, [*dict.fromkeys((*wished, *step.effects))])

    def _fetched(self, step: Scope, tensor: Tensor, predicate: Predicate, index: int) -> Tensor:
        """What stands for a fetch; if it may be dead, what checks that it is not."""
        source = self.items.source(tensor)
        waits = [op for item in self.items._behind_value(tensor) for op in step.placed.get(item, ())]
        if predicate is TRUE and not waits:
            return step.value(source)
        if predicate is FALSE or not step.has(source):
            value = step.lacking(source)
        else:
            value = step.value(source)
        alive = self._guard(step, predicate, TRUE, tensor.op)
        attrs = {"T": tensor.dtype.base_dtype, "index": index}
        check = made(
            tensor.op.graph,
            "_Retval",
            [alive, value],
            attrs,
            [(tensor.dtype, tensor._shape)],
            tensor.op,
            waits,
        )
        step.add(check)
        return check.outputs[0]

    # -- doing items -----------------------------------------------------------------------

    def do(self, scope: Scope, items: Iterable[Item], context: Predicate, wanted: set[Tensor]) -> None:
        """Do items in a scope.

        Args:
            scope: where.
            items: what, in the order of the program.
            context: what is known to hold there.
            wanted: the tensors that are taken afterwards.
        """
        _Doing(self, scope, list(items), context, wanted).run()

    def do_one(self, scope: Scope, item: Item) -> None:
        """Do an item whatever happens."""
        if item.loop is not None:
            self._do_loop(scope, item)
            return
        waits = self._placed(scope, item.waits)
        if item.place >= 0:
            value = scope.value(item.takes[0])
            for tensor in item.makes:
                number = tensor.value_index == 1
                scope.values[tensor] = self._constants.number(item.place, item.op) if number else value
            scope.placed[item] = (*waits, *self._placed(scope, item.before))
            return
        op = scope.made_again(
            item.op, [scope.value(tensor) for tensor in item.takes], waits, self.items.is_in_loop(item)
        )
        scope.placed[item] = (op,)
        for tensor in item.makes:
            scope.values[tensor] = op.outputs[tensor.value_index]

    def _placed(self, scope: Scope, items: Iterable[Item]) -> tuple[Operation, ...]:
        found = dict.fromkeys(op for item in items for op in scope.placed.get(item, ()))
        return tuple(found)

    def literals(self, context: Predicate, predicate: Predicate) -> dict[int, bool]:
        """The conditions that must hold, or must not, for `predicate` to hold in a context."""
        key = context, predicate
        found = self._literals.get(key)
        if found is None:
            found = self._literals[key] = {}
            logic = self.logic
            both = logic.both(context, predicate)
            for number in logic.asked(both):
                for holds in (True, False):
                    if logic.given(both, number, not holds) is FALSE:
                        if logic.given(context, number, not holds) is not FALSE:
                            found[number] = holds
        return found

    # -- conditionals ----------------------------------------------------------------------

    def open(
        self,
        scope: Scope,
        condition: Tensor,
        sides: Sequence[tuple[list[Item], Predicate]],
        wanted: Collection[Tensor],
        like: Operation,
    ) -> None:
        """Do items in a conditional.

        Args:
            scope: where the conditional is.
            condition: what it asks.
            sides: the items that are done if it holds, and those if not; and what is known to hold then.
            wanted: the tensors of these items that are taken afterwards.
            like: the operation that the conditional is named after.
        """
        bodies = []
        for items, context in sides:
            body = scope.inner(self.items.written(items))
            self.do(body, items, context, set(wanted))
            bodies.append(body)
        results = []
        made_there = [{t for item in items for t in item.makes} for items, _ in sides]
        for key in wanted:
            pair = []
            for body, here in zip(bodies, made_there, strict=True):
                if key in here and key in body.values:
                    pair.append(body.read(body.values[key]))
                elif scope.has(key):
                    pair.append(body.read(body.value(key)))  # what an input of a Merge gave that came before
                else:
                    pair.append(body.lacking(key))
            results.append(pair)
        waits = self._placed(scope, (w for items, _ in sides for item in items for w in item.awaited))
        op = self._conditional(scope, condition, bodies, results, list(wanted), like, waits)
        for key, tensor in zip(wanted, op.outputs if op is not None else (), strict=True):
            scope.values[key] = tensor
        for items, _ in sides:
            for item in items:
                scope.placed[item] = () if op is None else (op,)

    def _conditional(
        self,
        scope: Scope,
        condition: Tensor,
        bodies: Sequence[Scope],
        results: Sequence[Sequence[Tensor]],
        keys: Sequence[Tensor],
        like: Operation,
        waits: Iterable[Operation],
    ) -> Operation | None:
        """An If; None if there is nothing to do in it."""
        if not results and not any(body.effects for body in bodies):
            return None
        taken = dict.fromkeys(tensor for body in bodies for tensor in body.taken)
        functions = []
        for body, pick in zip(bodies, (0, 1), strict=True):
            arguments = [body.take(tensor) for tensor in taken]
            name = f"{like.name}/{'else' if pick else 'then'}_{next(self._numbers)}"
            functions.append(body.function(name, arguments, [pair[pick] for pair in results]))
        types = [key.dtype.base_dtype for key in keys]
        shapes = [key._shape for key in keys]
        inputs = [scope.value(condition), *taken]
        attrs = {
            "Tcond": condition.dtype.base_dtype,
            "Tin": [tensor.dtype.base_dtype for tensor in taken],
            "Tout": types,
            "then_branch": functions[0],
            "else_branch": functions[1],
            "output_shapes": shapes,
        }
        op = made(
            scope.graph,
            "If",
            inputs,
            attrs,
            list(zip(types, shapes, strict=True)),
            like,
            waits,
        )
        scope.add(op)
        return op

    def _guard(self, scope: Scope, predicate: Predicate, context: Predicate, like: Operation) -> Tensor:
        """The value of a predicate."""
        logic = self.logic
        if logic.implies(context, predicate):
            return self._truth(True, like)
        if logic.both(context, predicate) is FALSE:
            return self._truth(False, like)
        for number in sorted(logic.asked(logic.both(context, predicate))):
            tensor = logic.conditions[number]
            key = self.items.source(tensor)
            known = (
                logic.given(context, number, True) is FALSE or logic.given(context, number, False) is FALSE
            )
            if known or not scope.has(key) or not logic.implies(context, self.live.of_value(key)):
                continue
            holds = self.live.holds(tensor)
            bodies, results = [], []
            for assumed in (holds, logic.opposite(holds)):
                body = scope.inner(frozenset())
                inside = logic.both(context, assumed)
                results.append(self._guard(body, predicate, inside, like))
                bodies.append(body)
            truth = self._truth(True, like)
            op = self._conditional(scope, key, bodies, [results], [truth], like, ())
            assert op is not None
            return op.outputs[0]
        raise NotLiftable(f"nothing says whether {like.name} runs")

    def _truth(self, value: bool, like: Operation) -> Tensor:
        attrs = {"value": np.asarray(value), "dtype": _BOOL}
        return made(like.graph, "Const", (), attrs, [(_BOOL, ())], like).outputs[0]

    # -- loops -----------------------------------------------------------------------------

    def _do_loop(self, scope: Scope, item: Item) -> None:
        """Do a loop: what comes before its condition, then a While the body of which ends with that."""
        loop = item.loop
        assert loop is not None
        every, body_items, last = self._parts(loop)
        items = self.items
        going_on = self.live.holds(loop.condition.outputs[0])
        starts = [scope.value(items.source(v.enter.inputs[0])) for v in loop.variables]
        merges = [variable.merge.outputs[0] for variable in loop.variables]
        condition = items.source(loop.condition.outputs[0])
        needed = {items.source(t) for op in loop.exits for t in op.inputs}
        needed |= {items.source(v.following.inputs[0]) for v in loop.variables}
        for each in (*body_items, *last):
            needed.update(each.takes)
            needed.update(items.conditions(each))
        shared = [t for each in every for t in each.makes if t in needed]
        shared = list(dict.fromkeys(shared))
        wanted = {*shared, condition}
        # The part before the first iteration.
        before = self._placed(scope, item.waits)
        for key, value in zip(merges, starts, strict=True):
            scope.values[key] = value
        effects = len(scope.effects)
        self._do_every(scope, every, loop, wanted, before)
        first = [scope.value(condition), *starts, *[scope.value(key) for key in shared]]
        waits = [*before, *scope.effects[effects:]]
        # The body.
        body = scope.inner(items.written((*every, *body_items)))
        keys = [condition, *merges, *shared]
        arguments = [body.argument(tensor, None) for tensor in first]
        for key, argument in zip(keys, arguments, strict=True):
            argument._shape = key._shape
            argument.op.attrs["shape"] = key._shape
            if key is not condition or condition in merges or condition in shared:
                body.values[key] = argument
        after = {items.source(variable.following.inputs[0]) for variable in loop.variables}
        self.do(body, body_items, self.logic.both(loop.lives, going_on), after)
        following = [body.value(items.source(v.following.inputs[0])) for v in loop.variables]
        for key, value in zip(merges, following, strict=True):
            body.values[key] = value
        for each in every:
            for key in each.makes:
                body.values.pop(key, None)
        self._do_every(body, every, loop, wanted, tuple(body.effects))
        results = [body.value(condition), *following, *[body.value(key) for key in shared]]
        op = self._while(scope, loop, first, body, arguments, results, waits)
        scope.placed[item] = (op,)
        # The part behind the last iteration.
        for key, tensor in zip(keys[1:], op.outputs[1:], strict=False):
            scope.values[key] = tensor
        if last:
            ended = self.logic.both(loop.lives, self.logic.opposite(going_on))
            for each in last:
                each.waits.append(item)
            self.do(scope, last, ended, needed)
            scope.placed[item] = (op, *self._placed(scope, last))
        for leaving in loop.exits:
            for tensor in leaving.outputs:
                if tensor not in self.fed:
                    scope.values[tensor] = scope.value(items.source(leaving.inputs[0]))

    def _do_every(
        self, scope: Scope, every: Sequence[Item], loop: Loop, wanted: set[Tensor], waits: Sequence[Operation]
    ) -> None:
        """Do what comes before the condition of a loop, behind what was done so far."""
        start = len(scope.operations)
        self.do(scope, every, loop.lives, wanted)
        for op in scope.operations[start:]:
            if op in scope.effects and waits:
                op._control_inputs = tuple(dict.fromkeys((*op._control_inputs, *waits)))

    def _parts(self, loop: Loop) -> tuple[list[Item], list[Item], list[Item]]:
        """The items of a loop: before its condition, in an iteration, and behind the last one."""
        logic = self.logic
        every: list[Item] = []
        body: list[Item] = []
        last: list[Item] = []
        part: dict[Item, list[Item]] = {}
        waiting = list(self.items.of[loop.frame])
        goes_on = self.live.holds(loop.condition.outputs[0])
        while waiting:
            rest = []
            for item in waiting:
                if any(each not in part for each in item.before):
                    rest.append(item)
                    continue
                lives = logic.both(loop.lives, item.lives)
                if logic.implies(lives, goes_on):
                    found = body
                elif logic.both(lives, goes_on) is FALSE:
                    found = last
                elif loop.number not in logic.asked(lives):
                    found = every
                    if any(part[each] is not every for each in item.before):
                        # ControlTrigger runs in any case, and does nothing but wait.
                        found = body
                        if item.op.outputs or item.place >= 0:
                            raise NotLiftable(f"{item.op.name} waits for what the last iteration has not")
                else:
                    raise NotLiftable(f"{item.op.name} belongs to no part of the loop {loop.frame.name}")
                part[item] = found
                found.append(item)
            if len(rest) == len(waiting):
                raise NotLiftable(f"the loop {loop.frame.name} has a cycle")
            waiting = rest
        for item in last:
            if any(part[each] is body for each in item.before):
                raise NotLiftable(f"{item.op.name} takes what the last iteration has not")
        return every, body, last

    def _while(
        self,
        scope: Scope,
        loop: Loop,
        first: Sequence[Tensor],
        body: Scope,
        arguments: Sequence[Tensor],
        results: Sequence[Tensor],
        waits: Sequence[Operation],
    ) -> Operation:
        taken = list(body.taken)
        inside = [body.taken[tensor] for tensor in taken]
        inputs = [*first, *taken]
        types = [tensor.dtype.base_dtype for tensor in inputs]
        shapes = [tensor._shape for tensor in (*arguments, *inside)]
        name = f"{loop.frame.name}/{{}}_{next(self._numbers)}"
        test = scope.inner(frozenset())
        asked = [test.argument(tensor) for tensor in (*arguments, *inside)]
        attrs = {
            "T": types,
            "cond": test.function(name.format("cond"), asked, asked[:1]),
            "body": with_sums_apart(
                body.function(name.format("body"), [*arguments, *inside], [*results, *inside])
            ),
            "output_shapes": shapes,
            "parallel_iterations": 10,
        }
        outputs = [(tensor.dtype, tensor._shape) for tensor in (*arguments, *inside)]
        op = made(scope.graph, "While", inputs, attrs, outputs, loop.condition, dict.fromkeys(waits))
        scope.add(op)
        return op


class _Doing:
    """Items that are being done in one scope."""

    def __init__(
        self, lifter: _Lifter, scope: Scope, items: list[Item], context: Predicate, wanted: set[Tensor]
    ) -> None:
        self._lifter = lifter
        self._logic = lifter.logic
        self._scope = scope
        self._context = context
        self._wanted = wanted
        self._left = dict.fromkeys(
            item for item in items if self._logic.both(context, item.lives) is not FALSE
        )
        self._open: dict[Item, int] = {}
        self._followers: dict[Item, list[Item]] = {}
        for item in self._left:
            before = [each for each in item.before if each in self._left]
            self._open[item] = len(before)
            for each in before:
                self._followers.setdefault(each, []).append(item)
        # How many items a condition decides over.
        self._decided: dict[int, int] = {}
        for item in self._left:
            for number in self._literals(item):
                self._decided[number] = self._decided.get(number, 0) + 1
        # What is ready in any case, by its place in the program.
        self._plain: list[tuple[int, int, Item]] = []
        self._writers: list[tuple[int, int, Item]] = []
        self._numbers = count()
        # What is ready if conditions are as they must be; and by each of these.
        self._conditional: dict[Item, None] = {}
        self._by_number: dict[int, dict[Item, None]] = {}

    def run(self) -> None:
        """Do all of them."""
        for item in self._left:
            if not self._open[item]:
                self._is_ready(item)
        while self._left:
            if self._plain or self._writers:
                _, _, item = heappop(self._plain or self._writers)
                self._lifter.do_one(self._scope, item)
                self._done([item])
            elif self._conditional:
                self._open_one()
            else:
                names = ", ".join(item.op.name for item in list(self._left)[:5])
                raise NotLiftable(f"nothing can be done before the others: {names}")

    def _literals(self, item: Item) -> dict[int, bool]:
        return self._lifter.literals(self._context, item.lives)

    def _is_ready(self, item: Item) -> None:
        if not self._logic.implies(self._context, item.lives):
            self._conditional[item] = None
            for number in self._literals(item):
                self._by_number.setdefault(number, {})[item] = None
        else:
            ready = self._writers if item.writes else self._plain
            heappush(ready, (item.op.node_id, next(self._numbers), item))

    def _done(self, items: Iterable[Item]) -> None:
        for item in items:
            del self._left[item]
            self._conditional.pop(item, None)
            for number in self._literals(item):
                self._decided[number] -= 1
                self._by_number.get(number, {}).pop(item, None)
                if not self._by_number.get(number, True):
                    del self._by_number[number]
        for item in items:
            for follower in self._followers.get(item, ()):
                self._open[follower] -= 1
                if follower in self._left and not self._open[follower]:
                    self._is_ready(follower)

    def _open_one(self) -> None:
        """Open the conditional that leaves nothing behind, or else the one that takes in most."""
        lifter, logic, context = self._lifter, self._logic, self._context
        best: list[Item] = []
        chosen = -1
        for number, ready in self._by_number.items():
            key = lifter.items.condition(number)
            if not self._scope.has(key) or not logic.implies(context, lifter.live.of_value(key)):
                continue
            found = self._closure(ready, lambda item, number=number: number in self._literals(item))  # type: ignore[misc]
            if len(found) > len(best):
                best, chosen = found, number
            if len(found) == self._decided[number]:
                break
        if not best:
            self._open_guarded()
            return
        holds = lifter.live.holds(logic.conditions[chosen])
        sides = [
            ([i for i in best if self._literals(i)[chosen]], logic.both(context, holds)),
            ([i for i in best if not self._literals(i)[chosen]], logic.both(context, logic.opposite(holds))),
        ]
        self._do_conditional(lifter.items.condition(chosen), sides, best)

    def _open_guarded(self) -> None:
        """Open a conditional over a predicate that is more than one condition."""
        lifter, logic, context = self._lifter, self._logic, self._context
        first = next(iter(self._conditional))
        guard = lifter._guard(self._scope, first.lives, context, first.op)
        found = self._closure(
            self._conditional, lambda item: logic.implies(logic.both(context, item.lives), first.lives)
        )
        self._scope.values[guard] = guard
        sides: list[tuple[list[Item], Predicate]] = [
            (found, logic.both(context, first.lives)),
            ([], logic.both(context, logic.opposite(first.lives))),
        ]
        self._do_conditional(guard, sides, found)

    def _do_conditional(
        self, condition: Tensor, sides: Sequence[tuple[list[Item], Predicate]], done: list[Item]
    ) -> None:
        inside = set(done)
        users = self._lifter.items.users
        wanted: dict[Tensor, None] = {}
        for item in done:
            for tensor in item.makes:
                if tensor.dtype.is_ref_dtype and variable_behind(tensor) is not None:
                    continue  # it is the variable itself
                if tensor in self._wanted or any(
                    user in self._left and user not in inside for user in users.get(tensor, ())
                ):
                    wanted[tensor] = None
        self._lifter.open(self._scope, condition, sides, list(wanted), done[0].op)
        self._done(done)

    def _closure(self, ready: Iterable[Item], belongs: Callable[[Item], bool]) -> list[Item]:
        """The items that belong to a conditional and need nothing else first."""
        open_: dict[Item, int] = {}
        found = [item for item in ready if belongs(item)]
        for item in found:
            for follower in self._followers.get(item, ()):
                if follower in self._left and belongs(follower):
                    left = open_[follower] = open_.get(follower, self._open[follower]) - 1
                    if not left:
                        found.append(follower)
        return found
