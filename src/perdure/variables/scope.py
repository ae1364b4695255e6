"""Variable scopes: what they say, and which of them are open."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_collection, name_scope
from perdure.graph.keys import GraphKeys
from perdure.variables.base import VariableAggregation, VariableSynchronization
from perdure.variables.partitioned_variable import PartitionedVariable
from perdure.variables.variable_store import VariableStore, only_item

_SCOPES_KEY = ("__varscope",)


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

    def _get_partitioned_variable(
        self,
        var_store: VariableStore,
        name: str | None,
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
        constraint: Any = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
    ) -> PartitionedVariable:
        """The partitioned variable called `name` in this scope, or as the scope itself without a name."""
        if self._custom_getter is not None:
            raise ValueError(
                "Private access to _get_partitioned_variable is not allowed when a custom getter is set.  "
                f"Current custom getter: {self._custom_getter}.  It is likely that you're using "
                "create_partitioned_variables.  If so, consider instead using get_variable with a non-empty "
                "partitioner parameter instead."
            )
        partitioner = _or(partitioner, self._partitioner)
        if partitioner is None:
            raise ValueError("No partitioner was specified")
        with name_scope(None):
            return var_store._get_partitioned_variable(
                "/".join(part for part in (self._name, name) if part),
                partitioner,
                shape=shape,
                dtype=_or(dtype, self._dtype),
                initializer=_or(initializer, self._initializer),
                regularizer=_or(regularizer, self._regularizer),
                reuse=self._reuse,
                trainable=trainable,
                collections=collections,
                caching_device=_or(caching_device, self._caching_device),
                validate_shape=validate_shape,
                use_resource=_or(use_resource, self._use_resource),
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


class ScopeStore(threading.local):
    """The open variable scope of a thread, and how often each scope name was opened inside it."""

    def __init__(self) -> None:
        self.current_scope = VariableScope(False)
        self.counts: dict[str, int] = {}

    def open(self, name: str) -> None:
        """Count that a scope was opened."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def close_inside(self, name: str) -> None:
        """Forget the scopes that were opened inside one, so that their default names start anew."""
        prefix = f"{name}/"
        for key in [key for key in self.counts if key.startswith(prefix)]:
            del self.counts[key]

    def unique(self, prefix: str) -> str:
        """`prefix`, or with `_1`, `_2`, ... appended if such a scope was opened in the current one."""
        outer = self.current_scope.name
        name = f"{outer}/{prefix}" if outer else prefix
        if not self.counts.get(name):
            return prefix
        i = 1
        while self.counts.get(f"{name}_{i}"):
            i += 1
        return f"{prefix}_{i}"


def scope_store() -> ScopeStore:
    """The open scopes of the default graph in this thread."""
    return only_item(_SCOPES_KEY, ScopeStore)


def get_variable_scope() -> VariableScope:
    """The open variable scope."""
    return scope_store().current_scope
