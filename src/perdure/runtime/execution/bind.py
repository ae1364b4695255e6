"""Kernels bound to nodes: a function of the values of the node's inputs alone, flat in, flat out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

import numpy as np

from perdure.arrays import numpy_arrays
from perdure.arrays.frozen import frozen
from perdure.graph.dtypes import resource
from perdure.graph.errors import InvalidArgumentError, PermissionDeniedError, UnimplementedError
from perdure.graph.func_graph import CALLED, Function
from perdure.graph.operation import Operation
from perdure.graph.signatures import Argument, spans
from perdure.graph.tensor import Tensor
from perdure.inference.values import known_value
from perdure.ops.capabilities import CAPABILITIES, policies_of
from perdure.ops.registry import OpDefinition, Rule, lookup
from perdure.resources.resource import Resource, check_kind, not_a_variable
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.callers import seen_by
from perdure.runtime.execution.step import Step, VariableInStep

Bound = Callable[..., Any]
InStep = Callable[[Any, Any], Any]
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
        what = "an op of TensorFlow that perdure has no kernel for yet"
        if op.type in op.graph.functions:
            what = "a function of the graph: perdure runs those that PartitionedCall, If and While call"
        raise UnimplementedError(None, op, f"{op.type} is {what}")
    return definition


def check_kernels(operations: Iterable[Operation]) -> None:
    """Refuse operations that perdure has no kernel for, naming all of them at once.

    Raises:
        UnimplementedError: there are some.
    """
    missing: dict[str, Operation] = {}
    for op in operations:
        definition = lookup(op.type)
        if definition is None or definition.kernel_rule is None:
            missing.setdefault(op.type, op)
    if len(missing) > 1:
        kinds = ", ".join(f"{op_type} ({op.name})" for op_type, op in sorted(missing.items()))
        raise UnimplementedError(
            None, next(iter(missing.values())), f"ops that perdure has no kernel for yet: {kinds}"
        )


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
        InvalidArgumentError: the op changes a variable for which a value is fed, or what is no variable.
        FailedPreconditionError: it reads what is no variable.
        PermissionDeniedError: it calls a Python function, and is of a model that was loaded: its token is
            another process's, and may be that of some function of this one.
        UnimplementedError: perdure has no kernel for it.
    """
    definition = definition_of(op)
    rule = definition.kernel_rule
    assert rule is not None
    if CALLED in op.attrs:
        function = op.attrs[CALLED]
        call_named = partial(_call_named, planned(function, seen_by(function, op, resources)))
        return BoundKernel(call_named, True, list(range(len(op.inputs))))
    if definition.traits.calls_program and policies_of(op):
        raise PermissionDeniedError(
            None, op, f"{op.type} of a loaded model calls a Python function of the program that wrote it"
        )
    if definition.traits.identity and op.outputs[0].dtype.is_ref_dtype:
        return BoundKernel(_same, False, [0])  # the reference itself, not what is behind it
    call: Bound = partial(rule.function, xp, **_keywords(definition, op, rule, resources, planned))
    if definition.direct is not None and xp is numpy_arrays():
        call = definition.direct
    places = _places(op)
    arguments = {argument.name: argument for argument in definition.signature.inputs}
    _check_variables(op, definition, places)
    positions: list[int] = []
    slices: list[int | slice] = []  # how the flat values are grouped for the kernel
    ways: list[Way] = []  # how each flat value is given to the kernel
    for name in rule.arguments:
        span = places[name]
        start = len(positions)
        positions += span
        slices.append(slice(start, len(positions)) if arguments[name].is_list else start)
        ways += [_way(definition, arguments[name], op, i, fed) for i in span]
    if any(isinstance(item, slice) for item in slices):
        call = _grouped(call, slices)
    if (
        sum(argument.is_list for argument in definition.signature.outputs)
        and len(definition.signature.outputs) > 1
    ):
        call = _flattened(call)
    if definition.traits.kept and _is_fixed(op):
        call = _kept(call)
    of_step = {
        name: (capability.in_step, capability.bind(definition, op, resources))
        for name, capability in CAPABILITIES.items()
        if name in rule.attrs and capability.in_step is not None
    }
    if of_step:
        return BoundKernel(_given_more(call, ways, of_step), True, positions)
    if definition.traits.calls_program:
        return BoundKernel(_handing_over(call, ways), True, positions)
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


def _call_named(function: Any, step: Step, *values: Any) -> Any:
    results = function(step, values)
    return results[0] if len(results) == 1 else results


def _is_fixed(op: Operation) -> bool:
    """Whether what `op` takes follows from constants, and from functions of constants that are kept."""
    if op.graph.outer is not None:
        return False
    for tensor in op.inputs:
        definition = lookup(tensor.op.type)
        is_kept = definition is not None and definition.traits.kept and _is_fixed(tensor.op)
        if not is_kept and known_value(tensor) is None:
            return False
    return True


def _kept(call: Bound) -> Bound:
    """`call`, whose result is kept for as long as it is called with equal values: one may be fed."""
    last: list[Any] = []

    def call_if_new(*values: Any) -> Any:
        if last and all(map(_are_equal, values, last[0])):
            return last[1]
        result = call(*values)
        last[:] = [values, [frozen(np.asarray(item)) for item in result]]
        return last[1]

    return call_if_new


def _are_equal(one: Any, other: Any) -> bool:
    return one is other or one.dtype == other.dtype and np.array_equal(one, other)


def _same(reference: Any) -> Any:
    return reference


def _keywords(
    definition: OpDefinition, op: Operation, rule: Rule, resources: Resources, planned: Planned
) -> dict[str, Any]:
    keywords: dict[str, Any] = {}
    for name in rule.attrs:
        capability = CAPABILITIES.get(name)
        if capability is None:
            value = op.attrs[name]
            if isinstance(value, Function):
                value = planned(value, seen_by(value, op, resources))
            elif isinstance(value, list) and value and isinstance(value[0], Function):
                value = [planned(function, seen_by(function, op, resources)) for function in value]
            keywords[name] = value
        elif capability.in_step is None:
            keywords[name] = capability.bind(definition, op, resources)
    return keywords


def _places(op: Operation) -> dict[str, range]:
    """The flat positions of each input argument."""
    arguments = op.signature.inputs
    return {a.name: span for a, span in zip(arguments, spans(arguments, op.attrs), strict=True)}


def _check_variables(op: Operation, definition: OpDefinition, spans: dict[str, range]) -> None:
    """Refuse the handle of a queue, say, where the op reads or writes a variable."""
    for name in (*definition.updates, *definition.reads):
        for i in spans[name]:
            source = op.inputs[i].op
            maker = lookup(source.type)
            if maker is not None and maker.makes is not None and maker.makes is not Variable:
                raise not_a_variable(maker.makes, Variable, source.name, name not in definition.updates)


class HandleWay:
    """How an object is given to a kernel that deals with it as such: checked, and with the step if it is a
    variable.

    Args:
        wanted: of what class it must be.
        by_reference: whether its handle is a reference.
    """

    __slots__ = ("_wanted", "_by_reference", "_plain")

    def __init__(self, wanted: type[Resource], by_reference: bool) -> None:
        self._wanted = wanted
        self._by_reference = by_reference
        # What most kernels of a loop are given: it needs no further questions.
        self._plain = None if issubclass(wanted, Variable) else wanted

    def given(self, step: Step, value: Any) -> Any:
        """What the kernel gets for the value of a handle."""
        if type(value) is self._plain:
            return value.in_step(step)
        if isinstance(value, np.ndarray) and value.dtype == object and not value.ndim:
            value = value.item()  # a handle that was chosen among several
        check_kind(value, self._wanted, self._by_reference)
        return VariableInStep(step, value) if isinstance(value, Variable) else value.in_step(step)


# "value" as it is, "read" the value of a variable, or the object that a handle stands for.
Way = str | HandleWay


def _way(
    definition: OpDefinition, argument: Argument, op: Operation, position: int, fed: Collection[Tensor]
) -> Way:
    wanted = definition.handles.get(argument.name)
    if wanted is not None:
        return HandleWay(wanted, op.inputs[position].dtype.is_ref_dtype)
    if op.inputs[position] in fed:
        return "value"
    if argument.name in definition.updates or argument.name in definition.reads:
        return "read"
    if argument.is_list and definition.signature.calls_functions:
        return "value"  # a function takes in a variable as such
    dtype = op.inputs[position].dtype
    return "read" if dtype.is_ref_dtype and dtype.base_dtype is not resource else "value"


def _reference_outputs(op: Operation) -> int:
    return sum(tensor.dtype.is_ref_dtype for tensor in op.outputs)


def _given(step: Step, ways: list[Way], values: tuple[Any, ...]) -> list[Any]:
    return [
        value if way == "value" else step.read(value) if way == "read" else way.given(step, value)  # type: ignore[union-attr]
        for way, value in zip(ways, values, strict=True)
    ]


def _given_more(call: Bound, ways: list[Way], of_step: dict[str, tuple[InStep, Any]]) -> Bound:
    """Call with what differs from step to step: by name, how it is made, and of what."""
    if len(of_step) == 1:
        ((name, (make, found)),) = of_step.items()

        def call_with_one(step: Step, *values: Any) -> Any:
            return call(*_given(step, ways, values), **{name: make(step, found)})

        return call_with_one

    def call_with_more(step: Step, *values: Any) -> Any:
        more = {name: make(step, found) for name, (make, found) in of_step.items()}
        return call(*_given(step, ways, values), **more)

    return call_with_more


def _handing_over(call: Bound, ways: list[Way]) -> Bound:
    """Call what may run other steps, which see and change what this one has written."""

    def hand_over_and_call(step: Step, *values: Any) -> Any:
        given = _given(step, ways, values)
        step.hand_over()
        return call(*given)

    return hand_over_and_call


def _lent(step: Step, ways: list[Way], values: tuple[Any, ...], rows: Any) -> list[Any]:
    return [
        step.lend(value, rows) if way == "read" else value for way, value in zip(ways, values, strict=True)
    ]


def _reading(call: Bound, ways: list[Way]) -> Bound:
    if ways == ["read"]:
        return lambda step, variable: call(step.read(variable))
    first = ways[0]
    if isinstance(first, HandleWay) and all(way == "value" for way in ways[1:]):
        given = first.given
        return lambda step, handle, *values: call(given(step, handle), *values)

    def read_and_call(step: Step, *values: Any) -> Any:
        return call(*_given(step, ways, values))

    return read_and_call


def _updating(
    call: Bound, ways: list[Way], target_count: int, reference_outputs: int, rows: int | None
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
