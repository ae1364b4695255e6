"""What nodes do to variables, also those that call functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import lookup, traits_of
from perdure.ops.traits import MERGE


def is_writer(node: Any) -> bool:
    """Whether a node changes a variable, itself or in a function that it calls."""
    if not isinstance(node, Operation):
        return False
    definition = lookup(node.type)
    if definition is None:
        return False
    if definition.updates:
        return True
    return node.signature.calls_functions and any(
        is_writer(op) for function in functions_of(node) for op in function.graph.get_operations()
    )


def calls_program(node: Any) -> bool:
    """Whether a node calls a function of the program's own, itself or in a function of the graph."""
    if not isinstance(node, Operation):
        return False
    definition = lookup(node.type)
    if definition is None:
        return False
    if definition.traits.calls_program:
        return True
    return node.signature.calls_functions and any(
        calls_program(op) for function in functions_of(node) for op in function.graph.get_operations()
    )


def has_effects(op: Operation) -> bool:
    """Whether something happens, or may fail on purpose, when `op` runs, besides what it makes."""
    definition = lookup(op.type)
    if definition is None or definition.kernel_rule is None:
        return True
    if definition.traits.calls is not None:
        return any(
            bool(function.targets) or any(map(has_effects, function.graph.get_operations()))
            for function in functions_of(op)
        )
    if definition.traits.lacking or definition.traits.setup:
        return False
    has_references = any(tensor.dtype.is_ref_dtype for tensor in op.inputs)
    return has_references or not definition.is_pure or definition.traits.is_check


def may_wait(node: Any) -> bool:
    """Whether a node may wait for another step.

    What waits in a function is no reason: a function cannot be left in the middle.
    """
    return isinstance(node, Operation) and traits_of(node.type).waits


def shares_memory(op: Operation) -> bool:
    """Whether what `op` makes is where its inputs are: a variable's memory, for example."""
    traits = traits_of(op.type)
    return traits.identity and not traits.copies


def functions_of(op: Operation) -> list[Function]:
    """The functions that `op` has as attributes."""
    values = [v for given in op.attrs.values() for v in (given if isinstance(given, list) else [given])]
    return [value for value in values if isinstance(value, Function)]


def written_by(node: Any) -> Iterator[Operation]:
    """The operations that make the ref variables which a node may change."""
    if is_writer(node):
        for tensor in (*node.inputs, *handles_inside(node)):
            if tensor.dtype.is_ref_dtype:
                variable = variable_behind(tensor)
                if variable is not None:
                    yield variable


def handles_inside(node: Any) -> Iterator[Tensor]:
    """The handles that the bodies of a node have of their own, without being given them."""
    if isinstance(node, Operation) and node.signature.calls_functions:
        for function in functions_of(node):
            yield from handles_of_body(function)


def handles_of_body(function: Function) -> Iterator[Tensor]:
    """The handles that a body, and those in it, have of their own."""
    for op in function.graph.get_operations():
        yield from (tensor for tensor in op.inputs if traits_of(tensor.op.type).setup)
        yield from handles_inside(op)
    yield from (tensor for tensor in function.outputs if traits_of(tensor.op.type).setup)


def variable_behind(tensor: Tensor) -> Operation | None:
    """The operation that makes the variable which `tensor` refers to, or None if it refers to none.

    In the body of a function that is the placeholder which stands for the variable.
    """
    while True:
        op = tensor.op
        traits = traits_of(op.type)
        if traits.setup:
            return op
        if traits.flow is MERGE:
            return None  # one of several
        if traits.placeholder:
            return op if tensor.dtype.is_ref_dtype or tensor.dtype.name == "resource" else None
        if not tensor.dtype.is_ref_dtype or not op.inputs:
            return None
        # The output of an update is the reference it was given.
        tensor = op.inputs[0]


def is_passed_in(reference: Tensor) -> bool:
    """Whether a reference in the body of a function is to a variable that the caller passes to it."""
    variable = variable_behind(reference)
    return variable is not None and traits_of(variable.type).placeholder
