"""Functions of the graph that Python functions of the program are traced to, for datasets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from perdure.functional.array.array import identity, placeholder
from perdure.graph.construction import add_operation
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.func_graph import Function
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.interchange.functions import FunctionBody


class TracedGraph(FunctionBody):
    """The body of a function that is being traced; it takes in tensors of the graphs around it as arguments.

    Args:
        outer: the graph around it.
    """

    def __init__(self, outer: Graph) -> None:
        super().__init__(outer)
        self.captured_inputs: list[Tensor] = []
        self.arguments: list[Tensor] = []

    @property
    def _last_id(self) -> int:
        return self._next_id - 1

    def count(self, number: int) -> None:
        """Count operations more than there are; seeds in a function are counts of its own."""
        self._next_id += number

    def capture(self, tensor: Tensor) -> Tensor:
        """The argument that stands for a tensor of a graph around this one."""
        if tensor.op.graph is self:
            return tensor
        found = self.captures.get(tensor)
        if found is None:
            found = self._taken(tensor)
            self.captures[tensor] = found
        return found

    def _taken(self, tensor: Tensor) -> Tensor:
        with self.control_dependencies(None):
            made = self._argument_for(tensor)
        self.captured_inputs.append(tensor)
        self.arguments.append(made)
        return made

    def _argument_for(self, tensor: Tensor) -> Tensor:
        with self.as_default():
            return placeholder(tensor.dtype.base_dtype, tensor.shape, name=tensor.op.name)

    def control_dependencies(self, control_inputs: Any) -> Any:
        """As for any graph."""
        return Graph.control_dependencies(self, control_inputs)


class CopyingGraph(TracedGraph):
    """The body of a function that takes in tensors of the graph around it with all that they depend on.

    Args:
        outer: the graph around it.
        allowed: operations with state that may be taken in nevertheless.
    """

    def __init__(self, outer: Graph, allowed: Collection[Operation]) -> None:
        super().__init__(outer)
        self._allowed = {*allowed}

    def _taken(self, tensor: Tensor) -> Tensor:
        made = self._copy(tensor.op)
        return made.outputs[tensor.value_index]

    def _copy(self, op: Operation) -> Operation:
        if op.signature.is_stateful and op not in self._allowed:
            raise ValueError(f"Cannot capture a stateful node (name:{op.name}, type:{op.type}) by value.")
        if op.type in ("Placeholder", "PlaceholderV2"):
            raise ValueError(f"Cannot capture a placeholder (name:{op.name}, type:{op.type}) by value.")
        # What several operations take is copied for each of them, as TensorFlow does.
        inputs = [self._copy(tensor.op).outputs[tensor.value_index] for tensor in op.inputs]
        with self.as_default():
            name = self.operation_name(op.name)
            copied = add_operation(self, op.signature, name, tuple(inputs), dict(op.attrs))
        for tensor, made in zip(op.outputs, copied.outputs, strict=True):
            self.captures[tensor] = made
        return copied


class Traced(Function):
    """A Python function as a function of the graph.

    Attributes:
        captured_inputs: the tensors around it that it takes behind its arguments.
    """

    captured_inputs: list[Tensor]

    def add_to_graph(self, graph: Graph) -> None:
        """Put it into the library of a graph."""
        graph.root.functions.setdefault(self.name, self)


def traced(name: str, function: Callable[..., Any], specs: Sequence[Any]) -> Traced:
    """Trace a function.

    Args:
        name: of the function in the graph.
        function: from tensors to a list of tensors.
        specs: of its arguments.
    """
    outer = get_default_graph()
    body = TracedGraph(outer)
    with body.as_default():
        inputs = [placeholder(spec.dtype, spec.shape, name=f"args_{i}") for i, spec in enumerate(specs)]
        results = [identity(convert_to_tensor(each)) for each in function(*inputs)]
    effects = tuple(op for op in body.get_operations() if _has_effects(op))
    made = Traced(name, body, [*inputs, *body.arguments], results, effects)
    made.captured_inputs = body.captured_inputs
    return made


def _has_effects(op: Operation) -> bool:
    return op.signature.is_stateful and op.type not in _WITHOUT_EFFECTS


_WITHOUT_EFFECTS = frozenset(
    "Placeholder TensorDataset TensorSliceDataset RangeDataset RandomDataset GeneratorDataset "
    "RandomUniform RandomUniformInt RandomStandardNormal ParameterizedTruncatedNormal TruncatedNormal "
    "RandomShuffle Multinomial RandomGamma RandomGammaGrad RandomPoisson RandomPoissonV2".split()
)


def copied(name: str, function: Callable[[], Any], allowed: Collection[Operation]) -> Traced:
    """Trace a function without arguments that takes in what it uses of the graph around it as copies.

    Args:
        name: of the function in the graph.
        function: returns a tensor.
        allowed: operations with state that may be copied.

    Raises:
        ValueError: it uses something with state, or what is fed.
    """
    outer = get_default_graph()
    body = CopyingGraph(outer, allowed)
    with body.as_default():
        result = function()
    made = Traced(name, body, [], [result])
    made.captured_inputs = []
    return made
