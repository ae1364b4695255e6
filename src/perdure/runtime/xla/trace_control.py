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
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.ops.control.functional_ops import truth
from perdure.runtime.planning.legality import CannotCompile, KernelFailed, carried, is_lacking

Call = Callable[[Function, Sequence[Any]], list[Any]]


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


def traced_call(op: Operation, inputs: Sequence[Any], call: Call) -> list[Any]:
    """The results of a call, which becomes part of the program; see `traced_conditional`."""
    return call(op.attrs["f"], inputs)


def traced_conditional(op: Operation, inputs: Sequence[Any], call: Call) -> list[Any]:
    """The results of an `If`.

    Args:
        op: the operation.
        inputs: its condition and the arguments of its branches: traced, known, or variables.
        call: traces a function on such arguments.

    Raises:
        CannotCompile: the branches give results of different shapes.
        KernelFailed: both branches fail, or the one that is known to be taken does.
    """
    condition, arguments = inputs[0], inputs[1:]
    failing: list[Function] = []

    def call_branch(branch: Function, arguments: Sequence[Any]) -> list[Any]:
        try:
            return call(branch, arguments)
        except KernelFailed:
            failing.append(branch)
            raise

    branches = op.attrs["then_branch"], op.attrs["else_branch"]
    if not isinstance(condition, jax.core.Tracer):
        return call(branches[0] if truth(condition) else branches[1], arguments)
    if condition.ndim:  # it asks whether there are any elements
        return call(branches[0] if condition.size else branches[1], arguments)
    try:
        return _traced_branches(op, condition, branches, arguments, call_branch)
    except KernelFailed:
        # Nothing changes in a branch, so that the other may run always, if its results only count when it
        # is taken.
        is_first = failing[0] is branches[0]
        results = call(branches[is_first], arguments)
        require(jnp.logical_not(condition) if is_first else condition.astype(bool), op.name)
        return results


def _traced_branches(
    op: Operation, condition: Any, branches: tuple[Function, Function], arguments: Sequence[Any], call: Call
) -> list[Any]:
    """The results of an `If` the condition of which is traced, as `traced_conditional` gives them."""
    bodies = _Body(), _Body()
    fillers = _fillers(branches, arguments, call)

    def run(k: int) -> Callable[[], Any]:
        def results() -> list[Any]:
            found = zip(call(branches[k], arguments), fillers[k], strict=True)
            return [value if filler is None else filler for value, filler in found]

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
    return list(results)


def _fillers(branches: Sequence[Function], arguments: Sequence[Any], call: Call) -> list[list[Any]]:
    """For each branch, what it gives for values that only the other has: zeros that nobody looks at."""
    lacking = [[is_lacking(tensor) for tensor in branch.outputs] for branch in branches]
    fillers: list[list[Any]] = [[None] * len(branch.outputs) for branch in branches]
    for k in (0, 1):
        if not any(lacking[k]):
            continue
        other = branches[1 - k]
        body = _Body()
        jax.eval_shape(lambda other=other, body=body: body.results(lambda: call(other, arguments)))
        for i, (shape, dtype) in enumerate(body.shapes):
            if lacking[k][i]:
                fillers[k][i] = np.zeros((0,) if lacking[1 - k][i] else shape, dtype)
    return fillers


def traced_loop(op: Operation, inputs: Sequence[Any], call: Call) -> list[Any]:
    """The results of a `While`.

    Args:
        op: the operation.
        inputs: the arguments of its functions: traced, known, or variables.
        call: traces a function on such arguments.

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

    def iteration(state: Any) -> Any:
        def run() -> list[Any]:
            results = call(body, with_values(state[2]))
            values = [results[i] for i in positions]
            return [goes_on(with_values(values)), *values]

        (again, *values), held = traced.results(run)
        if traced.shapes[1:] != shapes:
            raise CannotCompile(
                f"While '{op.name}': its variables have shapes {shapes}, and then {traced.shapes[1:]}"
            )
        return again.astype(bool), held, values

    state = jnp.asarray(first).astype(bool), jnp.asarray(True), starts
    try:
        # A check that fails ends the loop: nobody knows whether its condition would.
        _, held, values = jax.lax.while_loop(lambda state: state[0] & state[1], iteration, state)
    except KernelFailed:
        if not isinstance(first, jax.core.Tracer):
            raise
        require(jnp.logical_not(first), op.name)
        return list(inputs)
    if traced.has_checks:
        require(held, op.name)
    return with_values(values)


def _described(body: _Body) -> str:
    return ", ".join(f"{dtype}{list(shape)}" for shape, dtype in body.shapes)
