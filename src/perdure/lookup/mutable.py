"""Tables that programs change, and that checkpoints hold."""

from __future__ import annotations

from functools import partial
from typing import Any

from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, colocate_with, name_scope
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.lookup.interface import LookupInterface, table_name
from perdure.training.saving.saveables import SaveableObject, SaveSpec


class TableSaveable(SaveableObject):
    """The keys and values of a table, as a Saver saves them.

    Args:
        table: the table.
        name: its name in checkpoints.
    """

    def __init__(self, table: _MutableTable, name: str) -> None:
        keys, values = table.export()
        specs = [SaveSpec(keys, "", f"{name}-keys"), SaveSpec(values, "", f"{name}-values")]
        super().__init__(table, specs, name)

    def restore(
        self, restored_tensors: list[Any], restored_shapes: list[Any] | None, name: str | None = None
    ) -> Operation:
        """Make the operation that fills the table with what was read."""
        keys, values = restored_tensors
        with name_scope(name, f"{self.name}_table_restore"), colocate_with(self.op.resource_handle):
            return g.lookup_table_import_v2(self.op.resource_handle, keys, values)


class _MutableTable(LookupInterface):
    """What both kinds have in common.

    Args:
        key_dtype: the dtype of keys.
        value_dtype: the dtype of values.
        default_value: the value of keys that it has not.
        name: its name.
        checkpoint: whether savers save it.
    """

    # How many of the last dimensions of keys are those of one key.
    _key_rank: int | None = 0

    def __init__(
        self, key_dtype: Any, value_dtype: Any, default_value: Tensor, name: str, checkpoint: bool
    ) -> None:
        super().__init__(key_dtype, value_dtype)
        self._default_value = default_value
        self._value_shape = default_value.get_shape()
        self._checkpoint = checkpoint
        self._name = name
        self._resource_handle = self._create_resource()
        self._table_name = table_name(self._resource_handle)
        if checkpoint:
            add_to_collection(GraphKeys.SAVEABLE_OBJECTS, TableSaveable(self, name))

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._table_name

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys, a scalar of int64.

        Args:
            name: the name of the scope.
        """
        handle = self.resource_handle
        with name_scope(name, f"{self.name}_Size", [handle]), colocate_with(handle):
            return g.lookup_table_size_v2(handle)

    def remove(self, keys: Any, name: str | None = None) -> Operation:
        """Forget keys; those that it has not do not matter.

        Args:
            keys: a tensor of keys.
            name: the name of the scope.

        Raises:
            TypeError: keys are of another dtype than the table's.
        """
        self._check_keys(keys.dtype)
        handle = self.resource_handle
        with name_scope(name, f"{self.name}_lookup_table_remove", (handle, keys, self._default_value)):
            return g.lookup_table_remove_v2(handle, keys)

    def lookup(self, keys: Any, name: str | None = None) -> Tensor:
        """The values of keys.

        Args:
            keys: a tensor of keys.
            name: the name of the scope.

        Raises:
            TypeError: keys are of another dtype than the table's.
        """
        handle = self.resource_handle
        with name_scope(name, f"{self.name}_lookup_table_find", (handle, keys, self._default_value)):
            keys = convert_to_tensor(keys, dtype=self._key_dtype, name="keys")
            with colocate_with(handle):
                values = g.lookup_table_find_v2(handle, keys, self._default_value)
        shape = keys.get_shape()
        if shape.ndims is not None and self._key_rank is not None:
            values.set_shape(shape[: shape.ndims - self._key_rank].concatenate(self._value_shape))
        return values

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """Give keys values.

        Args:
            keys: a tensor of keys.
            values: a tensor of their values.
            name: the name of the scope.

        Raises:
            TypeError: they are of other dtypes than the table's.
        """
        handle = self.resource_handle
        with name_scope(name, f"{self.name}_lookup_table_insert", [handle, keys, values]):
            keys = convert_to_tensor(keys, dtype=self._key_dtype, name="keys")
            values = convert_to_tensor(values, dtype=self._value_dtype, name="values")
            with colocate_with(handle):
                return g.lookup_table_insert_v2(handle, keys, values)

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys and their values.

        Args:
            name: the name of the scope.
        """
        handle = self.resource_handle
        with name_scope(name, f"{self.name}_lookup_table_export_values", [handle]), colocate_with(handle):
            keys, values = g.lookup_table_export_v2(handle, Tkeys=self._key_dtype, Tvalues=self._value_dtype)
        return keys, values

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {"table": partial(TableSaveable, table=self, name=self._name)}


class MutableHashTable(_MutableTable):
    """A table that programs change.

    Args:
        key_dtype: the dtype of keys.
        value_dtype: the dtype of values.
        default_value: the value of keys that it has not: a scalar or a vector.
        name: its name.
        checkpoint: whether savers save it.
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
    ) -> None:
        default = convert_to_tensor(default_value, dtype=value_dtype)
        super().__init__(key_dtype, value_dtype, default, name, checkpoint)

    def _create_resource(self) -> Tensor:
        options = {
            "use_node_name_sharing": self._checkpoint,
            "key_dtype": self._key_dtype,
            "value_dtype": self._value_dtype,
            "name": self._name,
        }
        if self._value_shape.ndims == 0:
            return g.mutable_hash_table_v2(**options)
        return g.mutable_hash_table_of_tensors_v2(value_shape=self._value_shape, **options)

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys and their values.

        Args:
            name: the name of the scope.
        """
        keys, values = super().export(name)
        keys.set_shape([None])
        values.set_shape(keys.get_shape().concatenate(self._value_shape))
        return keys, values


class DenseHashTable(_MutableTable):
    """A table that programs change, two keys of which stand for none.

    Args:
        key_dtype: the dtype of keys.
        value_dtype: the dtype of values.
        default_value: the value of keys that it has not.
        empty_key: a key that is never used.
        deleted_key: another one.
        initial_num_buckets: a power of 2; TensorFlow makes so many places at first.
        name: its name.
        checkpoint: whether savers save it.
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
    ) -> None:
        default = convert_to_tensor(default_value, dtype=value_dtype, name="default_value")
        self._initial_num_buckets = initial_num_buckets
        self._empty_key = convert_to_tensor(empty_key, dtype=key_dtype, name="empty_key")
        self._deleted_key = convert_to_tensor(deleted_key, dtype=key_dtype, name="deleted_key")
        self._key_rank = self._empty_key.get_shape().ndims
        super().__init__(key_dtype, value_dtype, default, name, checkpoint)

    def _create_resource(self) -> Tensor:
        options = (
            {} if self._initial_num_buckets is None else {"initial_num_buckets": self._initial_num_buckets}
        )
        return g.mutable_dense_hash_table_v2(
            self._empty_key,
            self._deleted_key,
            use_node_name_sharing=self._checkpoint,
            value_dtype=self._value_dtype,
            value_shape=self._value_shape,
            name=self._name,
            **options,
        )

    def insert_or_assign(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """Another name of `insert`."""
        return self.insert(keys, values, name)

    def erase(self, keys: Any, name: str | None = None) -> Operation:
        """Another name of `remove`."""
        return self.remove(keys, name)
