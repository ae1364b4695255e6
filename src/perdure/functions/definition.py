"""A traced body as a function of a graph's library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from perdure.formats.graph.attr_values import attr_to_proto
from perdure.formats.graph.function_hash import function_hash
from perdure.formats.graph.functions import body_to_proto
from perdure.formats.graph.graph_def import operation_attr
from perdure.formats.graph.op_defs import signature_from_proto
from perdure.graph.func_graph import FuncGraph, Function
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.signatures import Signature
from perdure.graph.tensor import Tensor


class TracedFunction(Function):
    """A function of a graph's library, as its body is now: what is added to that later is no part of it.

    Args:
        name: its name; with `is_hashed`, the hash of what it consists of is appended.
        graph: its body.
        inputs: the placeholders of its arguments.
        outputs: tensors of the body.
        attrs: attributes of the function.
        output_names: what its results are called; the names of their operations when empty.
        description: goes into its FunctionDef.
        is_hashed: see `name`.

    Attributes:
        stateful_ops: the operations of the body that have a state.
    """

    def __init__(
        self,
        name: str,
        graph: FuncGraph,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        attrs: Mapping[str, Any] | None = None,
        output_names: Sequence[str] = (),
        description: str = "",
        is_hashed: bool = False,
    ) -> None:
        super().__init__(name, graph, list(inputs), list(outputs), tuple(graph.control_outputs))
        self._attrs = dict(attrs or {})
        self._output_names = tuple(output_names)
        self._description = description
        self._is_hashed = is_hashed
        arguments = {tensor.op for tensor in inputs}
        self.operations = [op for op in graph.get_operations() if op not in arguments]
        self.stateful_ops = tuple(op for op in self.operations if op.signature.is_stateful)
        if is_hashed:
            self.name = self.definition.signature.name
        elif any(op.signature.calls_functions for op in self.operations):
            self.definition  # noqa: B018 - written now: calls are changed when their gradients are made

    @property
    def is_kept_apart(self) -> bool:
        """Whether all calls of it run one body, and share what belongs to the nodes of that."""
        return bool(self._attrs.get("_noinline"))

    @cached_property
    def definition(self) -> Any:
        """Its FunctionDef."""
        proto: Any = body_to_proto(
            self.name,
            self.operations,
            self.inputs,
            self.outputs,
            self.targets,
            operation_attr,
            self._output_names,
        )
        proto.signature.description = self._description
        if self._is_hashed:
            proto.signature.name = ""
            proto.signature.name = f"{self.name}_{function_hash(proto)}"
        for key, value in self._attrs.items():
            proto.attr[key].CopyFrom(attr_to_proto(value))
        return proto

    @cached_property
    def signature(self) -> Signature:
        """Its arguments and results, as of the type of an operation."""
        found = signature_from_proto(self.definition.signature)
        object.__setattr__(found, "calls_functions", True)
        return found

    @property
    def output_types(self) -> list[Any]:
        """The types of what it returns."""
        return [tensor.dtype.base_dtype for tensor in self.outputs]

    def add_to_graph(self, graph: Graph) -> None:
        """Put it, and the functions that it calls, into the library of a graph."""
        add_functions(graph, [self, *self.graph.functions.values()])


def add_functions(graph: Graph, functions: Iterable[Any]) -> None:
    """Put functions into the library of a graph; those that it has stay."""
    for function in functions:
        graph.functions.setdefault(function.name, function)


def is_stateful(operations: Iterable[Operation]) -> bool:
    """Whether some operation has a state."""
    return any(op.signature.is_stateful for op in operations)
