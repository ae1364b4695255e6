"""`tf.Variable(...)`: which kind of variable it makes, and the functions that may take part in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from perdure.graph.stacks import get_default_graph
from perdure.variables.base import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
    set_maker,
)
from perdure.variables.resource_variable import ResourceVariable
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable import RefVariable
from perdure.variables.variable_store import resource_variables_enabled

Creator = Callable[..., Any]


def make_variable(
    initial_value: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    validate_shape: bool = True,
    caching_device: Any = None,
    name: str | None = None,
    variable_def: Any = None,
    dtype: Any = None,
    expected_shape: Any = None,
    import_scope: str | None = None,
    constraint: Any = None,
    use_resource: bool | None = None,
    synchronization: Any = VariableSynchronization.AUTO,
    aggregation: Any = VariableAggregation.NONE,
    shape: Any = None,
) -> Any:
    """What `tf.Variable(...)` returns; see `Variable`."""
    create: Creator = _default_creator
    for _, creator in get_default_graph()._variable_creator_stack:
        create = _chained(creator, create)
    return create(
        initial_value=initial_value,
        trainable=trainable,
        collections=collections,
        validate_shape=validate_shape,
        caching_device=caching_device,
        name=name,
        variable_def=variable_def,
        dtype=dtype,
        expected_shape=expected_shape,
        import_scope=import_scope,
        constraint=constraint,
        use_resource=use_resource,
        synchronization=synchronization,
        aggregation=VariableAggregation.NONE if aggregation is None else aggregation,
        shape=shape,
    )


def _default_creator(
    *,
    use_resource: bool | None = None,
    expected_shape: Any = None,
    trackable_parent: Any = None,  # what creators tell each other
    **arguments: Any,
) -> Variable:
    if use_resource is None:
        use_resource = get_variable_scope().use_resource
    if use_resource is None:
        use_resource = resource_variables_enabled()
    return ResourceVariable(**arguments) if use_resource else RefVariable(**arguments)


def _chained(creator: Creator, following: Creator) -> Creator:
    return lambda **arguments: creator(following, **arguments)


set_maker(make_variable, RefVariable)


@contextmanager
def variable_creator_scope(variable_creator: Creator) -> Iterator[None]:
    """Let a function take part in making the variables of the block.

    Args:
        variable_creator: called as `variable_creator(next_creator, **arguments)` with the arguments of
            `tf.Variable`; it usually returns `next_creator(**arguments)`.

    Raises:
        RuntimeError: the block ends before one inside it.
    """
    graph = get_default_graph()
    outer = graph._variable_creator_stack
    # TensorFlow's own scopes have other priorities, which come before or behind those of programs.
    inner = sorted([*outer, (100, variable_creator)], key=lambda item: item[0])
    graph._variable_creator_stack = inner
    try:
        yield
    finally:
        if graph._variable_creator_stack is not inner:
            raise RuntimeError("Exiting variable_creator_scope without proper nesting.")
        graph._variable_creator_stack = outer
