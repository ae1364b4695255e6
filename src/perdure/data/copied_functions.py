"""Functions that hold copies of what they use of the graph around them: datasets of one-shot iterators."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from perdure.functions.definition import TracedFunction
from perdure.graph.construction import add_operation
from perdure.graph.func_graph import FuncGraph
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor


class CopyingGraph(FuncGraph):
    """The body of a function that takes in tensors of the graph around it with all that they depend on.

    Args:
        name: the name of the function.
        allowed: operations with state that may be taken in nevertheless.
    """

    def __init__(self, name: str, allowed: Collection[Operation]) -> None:
        super().__init__(name)
        self.seed = None
        self._allowed = {*allowed}

    def capture(self, tensor: Tensor, name: str | None = None) -> Tensor:
        """What stands for a tensor of the graph around this one: its copy.

        Raises:
            ValueError: it depends on something with state, or on what is fed.
        """
        if tensor.op.graph is self:
            return tensor
        if tensor not in self._captures:
            self._copy(tensor.op)
        return self._captures[tensor]

    def _copy(self, op: Operation) -> Operation:
        if op.signature.is_stateful and op not in self._allowed:
            raise ValueError(f"Cannot capture a stateful node (name:{op.name}, type:{op.type}) by value.")
        if op.type in ("Placeholder", "PlaceholderV2"):
            raise ValueError(f"Cannot capture a placeholder (name:{op.name}, type:{op.type}) by value.")
        # What several operations take is copied for each of them, as TensorFlow does.
        inputs = [self._copy(tensor.op).outputs[tensor.value_index] for tensor in op.inputs]
        name = self.operation_name(op.name)
        copied = add_operation(self, op.signature, name, tuple(inputs), dict(op.attrs))
        for tensor, made in zip(op.outputs, copied.outputs, strict=True):
            self._captures[tensor] = made
        return copied


def copied(
    name: str, function: Callable[[], Any], allowed: Collection[Operation], description: str
) -> TracedFunction:
    """Trace a function without arguments that takes in what it uses of the graph around it as copies.

    Args:
        name: of the function in the graph; a hash is appended.
        function: returns a tensor.
        allowed: operations with state that may be copied.
        description: goes into its FunctionDef.

    Raises:
        ValueError: it uses something with state, or what is fed.
    """
    outer: Graph = get_default_graph()
    body = CopyingGraph(name, allowed)
    with body.as_default():
        result = body.capture(function())
    body.functions.update(outer.root.functions)
    attrs = {"_disable_call_shape_inference": True}
    return TracedFunction(name, body, [], [result], attrs, description=description, is_hashed=True)
