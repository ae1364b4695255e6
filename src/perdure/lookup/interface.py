"""What all tables have in common."""

from __future__ import annotations

from typing import Any

from perdure.graph.composite import SparseTensor
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.tracking.trackable import Trackable


class LookupInterface(Trackable):
    """Values by keys.

    Args:
        key_dtype: the dtype of keys.
        value_dtype: the dtype of values.
    """

    _resource_handle: Any = None

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype = as_dtype(key_dtype)
        self._value_dtype = as_dtype(value_dtype)

    def _create_resource(self) -> Tensor:
        """Make the operation that stands for the table."""
        raise NotImplementedError

    @property
    def resource_handle(self) -> Tensor | None:
        """The handle of the table."""
        if self._resource_handle is None:
            self._resource_handle = self._create_resource()
        return self._resource_handle

    @property
    def key_dtype(self) -> DType:
        """The dtype of keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The dtype of values."""
        return self._value_dtype

    @property
    def name(self) -> Any:
        """The name of the table."""
        return NotImplementedError

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys, a scalar of int64."""
        raise NotImplementedError

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of keys."""
        raise NotImplementedError

    def _check_keys(self, dtype: DType) -> None:
        """Refuse keys of another dtype than the table's."""
        if dtype.base_dtype != self._key_dtype:
            raise TypeError(f"Signature mismatch. Keys must be dtype {self._key_dtype}, got {dtype}.")


def table_name(handle: Tensor) -> str:
    """What a table is called: the last part of the name of the operation that stands for it."""
    op: Operation = handle.op
    return op.name.split("/")[-1]


def like_keys(keys: Any, values: Tensor) -> Any:
    """The values of keys: sparse if these are."""
    if isinstance(keys, SparseTensor):
        return SparseTensor(keys.indices, values, keys.dense_shape)
    return values


def check_table_dtypes(table: LookupInterface, key_dtype: DType, value_dtype: DType) -> None:
    """Refuse to fill a table with keys or values of other dtypes than its own.

    Raises:
        TypeError: they differ.
    """
    for what, mine, given in (("key", table.key_dtype, key_dtype), ("value", table.value_dtype, value_dtype)):
        if given.base_dtype != mine:
            raise TypeError(f"Invalid {what} dtype, expected {mine} but got {given}.")
