"""Tables and other resources of a graph: initializing them, and checking that they are initialized."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from perdure.functional.array.gathering import boolean_mask
from perdure.functional.array.joining import stack
from perdure.functional.control.control import group, no_op
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.defaults import add_to_collection, device, get_collection, name_scope
from perdure.graph.dtypes import string
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


class _Resource(NamedTuple):
    handle: Any
    create: Any
    is_initialized: Any


def register_resource(handle: Any, create_op: Any, is_initialized_op: Any, is_shared: bool = True) -> None:
    """Have a resource initialized with the variables of its graph.

    Args:
        handle: the tensor that stands for it.
        create_op: the operation that initializes it.
        is_initialized_op: a boolean tensor, whether it is initialized.
        is_shared: whether it is initialized once for all workers, like a global variable.
    """
    key = GraphKeys.RESOURCES if is_shared else GraphKeys.LOCAL_RESOURCES
    add_to_collection(key, _Resource(handle, create_op, is_initialized_op))


def shared_resources() -> list[Any]:
    """The resources of the default graph that are initialized once for all workers."""
    return get_collection(GraphKeys.RESOURCES)


def local_resources() -> list[Any]:
    """The resources of the default graph that each worker initializes."""
    return get_collection(GraphKeys.LOCAL_RESOURCES)


def report_uninitialized_resources(
    resource_list: Sequence[Any] | None = None, name: str = "report_uninitialized_resources"
) -> Tensor:
    """The names of the resources that are not initialized.

    Args:
        resource_list: the resources; all shared and local ones if None.
        name: the scope of the nodes.

    Returns:
        A vector of strings.
    """
    if resource_list is None:
        resource_list = shared_resources() + local_resources()
    with name_scope(name), device("/cpu:0"):
        if not resource_list:
            return constant([], dtype=string)
        missing = g.logical_not(stack([resource.is_initialized for resource in resource_list]))
        names = constant([resource.handle.name for resource in resource_list])
        return boolean_mask(names, missing)


def initialize_resources(resource_list: Sequence[Any], name: str = "init") -> Operation:
    """An operation that initializes resources; it does nothing if there are none."""
    if not resource_list:
        return no_op(name=name)
    return group(*[resource.create for resource in resource_list], name=name)


def tables_initializer(name: str = "init_all_tables") -> Operation:
    """An operation that initializes all look-up tables of the default graph.

    Args:
        name: its name; the operation does nothing if there are no tables.
    """
    initializers = get_collection(GraphKeys.TABLE_INITIALIZERS)
    if not initializers:
        return no_op(name=name)
    return group(*initializers, name=name)


def initialize_all_tables(name: str = "init_all_tables") -> Operation:
    """The older name of `tables_initializer`."""
    return tables_initializer(name)
