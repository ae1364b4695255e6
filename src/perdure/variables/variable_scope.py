"""tf.get_variable and tf.variable_scope: variables that are shared by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from perdure.graph import dtypes
from perdure.graph.defaults import get_default_graph, graph_of, name_scope
from perdure.graph.keys import GraphKeys
from perdure.platform import logging
from perdure.variables.base import VariableAggregation, VariableSynchronization
from perdure.variables.scope import (
    AUTO_REUSE,
    ScopeStore,
    VariableScope,
    get_variable_scope,
    scope_store,
)
from perdure.variables.variable_store import variable_store


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = VariableSynchronization.AUTO,
    aggregation: Any = VariableAggregation.NONE,
) -> Any:
    """The variable of that name in the open variable scope; a shared one if the scope says `reuse`.

    Args:
        name: its name, within the scope.
        shape: its shape; not given if the initializer is a value.
        dtype: its element type; that of the scope if None.
        initializer: an initializer, a function or a value; that of the scope if None, else Glorot's
            uniform one for floats and zeros for integers and booleans.
        regularizer: a function from the variable to a loss, which is added to
            `GraphKeys.REGULARIZATION_LOSSES`.
        trainable, collections, caching_device, validate_shape, use_resource, constraint,
            synchronization, aggregation: see `tf.Variable`.
        partitioner: a function of shape and element type that returns the number of parts on each axis,
            such as `tf.fixed_size_partitioner(2)`; then the variable is a PartitionedVariable.
        custom_getter: a function called instead, with the function that does the work as `getter`.

    Raises:
        ValueError: it exists already (without reuse), does not exist (with reuse=True), or exists with
            another shape or dtype or other parts.
    """
    return get_variable_scope().get_variable(
        variable_store(),
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=collections,
        caching_device=caching_device,
        partitioner=partitioner,
        validate_shape=validate_shape,
        use_resource=use_resource,
        custom_getter=custom_getter,
        constraint=constraint,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def get_local_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = False,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = VariableSynchronization.AUTO,
    aggregation: Any = VariableAggregation.NONE,
) -> Any:
    """`tf.get_variable` for a local variable, which is not saved.

    Args:
        trainable: a local variable is never trainable, whatever is passed (as in TensorFlow 1.15).
        name, shape, dtype, initializer, regularizer, collections, caching_device, partitioner,
            validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation: see
            `tf.get_variable`.
    """
    return get_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=False,
        collections=[*(collections or ()), GraphKeys.LOCAL_VARIABLES],
        caching_device=caching_device,
        partitioner=partitioner,
        validate_shape=validate_shape,
        use_resource=use_resource,
        custom_getter=custom_getter,
        constraint=constraint,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def no_regularizer(_: Any) -> None:
    """A regularizer that does nothing, to switch off that of the scope."""
    return None


class variable_scope:  # noqa: N801 - TensorFlow's name
    """A context manager that opens a variable scope and a name scope.

    Args:
        name_or_scope: the name, added to that of the open scope; or a VariableScope to jump to.
        default_name: the name if `name_or_scope` is None, then made unique.
        values: tensors the block works on; their graph is made the default one.
        initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource,
            constraint: defaults for `tf.get_variable`.
        reuse: True to share variables only, AUTO_REUSE to make them or share them; None or False leave it
            as it is outside.
        auxiliary_name_scope: whether to open a name scope as well.

    Raises:
        TypeError: `name_or_scope` is of another type, or missing with `default_name`.
        ValueError: `reuse` is none of these, or True without a `name_or_scope`.
    """

    def __init__(
        self,
        name_or_scope: Any,
        default_name: str | None = None,
        values: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        reuse: Any = None,
        dtype: Any = None,
        use_resource: bool | None = None,
        constraint: Any = None,
        auxiliary_name_scope: bool = True,
    ) -> None:
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        # A scope cannot take back the reuse of the outer one, so that False says no more than None.
        reuse = None if reuse is False else reuse
        if reuse is not True and reuse is not None and reuse is not AUTO_REUSE:
            raise ValueError("The reuse parameter must be True or False or None.")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError(
                f"The auxiliary_name_scope must be `True` or `False`, while get {auxiliary_name_scope}"
            )
        self._name_or_scope = name_or_scope
        self._default_name = default_name
        self._graph = graph_of(values)
        self._reuse = reuse
        self._auxiliary_name_scope = auxiliary_name_scope
        self._given = {
            "initializer": initializer,
            "regularizer": regularizer,
            "caching_device": caching_device,
            "partitioner": partitioner,
            "custom_getter": custom_getter,
            "dtype": dtype,
            "use_resource": use_resource,
            "constraint": constraint,
        }
        self._default_name_made_unique: str | None = None
        self._open: list[tuple[ExitStack, ScopeStore, VariableScope]] = []

    def __enter__(self) -> VariableScope:
        with ExitStack() as stack:
            stack.enter_context(self._graph.as_default())
            store, opened = scope_store(), self._enter(stack)
            self._open.append((stack.pop_all(), store, opened))
        return opened

    def __exit__(self, *exc_info: Any) -> None:
        stack, store, opened = self._open[-1]
        if store.current_scope is not opened:
            raise RuntimeError("Improper nesting of variable_scope.")
        del self._open[-1]
        stack.__exit__(*exc_info)

    def _enter(self, stack: ExitStack) -> VariableScope:
        target = self._name_or_scope
        if target is None:
            if self._reuse:
                raise ValueError("reuse=True cannot be used without a name_or_scope")
            opened_name = stack.enter_context(self._name_scope(self._default_name))
            if self._default_name_made_unique is None:
                assert self._default_name is not None
                self._default_name_made_unique = scope_store().unique(self._default_name)
            return self._extend(stack, self._default_name_made_unique, opened_name)
        if isinstance(target, VariableScope):
            last = target.name.split("/")[-1]
            if last or not self._auxiliary_name_scope:
                stack.enter_context(self._name_scope(last))
            return self._jump(stack, target)
        if not isinstance(target, str):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        if not target and self._auxiliary_name_scope:
            return self._extend(stack, "", "")
        return self._extend(stack, target, stack.enter_context(self._name_scope(target)))

    def _name_scope(self, name: str | None) -> name_scope:
        if self._auxiliary_name_scope:
            return name_scope(name)
        current = get_default_graph().get_name_scope()
        return name_scope(f"{current}/" if current else "")

    def _extend(self, stack: ExitStack, name: str, original_name_scope: str) -> VariableScope:
        """Open a scope inside the current one."""
        store = scope_store()
        outer = store.current_scope
        full_name = f"{outer.name}/{name}" if outer.name else name
        scope = outer._derived(full_name, original_name_scope, self._reuse, **self._given)
        store.open(full_name)
        stack.callback(store.close_inside, full_name)
        stack.enter_context(_current(scope))
        return scope

    def _jump(self, stack: ExitStack, target: VariableScope) -> VariableScope:
        """Open a scope that was made earlier, wherever the program is."""
        store = scope_store()
        scope = target._derived(target.name, target.original_name_scope, self._reuse, **self._given)
        store.open(target.name)
        counts = dict(store.counts)
        stack.callback(setattr, store, "counts", counts)
        stack.enter_context(_current(scope))
        return scope


def unique_variable_scope(prefix: str) -> str:
    """`prefix`, or with `_1`, `_2`, ... appended if such a scope was opened in the current one."""
    return scope_store().unique(prefix)


@contextmanager
def pure_variable_scope(
    name_or_scope: Any,
    reuse: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    old_name_scope: str | None = None,
    dtype: Any = dtypes.float32,
    use_resource: bool | None = None,
    constraint: Any = None,
) -> Iterator[VariableScope]:
    """A variable scope that opens no name scope.

    Args:
        name_or_scope: the name of a scope inside the open one, or a VariableScope to open again.
        old_name_scope: what the scope says of the name scope that was opened with it.
        reuse, initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource,
            constraint: see `variable_scope`.
    """
    opened = variable_scope(
        name_or_scope,
        initializer=initializer,
        regularizer=regularizer,
        caching_device=caching_device,
        partitioner=partitioner,
        custom_getter=custom_getter,
        reuse=reuse,
        dtype=dtype,
        use_resource=use_resource,
        constraint=constraint,
    )
    with ExitStack() as stack:
        if isinstance(name_or_scope, VariableScope):
            yield opened._jump(stack, name_or_scope)
        else:
            outside = name_or_scope if old_name_scope is None else old_name_scope
            yield opened._extend(stack, name_or_scope, outside)


@contextmanager
def _current(scope: VariableScope) -> Iterator[None]:
    store = scope_store()
    outer = store.current_scope
    store.current_scope = scope
    try:
        yield
        if store.current_scope is not scope:
            raise RuntimeError("Improper nesting of variable_scope.")
    finally:
        store.current_scope = outer


@contextmanager
def variable_op_scope(
    values: Any,
    name_or_scope: Any,
    default_name: str | None = None,
    initializer: Any = None,
    regularizer: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    reuse: Any = None,
    dtype: Any = None,
    use_resource: bool | None = None,
    constraint: Any = None,
) -> Iterator[VariableScope]:
    """The older spelling of `tf.variable_scope(name_or_scope, default_name, values, ...)`."""
    logging.warn(
        "tf.variable_op_scope(values, name, default_name) is deprecated, use "
        "tf.variable_scope(name, default_name, values)"
    )
    with variable_scope(
        name_or_scope,
        default_name=default_name,
        values=values,
        initializer=initializer,
        regularizer=regularizer,
        caching_device=caching_device,
        partitioner=partitioner,
        custom_getter=custom_getter,
        reuse=reuse,
        dtype=dtype,
        use_resource=use_resource,
        constraint=constraint,
    ) as scope:
        yield scope
