"""Random graphs of control flow nodes, run lifted and by the evaluator of dead values and frames."""

from dataclasses import dataclass, field
from random import Random

import numpy as np

import perdure
from perdure import tf
from perdure.graph.builder import g
from perdure.runtime.planning.lifting import lift as lifting
from perdure.runtime.planning.lifting.liveness import NotLiftable
from tests.runtime.control_nodes import beside

Sides = frozenset  # of (condition, side): a value lives only if all of them hold


@dataclass
class Place:
    """A frame, or the graph itself, while a program is made in it.

    Attributes:
        values: integers, with the sides that they need.
        conditions: booleans, likewise.
        depth: how many frames are around it.
    """

    values: list = field(default_factory=list)
    conditions: list = field(default_factory=list)
    depth: int = 0


class Program:
    """A random program; `fetches` and `effects` are what may be asked for.

    Args:
        seed: determines it.
        size: how many things it does.
        loops: how deep loops may be.
    """

    def __init__(self, seed: int, size: int = 12, loops: int = 2) -> None:
        self.random = Random(seed)
        self.feeds = [tf.placeholder(tf.int32, [], f"x{i}") for i in range(2)]
        self.asked = [tf.placeholder(tf.bool, [], f"p{i}") for i in range(3)]
        self.variables = [
            tf.Variable(1, dtype=tf.int32, use_resource=resource, name=f"v{resource}") for resource in (0, 1)
        ]
        self.effects: list = []
        self._frames = 0
        self._loops = loops
        self.place = Place(
            [(feed, Sides()) for feed in self.feeds], [(condition, Sides()) for condition in self.asked]
        )
        self._fill(self.place, size)
        self.fetches = [value for value, _ in self.place.values[2:]]

    def _fill(self, place: Place, size: int) -> None:
        for _ in range(size):
            kinds = [self._compute, self._switch, self._switch, self._merge, self._update, self._compare]
            kinds += [self._chain, self._trigger, self._conditional]
            if place.depth < self._loops:
                kinds.append(self._loop)
            self.random.choice(kinds)(place)

    def _pick(self, place: Place):
        return self.random.choice(place.values[-8:] if self.random.random() < 0.7 else place.values)

    def _compute(self, place: Place) -> None:
        (a, one), (b, other) = self._pick(place), self._pick(place)
        sides = one | other
        if any((condition, not side) in sides for condition, side in sides):
            if self.random.random() < 0.8:
                return  # always dead
        op = self.random.choice([g.add_v2, g.sub, g.maximum])
        place.values.append((op(a, b), sides))

    def _compare(self, place: Place) -> None:
        a, sides = self._pick(place)
        limit = beside(a, self.random.randrange(-2, 6))
        place.conditions.append((self.random.choice([g.less, g.greater])(a, limit), sides))

    def _switch(self, place: Place) -> None:
        a, sides = self._pick(place)
        condition, needed = self.random.choice(place.conditions)
        if self.random.random() < 0.3:
            condition = self.random.choice([g.identity, g.logical_not])(condition)
        false, true = g.switch(a, condition)
        both = sides | needed
        place.values.append((true, both | {(condition, True)}))
        place.values.append((false, both | {(condition, False)}))

    def _merge(self, place: Place) -> None:
        for _ in range(8):
            (a, one), (b, other) = self._pick(place), self._pick(place)
            if any((condition, not side) in other for condition, side in one):
                merged, index = g.merge([a, b])
                common = one & other
                place.values.append((merged, common))
                if self.random.random() < 0.3:
                    place.values.append((index, common))
                return

    def _conditional(self, place: Place) -> None:
        condition, needed = self.random.choice(place.conditions)
        inner = Place(depth=place.depth)
        picked = [self._pick(place) for _ in range(2)]
        results = []
        for side in (False, True):
            inner = Place(depth=place.depth)
            inner.conditions = [pair for pair in place.conditions if not pair[1]][:2] or [(condition, needed)]
            for value, sides in picked:
                switched = g.switch(value, condition)[side]
                inner.values.append((switched, sides | needed | {(condition, side)}))
            self._fill(inner, self.random.randrange(3))
            most = inner.values[0][1] | inner.values[1][1]
            alive = [pair for pair in inner.values if (condition, side) in pair[1] and pair[1] <= most]
            results.append(self.random.choice(alive))
        place.values.append((g.merge([value for value, _ in results]).output, results[0][1] & results[1][1]))

    def _update(self, place: Place) -> None:
        a, sides = self._pick(place)
        variable = self.random.choice(self.variables)
        if self.random.random() < 0.5 and self.effects and not place.depth:
            with tf.control_dependencies([self._effect_here(place)]):
                op = self._assign(variable, a)
        else:
            op = self._assign(variable, a)
        self.effects.append((op, place, sides))

    def _effect_here(self, place: Place):
        here = [op for op, where, _ in self.effects if where is place]
        return self.random.choice(here) if here else place.values[-1][0].op

    def _assign(self, variable, value):
        if variable.dtype.is_ref_dtype:
            return g.assign_add(variable._ref(), value).op
        return g.assign_add_variable_op(variable.handle, value)

    def _chain(self, place: Place) -> None:
        """A value that waits for an effect, or for another value."""
        here = [(op, sides) for op, where, sides in self.effects if where is place]
        a, sides = self._pick(place)
        if here and self.random.random() < 0.6:
            op, needed = self.random.choice(here)
        else:
            b, needed = self._pick(place)
            op = b.op
            if op.type == "Switch":
                return  # it runs whichever side is alive
        with tf.control_dependencies([op]):
            place.values.append((g.identity(a), sides | needed))

    def _trigger(self, place: Place) -> None:
        b, _ = self._pick(place)
        a, sides = self._pick(place)
        if place.depth:
            return  # it would run in iterations of which nothing else lives
        with tf.control_dependencies([b.op]):
            trigger = g.control_trigger()
        with tf.control_dependencies([trigger]):
            place.values.append((g.identity(a), sides))

    def _loop(self, place: Place) -> None:
        picked = [self._pick(place) for _ in range(self.random.randrange(1, 3))]
        fixed = [self._pick(place) for _ in range(self.random.randrange(2))]
        sides = frozenset().union(*[s for _, s in picked], *[s for _, s in fixed])
        if any((condition, not side) in sides for condition, side in sides):
            return
        if self.random.random() < 0.95:  # else it may run though not all that it takes is alive
            picked = [(g.identity(value), needed) for value, needed in picked]
            fixed = [(g.identity(value), needed) for value, needed in fixed]
        self._frames += 1
        attrs = {"frame_name": f"frame{self._frames}", "parallel_iterations": self.random.choice([1, 2, 10])}
        with tf.control_dependencies([v.op for v, _ in (*picked, *fixed)]):
            zero = tf.constant(0)
        if any(v.op.type == "Switch" for v, _ in (*picked, *fixed)):
            sides = Sides()
        enters = [g.enter(v, **attrs) for v in (zero, *[v for v, _ in picked])]
        constants = [g.enter(v, is_constant=True, **attrs) for v, _ in fixed]
        conditions = [g.enter(c, is_constant=True, **attrs) for c, s in place.conditions[:2] if s <= sides]
        merges = [g.merge([enter, enter]).output for enter in enters]
        limit = beside(merges[0], self.random.randrange(4))
        goes_on = g.loop_cond(g.less(merges[0], limit))
        switches = [g.switch(merge, goes_on) for merge in merges]
        inside = [g.identity(s.output_true) for s in switches]
        inner = Place(depth=place.depth + 1)
        inner.values = [(v, Sides()) for v in (*inside, *constants)]
        inner.conditions = [(c, Sides()) for c in conditions]
        inner.conditions.append((g.greater(inside[0], beside(inside[0], 0)), Sides()))
        # What nothing in the body depends on would run in the last iteration as well.
        tied = [g.add_v2(value, g.sub(inside[0], inside[0])) for value in constants]
        inner.values = [(v, Sides()) for v in (*inside, *tied)]
        tied = [g.logical_and(c, g.equal(inside[0], inside[0])) for c in conditions]
        inner.conditions = [(c, Sides()) for c in tied] + inner.conditions[-1:]
        self._fill(inner, self.random.randrange(1, 6))
        alive = [v for v, s in inner.values if not s]
        following = [g.add_v2(inside[0], beside(inside[0], 1))]
        following += [self.random.choice(alive) for _ in picked]
        for merge, value in zip(merges, following, strict=True):
            merge.op._update_input(1, g.next_iteration(value))
        pending = [op for op, where, s in self.effects if where is inner and not s]
        if pending and self.random.random() < 0.5:
            following[0].op._add_control_inputs(pending[:1])
        for switch in switches:
            place.values.append((g.exit(switch.output_false), sides))


class Unlifted(Exception):
    """Stands in the way of the pass."""


def results(program, fetches, targets, lifted, feeds, tier="interpret"):
    """What a step of a program gives, or the error that it raises, and the variables behind it."""
    lift = lifting.lift
    reasons = []

    def noted(*arguments):
        if not lifted:
            raise NotLiftable("switched off")
        try:
            return lift(*arguments)
        except NotLiftable as reason:
            reasons.append(str(reason))
            raise

    lifting.lift = noted
    try:
        with perdure.options(tier=tier), tf.Session() as session:
            session.run(tf.global_variables_initializer())
            try:
                found = session.run((fetches, targets), feeds)[0]
            except tf.errors.OpError as error:
                found = type(error).__name__, error.message.split("\n")[0].split("Retval")[0]
            values = session.run(program.variables)
    finally:
        lifting.lift = lift
    return found, [np.asarray(value).tolist() for value in values], reasons


def check(seed: int, size: int = 12, runs: int = 3, loops: int = 2, tiers=("interpret",)) -> int:
    """Compare runs of a program, lifted and not.

    Returns:
        How many of them could not be lifted.
    """
    unlifted = 0
    with tf.Graph().as_default():
        program = Program(seed, size, loops)
        random = Random(seed + 1)
        for _ in range(runs):
            count = random.randrange(1, 4)
            fetches = random.sample(program.fetches, min(count, len(program.fetches)))
            alive = [v for v, sides in program.place.values[2:] if not sides]
            if alive and random.random() < 0.7:
                fetches = random.sample(alive, min(count, len(alive)))
            here = [op for op, where, _ in program.effects if where is program.place]
            targets = random.sample(here, min(random.randrange(3), len(here)))
            feeds = {feed: random.randrange(-3, 6) for feed in program.feeds}
            feeds |= {asked: random.random() < 0.5 for asked in program.asked}
            expected = results(program, fetches, targets, False, feeds)
            for tier in tiers:
                found = results(program, fetches, targets, True, feeds, tier)
                unlifted += bool(found[2])
                message = f"seed {seed}: {[f.name for f in fetches]}, {[t.name for t in targets]}, {feeds}"
                assert found[:2] == expected[:2], f"{message}: lifted {found}, else {expected}"
    return unlifted
