"""Conditionals and loops in a compiled program: XLA's own.

The checks of a body are collected apart and leave it as one of its results, since nothing that is traced in
a body may be used outside in another way.  A body that fails whatever its values are, because a kernel
refuses what is known of them, is no part of the program: a check says that it is not run.

Imported, and jax with it, when the first cluster is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from perdure.arrays.checks_jax import collected_checks, require
from perdure.graph.func_graph import Function, function_called
from perdure.graph.operation import Operation
from perdure.ops.control.functional_ops import truth
from perdure.resources.resource import Resource
from perdure.resources.resources import Variable
from perdure.runtime.planning.legality import CannotCompile, KernelFailed, carried, is_lacking
from perdure.runtime.xla.step_objects import TracedStack, TracedTensorArray, is_known
from perdure.runtime.xla.trace_sums import TracedSums
from perdure.runtime.xla.trip_counts import Values, most_iterations

Call = Callable[[Function, Sequence[Any]], list[Any]]


class Survey:
    """What a body does that is only looked at.

    Attributes:
        pushes: for each stack, the shape of what is pushed, the value if it is known, and how often.
        draws: how much is taken of each random stream.
    """

    def __init__(self) -> None:
        self.pushes: dict[TracedStack, list[tuple[tuple[int, ...], Any, int]]] = {}
        self.draws: dict[Any, int] = {}

    def push(self, stack: TracedStack, element: Any) -> None:
        """Something is pushed."""
        known = element if is_known(element) else None
        self.pushes.setdefault(stack, []).append((jnp.shape(element), known, 1))

    def draw(self, stream: Any, samples: int) -> None:
        """Random numbers are taken."""
        self.draws[stream] = self.draws.get(stream, 0) + samples

    def take_in(self, other: Survey, times: int) -> None:
        """What another body does is done so many times in this one."""
        for stack, pushes in other.pushes.items():
            mine = self.pushes.setdefault(stack, [])
            mine += [(shape, known, count * times) for shape, known, count in pushes]
        for stream, samples in other.draws.items():
            self.draw(stream, samples * times)


class _Looked:
    """What is known of a body that was looked at.

    Attributes:
        results: for each result its value if that is known, else its shape and type.
        changed: the variables, stacks and arrays that hold something else afterwards.
        held: the shapes and types of what these hold then.
        survey: what else it does.
    """

    def __init__(self, run: Callable[[], list[Any]], step: Any) -> None:
        self.results: list[Any] = []
        self.changed: list[Any] = []
        self.held: dict[Any, list[tuple[Any, Any]]] = {}
        self.survey = Survey()
        saved, outer = step.saved(), step.survey

        def look() -> None:
            with collected_checks():
                results = run()
            self.changed = step.changed_since(saved)
            self.results = [r if is_known(r) else _described_value(r) for r in results]
            for key in self.changed:
                self.held[key] = [(value.shape, value.dtype) for value in step.held_by(key)]

        try:
            step.survey = self.survey
            jax.eval_shape(look)
        finally:
            step.survey = outer
            step.restore(saved)


def _described_value(value: Any) -> Any:
    if isinstance(value, Resource):
        return value
    value = jnp.asarray(value)
    return jax.ShapeDtypeStruct(value.shape, value.dtype)


def _has_effects(function: Function) -> bool:
    return bool(function.targets)


class _Body:
    """A body as JAX calls it: besides its results it says whether its checks held.

    Attributes:
        shapes: those of its results, when it has been traced.
        has_checks: whether it has any.
    """

    def __init__(self) -> None:
        self.shapes: list[Any] = []
        self.has_checks = False

    def results(self, run: Callable[[], list[Any]]) -> tuple[list[Any], Any]:
        """The results of `run`, and whether its checks held."""
        with collected_checks() as checks:
            results = [jnp.asarray(value) for value in run()]
        held = checks.all_held()
        self.has_checks = self.has_checks or held is not None
        self.shapes = [(value.shape, value.dtype) for value in results]
        return results, jnp.asarray(True) if held is None else held


def traced_call(op: Operation, inputs: Sequence[Any], call: Call, step: Any, value_of: Values) -> list[Any]:
    """The results of a call, which becomes part of the program; see `traced_conditional`."""
    return call(function_called(op), inputs)


# -- conditionals --------------------------------------------------------------------------


def traced_conditional(
    op: Operation, inputs: Sequence[Any], call: Call, step: Any, value_of: Values
) -> list[Any]:
    """The results of an `If`.

    Args:
        op: the operation.
        inputs: its condition and the arguments of its branches: traced, known, or variables.
        call: traces a function on such arguments.
        step: the `TracedStep`.
        value_of: what stands for a tensor of the graph around.

    Raises:
        CannotCompile: the branches give results of different shapes.
        KernelFailed: both branches fail, or the one that is known to be taken does.
    """
    condition, arguments = inputs[0], inputs[1:]
    failing: list[Function] = []

    def call_branch(branch: Function, arguments: Sequence[Any]) -> list[Any]:
        saved = step.saved()
        try:
            return call(branch, arguments)
        except KernelFailed:
            step.restore(saved)
            failing.append(branch)
            raise

    branches = op.attrs["then_branch"], op.attrs["else_branch"]
    if not isinstance(condition, jax.core.Tracer):
        return call(branches[0] if truth(condition) else branches[1], arguments)
    if condition.ndim:  # it asks whether there are any elements
        return call(branches[0] if condition.size else branches[1], arguments)
    try:
        return _traced_branches(op, condition, branches, arguments, call_branch, step)
    except KernelFailed:
        is_first = failing[0] is branches[0]
        if _has_effects(branches[is_first]):
            raise
        # Nothing changes in a branch, so that the other may run always, if its results only count when it
        # is taken.
        results = call(branches[is_first], arguments)
        require(jnp.logical_not(condition) if is_first else condition.astype(bool), op.name)
        return results


def _traced_branches(
    op: Operation,
    condition: Any,
    branches: tuple[Function, Function],
    arguments: Sequence[Any],
    call: Call,
    step: Any,
) -> list[Any]:
    """The results of an `If` the condition of which is traced, as `traced_conditional` gives them."""
    looked = [_Looked(lambda branch=branch: call(branch, arguments), step) for branch in branches]  # type: ignore[misc]
    chosen = [_in_common(branches, looked, i) for i in range(len(branches[0].outputs))]
    changed = list(dict.fromkeys(key for each in looked for key in each.changed))
    for each in looked:
        if step.survey is not None:
            step.survey.take_in(each.survey, 1)
        elif each.survey.pushes.keys() - step.state.keys():
            raise CannotCompile(f"If '{op.name}': something is pushed outside of a loop")
    for key in changed:
        _make_place(key, looked, step)
    if step.survey is not None:
        for key in changed:
            step.hold(key, [jnp.zeros(shape, dtype) for shape, dtype in _held(key, looked)])
        return [value if is_known(value) else jnp.zeros(value.shape, value.dtype) for value in chosen]
    traced = [i for i, value in enumerate(chosen) if not is_known(value)]
    bodies = _Body(), _Body()

    def run(k: int) -> Callable[[], Any]:
        def results() -> list[Any]:
            saved = step.saved()
            try:
                found = call(branches[k], arguments)
                values = []
                for i in traced:
                    lacks = is_lacking(branches[k].outputs[i])
                    filler = np.zeros(chosen[i].shape, chosen[i].dtype)
                    values.append(filler if lacks else found[i])
                for key in changed:
                    values += step.held_by(key)
                return values
            finally:
                step.restore(saved)

        return lambda: bodies[k].results(results)

    try:
        results, held = jax.lax.cond(condition.astype(bool), run(0), run(1))
    except TypeError as error:
        if bodies[0].shapes != bodies[1].shapes:
            raise CannotCompile(
                f"If '{op.name}': its branches give {_described(bodies[0])} and {_described(bodies[1])}"
            ) from error
        raise
    if bodies[0].has_checks or bodies[1].has_checks:
        require(held, op.name)
    remaining = iter(results)
    values = [value if is_known(value) else next(remaining) for value in chosen]
    for key in changed:
        step.hold(key, [next(remaining) for _ in step.held_by(key)])
    for stream in {stream for each in looked for stream in each.survey.draws}:
        stream.most += max(each.survey.draws.get(stream, 0) for each in looked)
    return values


def _in_common(branches: Sequence[Function], looked: Sequence[_Looked], i: int) -> Any:
    """What is known of a result: its value, or its shape and type."""
    lacking = [is_lacking(branch.outputs[i]) for branch in branches]
    first, second = looked[0].results[i], looked[1].results[i]
    if lacking[0] and not lacking[1]:
        return second
    if lacking[1] or is_known(first) and is_known(second) and _are_equal(first, second):
        return first
    return _described_value(first) if is_known(first) else first


def _are_equal(one: Any, other: Any) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    return one.dtype == other.dtype and np.array_equal(one, other)


def _held(key: Any, looked: Sequence[_Looked]) -> list[tuple[Any, Any]]:
    return next(each.held[key] for each in looked if key in each.held)


def _make_place(key: Any, looked: Sequence[_Looked], step: Any, capacity: int = 1) -> None:
    """Let a stack or an array that holds nothing yet hold that, as it will in what was looked at."""
    if not isinstance(key, Resource) or isinstance(key, Variable) or key in step.state:
        return
    (shape, _), _ = _held(key, looked)
    if isinstance(key, TracedStack):
        step.state[key] = key.made_for(shape[1:], capacity)
    elif isinstance(key, TracedTensorArray):
        step.state[key] = key.first_state(step, shape[1:])


# -- loops ---------------------------------------------------------------------------------


def traced_loop(op: Operation, inputs: Sequence[Any], call: Call, step: Any, value_of: Values) -> list[Any]:
    """The results of a `While`.

    Args:
        op: the operation.
        inputs: the arguments of its functions: traced, known, or variables.
        call: traces a function on such arguments.
        step: the `TracedStep`.
        value_of: what stands for a tensor of the graph around.

    Raises:
        CannotCompile: a loop variable changes its shape, or the condition is no scalar.
        KernelFailed: the condition fails, or a body that is known to run does.
    """
    test, body = op.attrs["cond"], op.attrs["body"]
    positions = carried(body)

    def with_values(values: Sequence[Any]) -> list[Any]:
        arguments = list(inputs)
        for i, value in zip(positions, values, strict=True):
            arguments[i] = value
        return arguments

    def goes_on(arguments: Sequence[Any]) -> Any:
        (value,) = call(test, arguments)
        if np.ndim(value):
            raise CannotCompile(f"While '{op.name}': its condition has shape {np.shape(value)}")
        return value

    first = goes_on(inputs)
    if not isinstance(first, jax.core.Tracer) and not truth(first):
        return list(inputs)
    traced = _Body()
    starts = [jnp.asarray(inputs[i]) for i in positions]
    shapes = [(value.shape, value.dtype) for value in starts]
    changed: list[Any] = []
    draws: dict[Any, int] = {}
    try:
        looked = None
        if body.sums or _has_effects(body) or _has_effects(test):
            looked = _Looked(lambda: call(body, with_values(starts)), step)
            changed, draws = _places_of_loop(op, looked, step, value_of)
        if step.survey is not None:
            return with_values([jnp.zeros(shape, dtype) for shape, dtype in shapes])
        held_before = [step.held_by(key) for key in changed]
        sums = _sums_of_loop(op, inputs, looked, value_of)

        def iteration(state: Any) -> Any:
            def run() -> list[Any]:
                saved = step.saved()
                try:
                    for key, values in zip(changed, state[3], strict=True):
                        step.hold(key, values)
                    results = call(body, with_values(state[2]))
                    values = [results[i] for i in positions]
                    again = goes_on(with_values(values))
                    values += [value for key in changed for value in step.held_by(key)]
                    return [again, *values, *sums.taken(state[4], results)]
                finally:
                    step.restore(saved)

            (again, *values), held = traced.results(run)
            kept = [[(v.shape, v.dtype) for v in part] for part in (starts, *held_before, state[4])]
            if traced.shapes[1:] != [shape for part in kept for shape in part]:
                raise CannotCompile(
                    f"While '{op.name}': its variables have shapes {shapes}, and then {traced.shapes[1:]}"
                )
            remaining = iter(values)
            following, *parts, terms = [[next(remaining) for _ in part] for part in kept]
            return again.astype(bool), held, following, parts, terms

        state = jnp.asarray(first).astype(bool), jnp.asarray(True), starts, held_before, sums.start()
        # A check that fails ends the loop: nobody knows whether its condition would.
        ended = jax.lax.while_loop(lambda state: state[0] & state[1], iteration, state)
        _, held, values, parts, terms = ended
    except KernelFailed:
        if not isinstance(first, jax.core.Tracer):
            raise
        require(jnp.logical_not(first), op.name)
        return list(inputs)
    for key, part in zip(changed, parts, strict=True):
        step.hold(key, part)
    for stream, samples in draws.items():
        stream.most += samples
    if traced.has_checks:
        require(held, op.name)
    left = with_values(values)
    for each, total in zip(body.sums, sums.totals(terms), strict=True):
        left[each.place] = total
    return left


def _sums_of_loop(op: Operation, inputs: Sequence[Any], looked: Any, value_of: Values) -> TracedSums:
    sums = op.attrs["body"].sums
    values = [inputs[each.place] for each in sums]
    made = [_described_value(r) if is_known(r) else r for r in looked.results] if sums else []
    shapes = [[made[i] for i in each.terms] for each in sums]
    return TracedSums(sums, values, shapes, most_iterations(op, value_of) if sums else None)


def _places_of_loop(
    op: Operation, looked: _Looked, step: Any, value_of: Values
) -> tuple[list[Any], dict[Any, int]]:
    """What a loop changes, which has a place for it then, and how much it takes of random streams at most."""
    times = None
    if looked.survey.pushes or looked.survey.draws:
        times = most_iterations(op, value_of)
    if step.survey is not None:
        step.survey.take_in(looked.survey, 1 if times is None else times)
    elif looked.survey.draws and times is None:
        raise CannotCompile(f"While '{op.name}': nobody knows how many random numbers it takes")
    for key in looked.changed:
        capacity = 1
        if isinstance(key, TracedStack) and key not in step.state:
            pushes = looked.survey.pushes.get(key, [])
            known = [value for _, value, _ in pushes]
            if step.survey is None:
                if known and all(v is not None and _are_equal(v, known[0]) for v in known):
                    key.known = np.asarray(known[0])
                elif times is None:
                    raise CannotCompile(f"While '{op.name}': nobody knows how often it runs at most")
                else:
                    capacity = times * sum(count for _, _, count in pushes)
        _make_place(key, [looked], step, capacity)
    draws = {stream: samples * (times or 0) for stream, samples in looked.survey.draws.items()}
    return looked.changed, draws


def _described(body: _Body) -> str:
    return ", ".join(f"{dtype}{list(shape)}" for shape, dtype in body.shapes)
