"""Values out of the body of a function: what they are computed from, once more outside."""

from __future__ import annotations

from perdure.graph import hooks
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


class UnliftableError(Exception):
    """A value depends on an argument of the function that it is in, or on what that has captured."""


def lifted(value: Tensor, graph: Graph) -> Tensor:
    """A value of the body of a function, as operations of a graph around it.

    Args:
        value: a tensor of the body; one of `graph` stands for itself.
        graph: gets the operations, under the name scope that is open there.

    Raises:
        UnliftableError: it depends on an argument, or on what is captured.
    """
    known: dict[Tensor, Tensor] = {}
    for op in _in_order(value, graph):
        attrs = {key: attr for key, attr in op.attrs.items() if not key.startswith("_")}
        inputs = [known.get(tensor, tensor) for tensor in op.inputs]
        with graph.as_default():
            made = hooks.create_operation(graph, op.type, inputs, op.name, attrs)
        known.update(zip(op.outputs, made.outputs, strict=True))
    return known.get(value, value)


def _in_order(value: Tensor, graph: Graph) -> list[Operation]:
    """What a value depends on inside of functions, each operation behind what that depends on."""
    found: dict[Operation, None] = {}
    consumer_of: dict[Operation, Operation] = {}
    waiting: list[tuple[Operation, bool]] = [(value.op, False)]
    while waiting:
        op, is_done = waiting.pop()
        if is_done:
            found[op] = None
        elif op not in found and op.graph is not graph:
            if op.type == "Placeholder":
                raise _unliftable(value, op, consumer_of)
            waiting.append((op, True))
            for tensor in reversed(op.inputs):
                consumer_of.setdefault(tensor.op, op)
                waiting.append((tensor.op, False))
    return list(found)


def _unliftable(
    value: Tensor, argument: Operation, consumer_of: dict[Operation, Operation]
) -> UnliftableError:
    path = [argument]
    while path[-1] is not value.op:
        path.append(consumer_of[path[-1]])
    way = " <- ".join(f"{op.name} ({op.type})" for op in reversed(path))
    return UnliftableError(
        f"Unable to lift tensor {value!r} because it depends transitively on placeholder {argument!r} via at "
        f"least one path, e.g.: {way}"
    )
