"""Tables that are filled once."""

from __future__ import annotations

import uuid
from typing import Any

from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import init_scope, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.lookup.initializers import outside_control_flow
from perdure.lookup.interface import LookupInterface, like_keys, table_name
from perdure.tracking.trackable import Trackable


class InitializableLookupTableBase(LookupInterface):
    """A table that an initializer fills.

    Args:
        default_value: the value of keys that it has not, a scalar.
        initializer: what fills it.
    """

    def __init__(self, default_value: Any, initializer: Any) -> None:
        super().__init__(initializer.key_dtype, initializer.value_dtype)
        self._default_value = convert_to_tensor(default_value, dtype=self._value_dtype)
        self._default_value.get_shape().merge_with(TensorShape([]))
        self._initializer = initializer
        if isinstance(initializer, Trackable):
            self._track_trackable(initializer, "_initializer")
        with init_scope():
            self._resource_handle = self._create_resource()
        with outside_control_flow():
            self._init_op = self._initialize()

    def _initialize(self) -> Operation:
        return self._initializer.initialize(self)

    @property
    def default_value(self) -> Tensor:
        """The value of keys that it has not."""
        return self._default_value

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys, a scalar of int64.

        Args:
            name: the name of the scope.
        """
        with name_scope(name, f"{self.name}_Size", [self.resource_handle]):
            return g.lookup_table_size_v2(self.resource_handle)

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of keys.

        Args:
            keys: a tensor or SparseTensor of keys.
            name: the name of the scope.

        Returns:
            Their values, likewise.

        Raises:
            TypeError: keys are of another dtype than the table's.
            FailedPreconditionError: when run, if the table has not been filled.
        """
        flat = keys.values if isinstance(keys, SparseTensor) else keys
        self._check_keys(keys.dtype)
        with name_scope(name, f"{self.name}_Lookup", (self.resource_handle, flat, self._default_value)):
            values = g.lookup_table_find_v2(self.resource_handle, flat, self._default_value)
        values.set_shape(flat.get_shape())
        return like_keys(keys, values)


class InitializableLookupTableBaseV1(InitializableLookupTableBase):
    """Such a table with its initializer."""

    @property
    def initializer(self) -> Operation:
        """The operation that fills it."""
        return self._init_op


class StaticHashTable(InitializableLookupTableBase):
    """A table that is filled once.

    Args:
        initializer: what fills it.
        default_value: the value of keys that it has not, a scalar.
        name: its name; "hash_table" by default.
    """

    def __init__(self, initializer: Any, default_value: Any, name: str | None = None) -> None:
        self._initializer = initializer
        self._shared_name = initializer._shared_name or f"hash_table_{uuid.uuid4()}"
        self._name = name or "hash_table"
        super().__init__(default_value, initializer)
        self._value_shape = self._default_value.get_shape()

    def _create_resource(self) -> Tensor:
        handle = g.hash_table_v2(
            shared_name=self._shared_name,
            key_dtype=self._initializer.key_dtype,
            value_dtype=self._initializer.value_dtype,
            name=self._name,
        )
        self._table_name = table_name(handle)
        return handle

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._table_name

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys and values, two vectors.

        Args:
            name: the name of the scope.
        """
        with name_scope(name, f"{self.name}_Export", [self.resource_handle]):
            keys, values = self._exported(None)
        return keys, values

    def _exported(self, name: str | None) -> tuple[Tensor, Tensor]:
        keys, values = g.lookup_table_export_v2(
            self.resource_handle, Tkeys=self._key_dtype, Tvalues=self._value_dtype, name=name
        )
        keys.set_shape([None])
        values.set_shape(keys.get_shape().concatenate(self._value_shape))
        return keys, values


class StaticHashTableV1(StaticHashTable):
    """A table that is filled once, with its initializer; see `StaticHashTable`."""

    @property
    def initializer(self) -> Operation:
        """The operation that fills it."""
        return self._init_op


class HashTable(StaticHashTableV1):
    """A table that is filled once; see `StaticHashTable`."""

    @property
    def init(self) -> Operation:
        """The operation that fills it."""
        return self.initializer
