"""Functions of a graph, and the graphs that are their bodies.

A body is a graph of its own: it has its own names and count of operations.  Tensors of the graphs around it
become arguments of the function when an operation of the body takes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from perdure.graph import hooks
from perdure.graph.errors import InaccessibleTensorError
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor

# Collections that a body shares with the graph around it, the last two being the variables by name and the
# open variable scopes (`variables/`); of the others it has copies.
SHARED_COLLECTIONS: tuple[Any, ...] = (
    GraphKeys.GLOBAL_VARIABLES,
    GraphKeys.LOCAL_VARIABLES,
    GraphKeys.TRAINABLE_VARIABLES,
    ("__variable_store",),
    ("__varscope",),
)


# The attribute of a node that calls a function by its name in which it has the function: it is never written.
CALLED = "/called"


@dataclass(eq=False)
class Function:
    """A function as the attribute of an operation.

    Attributes:
        name: unique in the program's graph.
        graph: the body.
        inputs: the Placeholder tensors that stand for the arguments.
        outputs: tensors of the body.
        targets: operations of it that are run for their effects.
        is_lifted: whether planning has made it of control flow nodes.
        sums: of the body of a loop, what it only adds to; see `runtime/planning/sums.py`.
    """

    name: str
    graph: FuncGraph
    inputs: list[Tensor]
    outputs: list[Tensor]
    targets: tuple[Operation, ...] = ()
    is_lifted: bool = False
    sums: tuple[Any, ...] = ()


def function_called(op: Operation) -> Function:
    """The function that a call calls."""
    found: Function = op.attrs.get(CALLED) or op.attrs["f"]
    return found


class FuncGraph(Graph):
    """The body of a function.

    Args:
        name: the name of the function.
        collections: the collections it starts with, by key; those of the graph around it when None: variables
            are shared with that, the rest is copied.
        capture_by_value: whether variables are read outside of it.
        outer: the graph around it; the default graph when None.

    Attributes:
        inputs: the placeholders of the arguments, captured tensors last.
        outputs: what the function returns.
        control_outputs: operations that are run for their effects.
        control_captures: operations outside that operations in here wait for.
        structured_input_signature: the arguments it was traced with, tensors as TensorSpecs.
        structured_outputs: what the traced function returned, with tensors of this graph.
    """

    outer: Any  # the graph or function around this one
    uses_functions = True

    def __init__(
        self,
        name: str = "",
        collections: dict[Any, list[Any]] | None = None,
        capture_by_value: bool | None = None,
        *,
        outer: Graph | None = None,
    ) -> None:
        super().__init__()
        if capture_by_value:
            raise NotImplementedError("FuncGraph: capture_by_value is not supported: variables are captured")
        self.name = name
        self.capture_by_value = False
        self.outer = get_default_graph() if outer is None else outer
        self.building_function = True
        self.seed = self.outer.seed
        self.scopes.colocation = self.outer.scopes.colocation
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.control_outputs: list[Operation] = []
        self.control_captures: set[Operation] = set()
        self.structured_input_signature: Any = None
        self.structured_outputs: Any = None
        # Variables that were read or written while the body was made, in order.
        self.watched: dict[int, Any] = {}
        self._captures: dict[Tensor, Tensor] = {}
        # From placeholders to the tensors outside that they were made for, whatever becomes of them.
        self.stands_for: dict[Tensor, Tensor] = {}
        self._collections = self._taken_over() if collections is None else collections

    def _taken_over(self) -> dict[Any, list[Any]]:
        outer = self.outer
        found = {key: outer.get_collection(key) for key in outer.get_all_collection_keys()}
        found.update((key, outer.get_collection_ref(key)) for key in SHARED_COLLECTIONS)
        return found

    @property
    def outer_graph(self) -> Graph:
        """The graph around it."""
        return self.outer

    @property
    def root(self) -> Graph:
        """The program's graph, in which this body lies."""
        return self.outer.root

    def __str__(self) -> str:
        return f"FuncGraph(name={self.name}, id={id(self)})"

    # -- what comes from outside ---------------------------------------------------------

    @property
    def captures(self) -> list[tuple[Tensor, Tensor]]:
        """The tensors that were taken from outside, each with the placeholder that stands for it."""
        return list(self._captures.items())

    @property
    def external_captures(self) -> list[Tensor]:
        """The tensors that were taken from outside."""
        return list(self._captures)

    @property
    def internal_captures(self) -> list[Tensor]:
        """The placeholders that stand for what was taken from outside."""
        return list(self._captures.values())

    def placeholder_of(self, tensor: Tensor) -> Tensor | None:
        """The placeholder that stands for a tensor from outside, or None if that was not taken in."""
        return self._captures.get(tensor)

    def taken_in(self, tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
        """`tensors` as this graph's own."""
        return tuple(t if t.op.graph is self else self._taken_in(t) for t in tensors)

    def _taken_in(self, tensor: Tensor) -> Tensor:
        context = self.scopes.control_flow
        if context is not None:  # a branch or loop of the body takes it in its own way
            tensor = context.AddValue(tensor)
        return self.capture(tensor)

    def capture(self, tensor: Tensor, name: str | None = None) -> Tensor:
        """What stands for a tensor of the graphs around this one.

        Args:
            tensor: the tensor; one of this graph stands for itself.
            name: the name of the placeholder that is made; that of the tensor's operation when None.

        Raises:
            InaccessibleTensorError: the tensor belongs to the body of a function inside this one.
        """
        if tensor.op.graph is self:
            return tensor
        graph: Any = tensor.op.graph
        while isinstance(graph, FuncGraph):
            if graph is self:
                raise inaccessible(tensor, self)
            graph = graph.outer
        return self._capture_helper(tensor, tensor.op.name if name is None else name)

    def _capture_helper(self, tensor: Tensor, name: str | None) -> Tensor:
        found = self._captures.get(tensor)
        if found is None:
            found = self.substitute_for(tensor, name)
            self.add_capture(tensor, found)
        return found

    def substitute_for(self, tensor: Tensor, name: str | None) -> Tensor:
        """A new placeholder of the type and shape of `tensor`, outside of all control flow."""
        with self.as_default(), super().control_dependencies(None):
            attrs = {"dtype": tensor.dtype, "shape": tensor._shape}
            made = hooks.create_operation(self, "Placeholder", [], name or "Placeholder", attrs)
        result: Tensor = made.outputs[0]
        self.stands_for[result] = tensor
        return result

    def add_capture(self, tensor: Tensor, placeholder: Tensor) -> None:
        """Let a placeholder of this graph stand for a tensor outside."""
        self._captures[tensor] = placeholder
        self.inputs.append(placeholder)

    def pop_capture(self, tensor: Tensor) -> Tensor | None:
        """Forget a tensor that was taken from outside; returns the placeholder that stood for it."""
        return self._captures.pop(tensor, None)

    def reset_captures(self, capture_list: Iterable[tuple[Tensor, Tensor]]) -> None:
        """Say anew what stands for what."""
        self._captures = dict(capture_list)

    def clear_captures(self) -> None:
        """Forget what was taken from outside."""
        self._captures.clear()

    # -- variables -----------------------------------------------------------------------

    def watch_variable(self, variable: Any) -> None:
        """Note that a variable is read or written in here."""
        graph: Any = self
        while isinstance(graph, FuncGraph):
            graph.watched[id(variable)] = variable
            graph = graph.outer

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables that are read or written in here."""
        return tuple(self.watched.values())

    # -- scopes --------------------------------------------------------------------------

    def control_dependencies(self, control_inputs: Any) -> AbstractContextManager[None]:
        """As for any graph; what is outside has to be waited for by whoever calls the function."""
        if control_inputs is None:
            return super().control_dependencies(None)
        own = []
        for item in control_inputs:
            element = _operation_of(item)
            if element is None or element.graph is self:
                own.append(item)
            else:
                self.control_captures.add(element)
        return super().control_dependencies(own)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Make operations outside of all functions while the block runs, under the open name scope."""
        around: Any = self.outer
        while isinstance(around, FuncGraph):
            around = around.outer
        scope, devices = self.scopes.name, self.scopes.devices
        with (
            around.as_default(),
            around.scopes.replaced(control=(), control_flow=None, name=scope, devices=devices),
        ):
            yield

    @property
    def output_types(self) -> list[Any]:
        """The types of what it returns."""
        return [tensor.dtype for tensor in self.outputs]

    @property
    def output_shapes(self) -> list[Any]:
        """The shapes of what it returns."""
        return [tensor.shape for tensor in self.outputs]


def maybe_captured(tensor: Tensor) -> Tensor:
    """The tensor outside of all functions that a placeholder stands for, or `tensor` itself."""
    graph = tensor.op.graph
    if isinstance(graph, FuncGraph) and tensor.op.type == "Placeholder":
        for outside, placeholder in graph.captures:
            if placeholder is tensor:
                return maybe_captured(outside)
    return tensor


def _operation_of(item: Any) -> Operation | None:
    if type(item).__name__ == "IndexedSlices" or hasattr(item, "_handle") and hasattr(item, "op"):
        item = item.op
    convert = getattr(item, "_as_graph_element", None)
    if convert is not None:
        item = convert()
    if isinstance(item, Tensor):
        return item.op
    return item if isinstance(item, Operation) else None


def inaccessible(tensor: Tensor, accessed_from: Any) -> InaccessibleTensorError:
    """The error for a tensor that was carried out of the function that makes it."""
    return InaccessibleTensorError(
        f"The tensor '{tensor}' cannot be accessed here: it is defined in another function or code block. "
        "Use return values, explicit Python locals or TensorFlow collections to access it. Defined in: "
        f"{tensor.op.graph}; accessed from: {accessed_from}.\n"
    )
