"""Loops: `tf.while_loop`, made as `conditionals` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from perdure.functional.control.conditionals import (
    count_as,
    function_name,
    is_stateful,
    own_inputs,
    shared_inputs,
    uncounted,
)
from perdure.functional.math import binary
from perdure.functional.structure import check_same, has_parts, leaves_of, pack
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import convert_to_tensor_or_indexed_slices
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, get_default_graph, name_scope
from perdure.graph.func_graph import FuncGraph, Function
from perdure.graph.graph import Graph
from perdure.graph.tensor import Tensor
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

    Both functions are called once, now, to make their operations.  Iterations run one after another, within
    a compiled program where the loop can be part of one, and keep nothing for a gradient; so
    `parallel_iterations`, `back_prop` and `swap_memory`, which say how TensorFlow runs a loop, change
    nothing that a program can see here.

    Args:
        cond: from the loop variables to a boolean scalar tensor.
        body: from the loop variables to their next values, of the same structure and types.
        loop_vars: what the loop starts from: a list or tuple of (nested) tensors.
        shape_invariants: for each loop variable a shape that all its values have; by default the one that
            it starts with.
        parallel_iterations: at least 1.
        back_prop: see above; gradients of loops are not supported yet in any case.
        swap_memory: see above.
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
    with name_scope(name, "while", loop_vars):
        if not loop_vars:
            raise ValueError("No loop variables provided")
        single = len(loop_vars) == 1 and not return_same_structure
        if maximum_iterations is not None:
            cond, body, loop_vars = _limited(cond, body, loop_vars, maximum_iterations, single)
            if shape_invariants is not None:
                shape_invariants = (TensorShape([]), shape_invariants)
        result = _while(cond, body, loop_vars, shape_invariants, parallel_iterations)
        if maximum_iterations is not None:
            return result[1]
        return result[0] if len(leaves_of(result)) == 1 and not return_same_structure else result


def _limited(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, limit: Any, single: bool
) -> tuple[Callable[..., Any], Callable[..., Any], Any]:
    """The loop with a counter as a further loop variable."""
    limit = convert_to_tensor(limit, name="maximum_iterations")
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


def _while(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any,
    parallel_iterations: int,
) -> Any:
    graph = get_default_graph()
    structure = pack(loop_vars, [None] * len(leaves_of(loop_vars)))
    starts = [graph.taken_in([t])[0] if isinstance(graph, FuncGraph) else t for t in _tensors(loop_vars)]
    shapes = _invariants(loop_vars, structure, starts, shape_invariants)
    for kind in ("Enter", "Merge"):
        count_as(graph, *[kind] * len(starts))
    seen: set[Tensor] = set()
    test = FuncGraph(graph, seen)
    arguments = [test.argument(t, s) for t, s in zip(starts, shapes, strict=True)]
    with test.as_default():
        condition = convert_to_tensor(cond(*pack(loop_vars, arguments)))
        if condition.dtype.base_dtype is not dtypes.bool:
            raise TypeError(
                f"Input 'input' of 'LoopCond' Op has type {condition.dtype.base_dtype.name} that does not "
                "match expected type of bool."
            )
        condition = test.capture(condition)
    count_as(graph, "LoopCond")
    for kind in ("Switch", "Identity"):
        count_as(graph, *[kind] * len(starts))
    repeated = FuncGraph(graph, seen)
    values = [repeated.argument(t, s) for t, s in zip(starts, shapes, strict=True)]
    with repeated.as_default():
        result = body(*pack(loop_vars, values))
        if not has_parts(result):
            result = [result]
        check_same(list(loop_vars), list(result))
        nexts = [repeated.capture(convert_to_tensor(item)) for item in leaves_of(result)]
        nexts = [uncounted(repeated, partial(g.identity, t)) if t.dtype.is_ref_dtype else t for t in nexts]
    for argument, start, value in zip(values, starts, nexts, strict=True):
        _check_next(argument, start, value)
    count_as(graph, *["NextIteration"] * len(starts))
    outputs = _loop(graph, test, arguments, condition, repeated, values, nexts, starts, parallel_iterations)
    return pack(result, [g.identity(output, name="Exit") for output in outputs])


def _tensors(loop_vars: Any) -> list[Tensor]:
    converted = [convert_to_tensor_or_indexed_slices(item) for item in leaves_of(loop_vars)]
    return leaves_of(converted)


def _invariants(
    loop_vars: Any, structure: Any, starts: Sequence[Tensor], given: Any
) -> list[tuple[int | None, ...] | None]:
    """The static shape of each loop variable, flat."""
    if given is None:
        return [start._shape for start in starts]
    items = _shape_items(given)
    if len(items) != len(starts) or not all(isinstance(item, TensorShape) for item in items):
        raise ValueError(
            "The two structures don't have the same nested structure: `shapes` must be a (possibly nested) "
            "list of shapes, one for each loop variable; got "
            f"{given}"
        )
    for start, shape in zip(starts, items, strict=True):
        if not _is_within(start.shape, shape):
            raise ValueError(
                f"The shape invariant specified for {start.name} is not compatible with the initial shape "
                f"of the loop variable. It enters the loop with shape {start.shape}, but the specified "
                f"shape invariant is {shape}."
            )
    return [item.as_tuple() for item in items]


def _shape_items(given: Any) -> list[Any]:
    if isinstance(given, (list, tuple)):
        return [item for part in given for item in _shape_items(part)]
    if isinstance(given, Mapping):
        return [item for key in sorted(given) for item in _shape_items(given[key])]
    return [given]


def _is_within(shape: TensorShape, invariant: TensorShape) -> bool:
    """Whether every tensor of `shape` has a shape that `invariant` allows."""
    allowed, sizes = invariant.as_tuple(), shape.as_tuple()
    if allowed is None:
        return True
    if sizes is None or len(sizes) != len(allowed):
        return False
    return all(wanted is None or size == wanted for size, wanted in zip(sizes, allowed, strict=True))


def _check_next(argument: Tensor, start: Tensor, value: Tensor) -> None:
    if not _is_within(value.shape, argument.shape):
        raise ValueError(
            f"Input tensor '{start.name}' enters the loop with shape {start.shape}, but has shape "
            f"{value.shape} after one iteration. To allow the shape to vary across iterations, use the "
            "`shape_invariants` argument of tf.while_loop to specify a less-specific shape."
        )
    if value.dtype.base_dtype != start.dtype.base_dtype:
        raise TypeError(
            f"Input tensor '{start.name}' enters the loop with type {start.dtype.base_dtype.name}, but has "
            f"type {value.dtype.base_dtype.name} after one iteration; body must keep the types of the loop "
            "variables."
        )


def _loop(
    graph: Graph,
    test: FuncGraph,
    arguments: list[Tensor],
    condition: Tensor,
    repeated: FuncGraph,
    values: list[Tensor],
    nexts: list[Tensor],
    starts: list[Tensor],
    parallel_iterations: int,
) -> list[Tensor]:
    """The While node: what its functions take from outside goes round with the loop variables."""
    inputs = shared_inputs([test, repeated])
    name = function_name(graph, "loop")
    passed_on = [repeated.placeholder_for(tensor) for tensor in inputs]
    condition_function = Function(
        f"{name}_cond", test, [*arguments, *(test.placeholder_for(t) for t in inputs)], [condition]
    )
    body_function = Function(f"{name}_body", repeated, [*values, *passed_on], [*nexts, *passed_on])
    functions = condition_function, body_function
    make = g.While if any(map(is_stateful, functions)) else g.stateless_while
    with control_dependencies([*test.awaited, *repeated.awaited]):
        outputs = uncounted(
            graph,
            lambda: make(
                [*starts, *own_inputs(graph, inputs)],
                cond=condition_function,
                body=body_function,
                output_shapes=[value._shape for value in [*values, *passed_on]],
                parallel_iterations=parallel_iterations,
                name="While",
            ),
        )
    return outputs[: len(starts)]
