"""The functions that act on the default graph: scopes, devices, control inputs, collections."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from perdure.graph.func_graph import FuncGraph
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.stacks import (
    default_session,
    get_default_graph,
    get_default_session,
    reset_default_graph,
)
from perdure.graph.tensor import Tensor

__all__ = [
    "add_to_collection",
    "add_to_collections",
    "colocate_with",
    "container",
    "control_dependencies",
    "default_session",
    "device",
    "get_all_collection_keys",
    "get_collection",
    "get_collection_ref",
    "get_default_graph",
    "get_default_session",
    "graph_of",
    "init_scope",
    "name_scope",
    "op_scope",
    "reset_default_graph",
]


def graph_of(values: Iterable[Any] | None, graph: Graph | None = None) -> Graph:
    """The graph of the first tensor or operation among `values`, else the default graph.

    Args:
        values: tensors, operations, objects that stand for them, and anything else (passed over).
        graph: the graph they must belong to, if it is known.

    Raises:
        ValueError: two of them belong to different graphs, or one to another than `graph`.
    """
    default = get_default_graph()
    if default.outer is not None and graph is None:  # a function's body takes in what comes from outside
        return default
    first: Any = None
    for value in values or ():
        element = value
        if not isinstance(value, (Tensor, Operation)):
            convert = getattr(value, "_as_graph_element", None)
            if convert is None:
                found = getattr(value, "graph", None)
                if not isinstance(found, Graph):
                    continue
            else:
                element = convert()
        if graph is None:
            first, graph = element, element.graph
        elif element.graph is not graph:
            if first is None:
                raise ValueError(f"{element} is not from the passed-in graph.")
            raise ValueError(f"{element} must be from the same graph as {first}.")
    return default if graph is None else graph


class name_scope:  # noqa: N801 - TensorFlow's name
    """A context manager that prefixes the names of the operations made in the block.

    Args:
        name: the scope's name; when None, `default_name`.
        default_name: the name used when `name` is None.
        values: tensors the block works on; their graph is made the default one.

    Raises:
        ValueError: `name` and `default_name` are both None although `values` are given.
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None) -> None:
        self._name = default_name if name is None else name
        self._values = values
        if self._name is None and values is not None:
            raise ValueError(
                f"At least one of name ({name}) and default_name ({default_name}) must be provided."
            )

    @property
    def name(self) -> str | None:
        """The name asked for."""
        return self._name

    def __enter__(self) -> str:
        graph = graph_of(self._values)
        self._graph_scope = graph.as_default()
        self._graph_scope.__enter__()
        try:
            self._name_scope = graph.name_scope(self._name)
            return self._name_scope.__enter__()
        except BaseException as error:
            self._graph_scope.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(self, *exc_info: Any) -> None:
        try:
            self._name_scope.__exit__(*exc_info)
        finally:
            self._graph_scope.__exit__(*exc_info)


def op_scope(values: Any, name: str | None, default_name: str | None = None) -> name_scope:
    """The older spelling of `tf.name_scope(name, default_name, values)`."""
    return name_scope(name, default_name, values)


def device(device_name_or_function: Any) -> AbstractContextManager[None]:
    """Place the operations made in the block; see `Graph.device`."""
    return get_default_graph().device(device_name_or_function)


def container(container_name: str) -> AbstractContextManager[None]:
    """Keep the state of stateful operations made in the block in a container; see `Graph.container`."""
    return get_default_graph().container(container_name)


def control_dependencies(control_inputs: Any) -> AbstractContextManager[None]:
    """Let the operations made in the block wait for others; see `Graph.control_dependencies`."""
    return get_default_graph().control_dependencies(control_inputs)


def colocate_with(op: Any, ignore_existing: bool = False) -> AbstractContextManager[None]:
    """Put the operations made in the block on the device of `op`; see `Graph.colocate_with`."""
    return get_default_graph().colocate_with(op, ignore_existing)


def init_scope() -> AbstractContextManager[None]:
    """Leave all control dependencies and functions, as for making a variable's initial value."""
    graph = get_default_graph()
    return graph.outside() if isinstance(graph, FuncGraph) else graph.control_dependencies(None)


def add_to_collection(name: Any, value: Any) -> None:
    """Append `value` to a collection of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    """Append `value` to several collections of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """A copy of a collection of the default graph; see `Graph.get_collection`."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list[Any]:
    """A collection of the default graph itself; see `Graph.get_collection_ref`."""
    return get_default_graph().get_collection_ref(key)


def get_all_collection_keys() -> list[str]:
    """The names of the collections of the default graph."""
    return get_default_graph().get_all_collection_keys()
