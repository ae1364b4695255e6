"""Loops: `tf.while_loop`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.control.loop_shapes import invariant_of
from perdure.functional.control.version import uses_functions
from perdure.functional.control.while_context import WhileContext
from perdure.functional.math import binary
from perdure.graph import hooks, nest
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, get_default_graph, name_scope
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor_shape import TensorShape


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Repeat `body` as long as `cond` holds.

    Both functions are called once, now, to make their operations.

    Args:
        cond: from the loop variables to a boolean scalar tensor.
        body: from the loop variables to their next values, of the same structure and types.
        loop_vars: what the loop starts from: a list or tuple of (nested) tensors, IndexedSlices,
            SparseTensors and TensorArrays.
        shape_invariants: for each loop variable a shape that all its values have; by default the one that
            it starts with.
        parallel_iterations: how many iterations may run at a time; at least 1.
        back_prop: whether gradients flow through the loop.
        swap_memory: whether what its gradient needs may be moved to the host.
        name: the name scope.
        maximum_iterations: a scalar; no more iterations than this are made.
        return_same_structure: whether a single loop variable is returned in a list.

    Returns:
        The last values, in the structure of `loop_vars`.

    Raises:
        TypeError: `cond` or `body` is not callable, or a value changes its type.
        ValueError: `loop_vars` is empty, `body` returns another structure, or a value changes its shape.
    """
    if not callable(cond):
        raise TypeError("cond must be callable.")
    if not callable(body):
        raise TypeError("body must be callable.")
    if parallel_iterations < 1:
        raise TypeError("parallel_iterations must be a positive integer.")
    if uses_functions(get_default_graph()):
        return hooks.while_v2(
            cond,
            body,
            loop_vars,
            shape_invariants=shape_invariants,
            parallel_iterations=parallel_iterations,
            maximum_iterations=maximum_iterations,
            name=name,
            return_same_structure=return_same_structure,
            back_prop=back_prop,
        )
    with name_scope(name, "while", loop_vars):
        if not loop_vars:
            raise ValueError("No loop variables provided")
        limited = maximum_iterations is not None
        if limited:
            single = len(loop_vars) == 1 and not return_same_structure
            maximum_iterations = convert_to_tensor(maximum_iterations, name="maximum_iterations")
            cond, body, loop_vars = _limited(cond, body, loop_vars, maximum_iterations, single)
            if shape_invariants is not None:
                shape_invariants = (TensorShape([]), shape_invariants)
        if shape_invariants is not None:
            nest.assert_same_structure(loop_vars, shape_invariants)
            shape_invariants = nest.map_structure(invariant_of, loop_vars, shape_invariants)
        context = WhileContext(
            maximum_iterations=maximum_iterations,
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
        )
        if context.outer_context is None:
            add_to_collection(GraphKeys.WHILE_CONTEXT, context)
        result = context.BuildLoop(cond, body, loop_vars, shape_invariants, return_same_structure)
        return result[1] if limited else result


def _limited(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, limit: Any, single: bool
) -> tuple[Callable[..., Any], Callable[..., Any], Any]:
    """The loop with a counter as a further loop variable."""
    if limit.shape.ndims != 0:
        raise ValueError(f"maximum_iterations must be a scalar, saw shape: {limit.shape}")
    counter = constant(0, dtype=limit.dtype, name="iteration_counter")
    if single:
        return (
            lambda i, value: binary.logical_and(i < limit, cond(value)),
            lambda i, value: (i + 1, body(value)),
            (counter, loop_vars[0]),
        )
    return (
        lambda i, values: binary.logical_and(i < limit, cond(*values)),
        lambda i, values: (i + 1, body(*values)),
        (counter, loop_vars),
    )
