"""tf.get_variable and tf.variable_scope: variables that are shared by name."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_collection, get_default_graph, graph_of, name_scope
from perdure.graph.keys import GraphKeys
from perdure.platform import logging
from perdure.variables.base import VariableAggregation, VariableSynchronization
from perdure.variables.variable_store import VariableStore, scope_store, variable_store

__all__ = [
    "AUTO_REUSE",
    "ReuseMode",
    "VariableScope",
    "get_local_variable",
    "get_variable",
    "get_variable_scope",
    "no_regularizer",
    "variable_op_scope",
    "variable_scope",
]


class ReuseMode(enum.Enum):
    """How `reuse` may be set other than to True, False and None."""

    AUTO_REUSE = 1


# Variables are shared if they exist, and made otherwise.
AUTO_REUSE = ReuseMode.AUTO_REUSE


class VariableScope:
    """A prefix for the names of variables, and defaults for `tf.get_variable`.

    Args:
        reuse: True to share variables only, False or None to make them only, AUTO_REUSE for both.
        name: the prefix.
        initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource,
            constraint: defaults for `tf.get_variable`.
        name_scope: the name scope that was opened with it.
    """

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        name_scope: str = "",
        dtype: Any = dtypes.float32,
        use_resource: bool | None = None,
        constraint: Any = None,
    ) -> None:
        self._name = name
        self._initializer = initializer
        self._regularizer = regularizer
        self._reuse = reuse
        self._caching_device = caching_device
        self._partitioner = partitioner
        self._custom_getter = custom_getter
        self._name_scope = name_scope
        self._dtype = dtype
        self._use_resource = use_resource
        self._constraint = constraint

    @property
    def name(self) -> str:
        """The prefix, without a trailing "/"."""
        return self._name

    @property
    def original_name_scope(self) -> str:
        """The name scope that was opened with it, ending with "/"."""
        return self._name_scope

    @property
    def reuse(self) -> Any:
        """Whether variables are shared."""
        return self._reuse

    @property
    def initializer(self) -> Any:
        """The default initializer."""
        return self._initializer

    @property
    def dtype(self) -> Any:
        """The default element type."""
        return self._dtype

    @property
    def use_resource(self) -> bool | None:
        """Whether variables are of the resource kind; None for the process's default."""
        return self._use_resource

    @property
    def regularizer(self) -> Any:
        """The default regularizer."""
        return self._regularizer

    @property
    def caching_device(self) -> Any:
        """The default caching device."""
        return self._caching_device

    @property
    def partitioner(self) -> Any:
        """The default partitioner."""
        return self._partitioner

    @property
    def custom_getter(self) -> Any:
        """The default getter."""
        return self._custom_getter

    @property
    def constraint(self) -> Any:
        """The default constraint."""
        return self._constraint

    def reuse_variables(self) -> None:
        """Share variables from now on."""
        self._reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Set the default initializer."""
        self._initializer = initializer

    def set_dtype(self, dtype: Any) -> None:
        """Set the default element type."""
        self._dtype = dtype

    def set_use_resource(self, use_resource: bool | None) -> None:
        """Set the default kind."""
        self._use_resource = use_resource

    def set_regularizer(self, regularizer: Any) -> None:
        """Set the default regularizer."""
        self._regularizer = regularizer

    def set_caching_device(self, caching_device: Any) -> None:
        """Set the default caching device."""
        self._caching_device = caching_device

    def set_partitioner(self, partitioner: Any) -> None:
        """Set the default partitioner."""
        self._partitioner = partitioner

    def set_custom_getter(self, custom_getter: Any) -> None:
        """Set the default getter."""
        self._custom_getter = custom_getter

    def get_collection(self, name: Any) -> list[Any]:
        """The items of a collection whose names start with this scope."""
        return get_collection(name, f"{self._name}/" if self._name else "")

    def trainable_variables(self) -> list[Any]:
        """The trainable variables of this scope."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self) -> list[Any]:
        """The global variables of this scope."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list[Any]:
        """The local variables of this scope."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(
        self,
        var_store: VariableStore,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        reuse: Any = None,
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
        """The variable called `name` in this scope; see `tf.get_variable`."""
        # Names of variables depend on variable scopes only.
        with name_scope(None):
            if dtype is not None and initializer is not None and not callable(initializer):
                given = convert_to_tensor(initializer).dtype.base_dtype
                if given != dtype:
                    raise ValueError(f"Initializer type '{given}' and explicit dtype '{dtype}' don't match.")
            return var_store.get_variable(
                f"{self._name}/{name}" if self._name else name,
                shape=shape,
                dtype=_or(dtype, self._dtype),
                initializer=_or(initializer, self._initializer),
                regularizer=_or(regularizer, self._regularizer),
                reuse=_or(reuse, self._reuse),
                trainable=trainable,
                collections=collections,
                caching_device=_or(caching_device, self._caching_device),
                partitioner=_or(partitioner, self._partitioner),
                validate_shape=validate_shape,
                use_resource=_or(use_resource, self._use_resource),
                custom_getter=_or(custom_getter, self._custom_getter),
                constraint=_or(constraint, self._constraint),
                synchronization=synchronization,
                aggregation=aggregation,
            )

    def _derived(
        self,
        name: str,
        original_name_scope: str,
        reuse: Any,
        custom_getter: Any,
        constraint: Any,
        **given: Any,
    ) -> VariableScope:
        """A scope with the defaults of this one, except those that are given (not None)."""
        defaults = {key: _or(value, getattr(self, key)) for key, value in given.items()}
        if custom_getter is None:
            custom_getter = self._custom_getter
        elif self._custom_getter is not None:
            custom_getter = _chained(custom_getter, self._custom_getter)
        return VariableScope(
            reuse or self._reuse,
            name=name,
            name_scope=original_name_scope,
            custom_getter=custom_getter,
            # As in TensorFlow 1.15, constraints are not inherited.
            constraint=constraint,
            **defaults,
        )


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _chained(getter: Callable[..., Any], outer: Callable[..., Any]) -> Callable[..., Any]:
    """A getter whose `getter` argument goes through the one of the outer scope."""

    # The name `getter` is part of the interface, the caller passes it by keyword.
    def chained(getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return inner(partial(outer, getter), *args, **kwargs)

    inner = getter
    return chained


def get_variable_scope() -> VariableScope:
    """The open variable scope."""
    return scope_store().current_scope


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
        partitioner: not supported.
        custom_getter: a function called instead, with the function that does the work as `getter`.

    Raises:
        ValueError: it exists already (without reuse), does not exist (with reuse=True), or exists with
            another shape or dtype.
        NotImplementedError: a partitioner.
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
        self._open: list[ExitStack] = []

    def __enter__(self) -> VariableScope:
        with ExitStack() as stack:
            stack.enter_context(self._graph.as_default())
            opened = self._enter(stack)
            self._open.append(stack.pop_all())
        return opened

    def __exit__(self, *exc_info: Any) -> None:
        self._open.pop().__exit__(*exc_info)

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
