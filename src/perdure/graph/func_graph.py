"""Functions of the graph: the bodies of conditionals and loops.

A body is a graph of its own inside another.  It takes tensors of the graphs around it as inputs when an
operation uses them, and shares names, collections and the count of operations with the program's graph, so
that what is made in a branch is called, found and seeded as if there were one graph, as in TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from perdure.graph.errors import InaccessibleTensorError
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation, is_snapshot
from perdure.graph.signatures import find
from perdure.graph.source import creation_site
from perdure.graph.tensor import Tensor

_INHERITED_SCOPES = ("name", "devices", "container", "attrs", "gradient_overrides", "kernel_labels")


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


class FuncGraph(Graph):
    """The body of a function.

    Args:
        outer: the graph around it.
        seen: tensors of outer graphs that count as taken in already (see `capture`).
    """

    outer: Any  # the graph or function around this one

    def __init__(self, outer: Graph, seen: set[Tensor] | None = None) -> None:
        super().__init__()
        self.outer = outer
        self._root = outer.root
        self.seed = outer.seed
        self._names_in_use = self._root._names_in_use
        self._collections = self._root._collections
        self._lock = self._root._lock
        for name in _INHERITED_SCOPES:
            setattr(self.scopes, name, getattr(outer.scopes, name))
        # From tensors of the graph around to the placeholders that stand for them, in order.
        self.captures: dict[Tensor, Tensor] = {}
        # Operations of the graph around that operations in here wait for.
        self.awaited: dict[Operation, None] = {}
        self._snapshots: dict[Tensor, Tensor] = {}
        self._seen: set[Tensor] = set() if seen is None else seen

    @property
    def root(self) -> Graph:
        """The program's graph, in which this body lies."""
        return self._root

    @property
    def version(self) -> int:
        """The version of the program's graph."""
        return self._root.version

    @property
    def _last_id(self) -> int:
        return self._root._last_id

    def add_operation(self, op: Operation) -> None:
        """Take in a new operation; it gets its number from the program's graph."""
        with self._lock:
            self._root.number(op)
            self._operations[op.name] = op

    def add_operations(self, operations: Sequence[Operation]) -> None:
        """Take in new operations whose names are free, all at once."""
        with self._lock:
            for op in operations:
                self.add_operation(op)
                self._names_in_use.setdefault(op.name.lower(), 1)

    def count(self, number: int) -> None:
        """Let the program's graph count `number` operations more than it has."""
        self._root.count(number)

    # -- what comes from outside ---------------------------------------------------------

    def taken_in(self, tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
        """`tensors` as this graph's own."""
        return tuple(t if t.op.graph is self else self.capture(t) for t in tensors)

    def capture(self, tensor: Tensor) -> Tensor:
        """What stands for a tensor of the graphs around this one.

        TensorFlow makes a Switch or an Enter for each such tensor; they are counted here, since the seeds of
        random ops are node counts.

        Raises:
            InaccessibleTensorError: the tensor belongs to a graph that is not around this one.
        """
        if tensor.op.graph is self:
            return tensor
        found = self.captures.get(tensor)
        if found is None:
            found = self._snapshots.get(tensor)
        if found is not None and tensor in self._seen:
            return found
        if not self._lies_in(tensor.op.graph):
            if not isinstance(self.outer, FuncGraph):
                raise inaccessible(tensor)
            return self.capture(self.outer.capture(tensor))  # the body of a gradient may know it
        if found is None:
            found = self._take(tensor)
        if tensor not in self._seen:
            self._seen.add(tensor)
            self.count(1)
        return found

    def _lies_in(self, graph: Graph) -> bool:
        around: Graph | None = self.outer
        while around is not None and around is not graph:
            around = around.outer
        return around is not None

    def _take(self, tensor: Tensor) -> Tensor:
        if isinstance(self.outer, FuncGraph) and tensor.op.graph is not self.outer:
            self.outer.capture(tensor)  # counted there as well
        if is_snapshot(tensor.op):
            # The value of a ref variable, read where it is used: it may change inside.
            reference = self.placeholder_for(tensor.op.inputs[0])
            made = self._add("Identity", (reference,), {"T": tensor.dtype}, tensor)
            self._snapshots[tensor] = made
            return made
        return self.placeholder_for(tensor)

    def placeholder_for(self, tensor: Tensor) -> Tensor:
        """The placeholder for a tensor of an outer graph, made without being counted."""
        found = self.captures.get(tensor)
        if found is None:
            found = self.captures[tensor] = self.argument(tensor)
        return found

    def argument(self, like: Tensor, shape: Any = ...) -> Tensor:
        """A new placeholder of the type and shape of `like`, or of another shape."""
        shape = like._shape if shape is ... else shape
        attrs = {"dtype": like.dtype.base_dtype, "shape": shape}
        return self._add("Placeholder", (), attrs, like, shape)

    def _add(
        self,
        op_type: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        like: Tensor,
        shape: Any = ...,
    ) -> Tensor:
        signature = find(op_type)
        assert signature is not None
        prefix = f"{self.scopes.name}/" if self.scopes.name else ""
        name = f"{prefix}{op_type.lower()}_of_{like.op.name.replace('/', '_')}_{len(self._operations)}"
        op = Operation(self, name, signature, inputs, (), attrs, [like.dtype], creation_site())
        op.outputs[0]._shape = like._shape if shape is ... else shape
        self.add_operation(op)
        self.count(-1)
        return op.outputs[0]

    # -- scopes --------------------------------------------------------------------------

    def control_dependencies(self, control_inputs: Any) -> AbstractContextManager[None]:
        """As for any graph; None also leaves the function, as the makers of variables need it."""
        if control_inputs is None:
            return self._outside()
        return super().control_dependencies(control_inputs)

    def _own(self, operations: Iterable[Operation]) -> list[Operation]:
        own = []
        for op in operations:
            if op.graph is self:
                own.append(op)
            elif op.graph is self.outer:
                self.awaited[op] = None
            else:
                self.outer._await(op)
        return own

    def _await(self, op: Operation) -> None:
        self._own([op])

    @contextmanager
    def _outside(self) -> Iterator[None]:
        root, here = self._root, self.scopes
        same = {name: getattr(here, name) for name in _INHERITED_SCOPES}
        with root.as_default(), root.scopes.replaced(control=(), **same):
            yield

    def _belongs(self, element: Any) -> bool:
        return element.graph is self or self._lies_in(element.graph)

    def _named(self, name: str) -> Operation | None:
        return self._operations.get(name) or self.outer._named(name)


def inaccessible(tensor: Tensor) -> InaccessibleTensorError:
    """The error for a tensor that was carried out of the function that makes it."""
    return InaccessibleTensorError(
        f"The tensor {tensor.name!r} is made inside a branch or loop of "
        f"{tensor.op.graph.scopes.name!r} and has no value outside of it; return it from the function."
    )
