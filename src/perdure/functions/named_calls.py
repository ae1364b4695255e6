"""Nodes that call a function of the library by its name, and their gradients.

The type of such a node is the function's name.  It keeps the function itself, too, in an attribute that is
not written (`graph/func_graph.py`), which is what the runtime calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from perdure.formats.graph.attr_values import attr_to_proto
from perdure.functional.array.array import zeros_like
from perdure.functions.definition import TracedFunction
from perdure.gradients.driver import gradients_through
from perdure.graph import dtypes, hooks
from perdure.graph.builder import g
from perdure.graph.construction import add_operation
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.func_graph import CALLED, FuncGraph, Function, function_called
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import call_as


def call_by_name(
    graph: Graph, function: TracedFunction, inputs: Sequence[Tensor], name: str, attrs: Mapping[str, Any]
) -> Operation:
    """A node of the type of a function.

    Args:
        graph: gets the node; its library has the function.
        function: the function.
        inputs: its arguments.
        name: the name of the node.
        attrs: its attributes.

    Raises:
        ValueError: the function has the name of an op, or an argument is of another type.
    """
    call_as(function.name)
    for tensor, argument in zip(inputs, function.signature.inputs, strict=True):
        if argument.type is not None and tensor.dtype.base_dtype is not argument.type.base_dtype:
            raise ValueError(
                f"Input '{argument.name}' has type {tensor.dtype.base_dtype.name}, expected "
                f"{argument.type.name}, while building NodeDef '{name}' using Op<name={function.name}>"
            )
    with graph.as_default():
        return add_operation(
            graph,
            function.signature,
            graph.operation_name(name),
            tuple(inputs),
            {**attrs, CALLED: function},
        )


def named_call_gradient(op: Operation, *d_outputs: Any) -> Any:
    """The gradients of the inputs of a call by name, or of a PartitionedCall that has no other gradient.

    Args:
        op: the call.
        *d_outputs: the gradient of each of its results, or None.
    """
    function = function_called(op)
    python = getattr(function, "python_grad_func", None)
    if python is not None:
        return python(op, *d_outputs)
    given = [
        zeros_like(output) if d_output is None else convert_to_tensor(d_output)
        for output, d_output in zip(op.outputs, d_outputs, strict=True)
    ]
    bound = {key: value for key, value in op.attrs.items() if key != CALLED}
    return g.symbolic_gradient(
        [*op.inputs, *given],
        Tout=[dtypes.float32 if t.dtype is dtypes.resource else t.dtype.base_dtype for t in op.inputs],
        f=SymbolicGradient(function, bound),
    )


class SymbolicGradient(Function):
    """The gradient of a function, as the attribute of an operation: from arguments and gradients of results.

    It is named after the function, which is what is written; its own body is made when it is first run.

    Args:
        function: the function.
        bound_attrs: attributes of the call.
    """

    is_lifted = True  # it has the name of the function, which may be called around it

    def __init__(self, function: Any, bound_attrs: Mapping[str, Any]) -> None:
        self.name = function.name
        self.function = function
        self.bound_attrs = {key: attr_to_proto(value) for key, value in bound_attrs.items()}

    @property
    def definition(self) -> Any:
        """The FunctionDef of the function."""
        return self.function.definition

    @cached_property
    def _made(self) -> tuple[FuncGraph, list[Tensor], list[Tensor]]:
        known = getattr(self.function, "gradient_function", None)
        if known is not None:
            made = getattr(known, "attribute", known)
            return made.graph, made.inputs, made.outputs
        outer = self.function.graph.outer
        with outer.as_default():
            body: FuncGraph = hooks.function_body(self.definition, None)
        with body.as_default():
            incoming = [
                hooks.create_operation(
                    body, "Placeholder", [], "dy", {"dtype": y.dtype, "shape": y._shape}
                ).outputs[0]
                for y in body.outputs
            ]
            pairs = [
                (y, dy)
                for y, dy in zip(body.outputs, incoming, strict=True)
                if y.dtype.is_floating or y.dtype.is_complex
            ]
            found = gradients_through(
                body, [y for y, _ in pairs], body.inputs, grad_ys=[dy for _, dy in pairs]
            )
            results = [
                zeros_like(x) if d_x is None else convert_to_tensor(d_x)
                for x, d_x in zip(body.inputs, found, strict=True)
            ]
        return body, [*body.inputs, *incoming], results

    @property
    def graph(self) -> FuncGraph:  # type: ignore[override]
        """Its body."""
        return self._made[0]

    @property
    def inputs(self) -> list[Tensor]:  # type: ignore[override]
        """The placeholders of its arguments."""
        return self._made[1]

    @property
    def outputs(self) -> list[Tensor]:  # type: ignore[override]
        """What it returns."""
        return self._made[2]

    @property
    def targets(self) -> tuple[Operation, ...]:  # type: ignore[override]
        """None: it is run for its results alone."""
        return ()

    def add_to_graph(self, graph: Graph) -> None:
        """Put the function into the library of a graph."""
        self.function.add_to_graph(graph)
