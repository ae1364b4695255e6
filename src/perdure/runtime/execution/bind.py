"""Kernels bound to nodes: a function of the values of the node's inputs alone, flat in, flat out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import numpy as np

from perdure.arrays import numpy_arrays
from perdure.graph.dtypes import resource
from perdure.graph.errors import InvalidArgumentError, UnimplementedError
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.signatures import Argument, spans
from perdure.graph.tensor import Tensor
from perdure.ops.registry import OpDefinition, Rule, lookup
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.step import Step, VariableInStep

Bound = Callable[..., Any]
# Plans the body of a function for a session; see `execution/function.py`.
Planned = Callable[[Function, Resources], Any]


class BoundKernel:
    """A kernel ready to be called with values.

    Attributes:
        call: the function to call.
        takes_step: whether `call` wants the Step before the values.
        inputs: which of the node's flat inputs it takes, by position.
    """

    __slots__ = ("call", "takes_step", "inputs")

    def __init__(self, call: Bound, takes_step: bool, inputs: list[int]) -> None:
        self.call = call
        self.takes_step = takes_step
        self.inputs = inputs


def definition_of(op: Operation) -> OpDefinition:
    """The definition of a node's op.

    Raises:
        UnimplementedError: perdure has no kernel for it.
    """
    definition = lookup(op.type)
    if definition is None or definition.kernel_rule is None:
        raise UnimplementedError(
            None, op, f"{op.type} is an op of TensorFlow that perdure has no kernel for yet"
        )
    return definition


def bind(
    op: Operation, xp: Any, resources: Resources, planned: Planned, fed: Collection[Tensor] = ()
) -> BoundKernel:
    """Bind the kernel of `op` to its attributes, the array namespace and the session's resources.

    Args:
        op: the operation.
        xp: the array namespace.
        resources: what the session owns.
        planned: gets the functions that it has as attributes ready to be called.
        fed: references among its inputs for which a value is fed.

    Raises:
        InvalidArgumentError: the op changes a variable for which a value is fed.
        UnimplementedError: perdure has no kernel for it.
    """
    definition = definition_of(op)
    rule = definition.kernel_rule
    assert rule is not None
    if definition.traits.identity and op.outputs[0].dtype.is_ref_dtype:
        return BoundKernel(_same, False, [0])  # the reference itself, not what is behind it
    call: Bound = partial(rule.function, xp, **_keywords(op, rule, resources, planned))
    if definition.direct is not None and xp is numpy_arrays():
        call = definition.direct
    places = _places(op)
    arguments = {argument.name: argument for argument in definition.signature.inputs}
    positions: list[int] = []
    slices: list[int | slice] = []  # how the flat values are grouped for the kernel
    ways: list[str] = []  # how each flat value is given to the kernel: as it is, read, or as a handle
    for name in rule.arguments:
        span = places[name]
        start = len(positions)
        positions += span
        slices.append(slice(start, len(positions)) if arguments[name].is_list else start)
        ways += ["value" if op.inputs[i] in fed else _way(definition, arguments[name], op, i) for i in span]
    if any(isinstance(item, slice) for item in slices):
        call = _grouped(call, slices)
    if (
        sum(argument.is_list for argument in definition.signature.outputs)
        and len(definition.signature.outputs) > 1
    ):
        call = _flattened(call)
    if "step" in rule.attrs:
        return BoundKernel(_with_step(call, ways), True, positions)
    if "rng" in rule.attrs:
        stream = resources.stream(op.name, op.attrs["seed"], op.attrs["seed2"])
        return BoundKernel(_drawing(call, ways, stream), True, positions)
    if definition.updates:
        targets = [i for name in definition.updates for i in places[name]]
        for i in targets:
            if op.inputs[i] in fed:
                raise InvalidArgumentError(
                    None, None, f"a value was fed for {op.inputs[i].name}, which the operation changes"
                )
        rows = None
        if definition.rows is not None and definition.rows in rule.arguments:
            rows = positions.index(places[definition.rows][0])
        update = _updating(call, ways, len(targets), _reference_outputs(op), rows)
        return BoundKernel(update, True, positions + targets)
    if any(way != "value" for way in ways):
        return BoundKernel(_reading(call, ways), True, positions)
    return BoundKernel(call, False, positions)


def _same(reference: Any) -> Any:
    return reference


def _keywords(op: Operation, rule: Rule, resources: Resources, planned: Planned) -> dict[str, Any]:
    keywords: dict[str, Any] = {}
    for name in rule.attrs:
        if name in ("step", "rng"):
            continue  # differs from run to run
        if name == "calls":
            keywords[name] = resources.calls(op.name)
        elif name == "resources":
            keywords[name] = resources
        elif name == "node_name":
            keywords[name] = op.name
        else:
            value = op.attrs[name]
            keywords[name] = planned(value, resources) if isinstance(value, Function) else value
    return keywords


def _places(op: Operation) -> dict[str, range]:
    """The flat positions of each input argument."""
    arguments = op.signature.inputs
    return {a.name: span for a, span in zip(arguments, spans(arguments, op.attrs), strict=True)}


def _way(definition: OpDefinition, argument: Argument, op: Operation, position: int) -> str:
    if argument.name in definition.handles:
        return "handle"
    if argument.name in definition.updates or argument.name in definition.reads:
        return "read"
    if argument.is_list and definition.signature.calls_functions:
        return "value"  # a function takes in a variable as such
    dtype = op.inputs[position].dtype
    return "read" if dtype.is_ref_dtype and dtype.base_dtype is not resource else "value"


def _reference_outputs(op: Operation) -> int:
    return sum(tensor.dtype.is_ref_dtype for tensor in op.outputs)


def _given(step: Step, ways: list[str], values: tuple[Any, ...]) -> list[Any]:
    return [
        value if way == "value" else step.read(value) if way == "read" else _handle(step, value)
        for way, value in zip(ways, values, strict=True)
    ]


def _handle(step: Step, value: Any) -> Any:
    if isinstance(value, np.ndarray):  # a handle that was chosen among several
        value = value.item()
    return VariableInStep(step, value) if isinstance(value, Variable) else value


def _with_step(call: Bound, ways: list[str]) -> Bound:
    def call_with_step(step: Step, *values: Any) -> Any:
        return call(*_given(step, ways, values), step=step)

    return call_with_step


class _StreamInStep:
    """A random stream as a kernel sees it: what it draws is the step's."""

    __slots__ = ("_step", "_stream")

    def __init__(self, step: Step, stream: Any) -> None:
        self._step = step
        self._stream = stream

    def reserve(self, samples: int) -> tuple[Any, Any]:
        """See `Stream.reserve`."""
        return self._step.draw(self._stream, samples)


def _drawing(call: Bound, ways: list[str], stream: Any) -> Bound:
    def draw_and_call(step: Step, *values: Any) -> Any:
        return call(*_given(step, ways, values), rng=_StreamInStep(step, stream))

    return draw_and_call


def _lent(step: Step, ways: list[str], values: tuple[Any, ...], rows: Any) -> list[Any]:
    return [
        step.lend(value, rows) if way == "read" else value for way, value in zip(ways, values, strict=True)
    ]


def _reading(call: Bound, ways: list[str]) -> Bound:
    if ways == ["read"]:
        return lambda step, variable: call(step.read(variable))

    def read_and_call(step: Step, *values: Any) -> Any:
        return call(*_given(step, ways, values))

    return read_and_call


def _updating(
    call: Bound, ways: list[str], target_count: int, reference_outputs: int, rows: int | None
) -> Bound:
    """Call, store the new values of the variables, and give the references on.

    With `rows`, the position of the rows that change, the kernel is lent the variables.
    """

    def update(step: Step, *values: Any) -> Any:
        targets = values[len(ways) :]
        step.begin_writing()
        if rows is None:
            results = call(*_given(step, ways, values[: len(ways)]))
        else:
            results = call(*_lent(step, ways, values[: len(ways)], values[rows]))
        if target_count == 1 and not isinstance(results, (tuple, list)):
            results = (results,)
        for variable, value in zip(targets, results, strict=False):
            step.write(variable, value)
        outputs = (*targets[:reference_outputs], *results[target_count:])
        return outputs[0] if len(outputs) == 1 else outputs

    return update


def _grouped(call: Bound, slices: list[int | slice]) -> Bound:
    def call_with_lists(*flat: Any, **extras: Any) -> Any:
        return call(*[list(flat[s]) if isinstance(s, slice) else flat[s] for s in slices], **extras)

    return call_with_lists


def _flattened(call: Bound) -> Bound:
    def call_and_flatten(*values: Any, **extras: Any) -> list[Any]:
        flat: list[Any] = []
        for item in call(*values, **extras):
            flat.extend(item) if isinstance(item, (list, tuple)) else flat.append(item)
        return flat

    return call_and_flatten
