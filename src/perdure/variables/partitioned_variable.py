"""PartitionedVariable: variables that are the parts of a larger one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.functional.array import array
from perdure.functional.array.joining import concat, split
from perdure.graph.conversion import register_tensor_conversion_function
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.variables.base import Variable


class PartitionedVariable:
    """A variable that is kept in parts, as `tf.get_variable` makes it with a partitioner.

    It can be used where a tensor can: then its parts are joined.  Iterating over it gives the parts.

    Args:
        name: the name of the whole variable.
        shape: its shape.
        dtype: its element type.
        variable_list: its parts; each has its `Variable.SaveSliceInfo`.
        partitions: the number of parts on each axis.

    Raises:
        TypeError: `variable_list` or `partitions` is no list.
        ValueError: there are no parts, one of them is a part of something else, or `partitions` does not
            fit the shape.
    """

    def __init__(
        self,
        name: str,
        shape: Any,
        dtype: Any,
        variable_list: Sequence[Variable],
        partitions: Sequence[int],
    ) -> None:
        if not isinstance(variable_list, (list, tuple)):
            raise TypeError(f"variable_list is not a list or tuple: {variable_list}")
        if not isinstance(partitions, (list, tuple)):
            raise TypeError(f"partitions is not a list or tuple: {partitions}")
        if not all(number >= 1 for number in partitions):
            raise ValueError(f"partition values must be positive: {partitions}")
        if not variable_list:
            raise ValueError("variable_list may not be empty")
        if any(part._get_save_slice_info() is None for part in variable_list):
            names = [part.name for part in variable_list]
            raise ValueError(f"All variables must have a save_slice_info available: {names}")
        if len(shape) != len(partitions):
            raise ValueError(f"len(shape) != len(partitions): {shape} vs. {partitions}")
        for part in variable_list:
            full_shape = _slice_info(part).full_shape
            if full_shape != shape:
                raise ValueError(
                    f"All variables' full shapes must match shape: {shape}; but full shapes were: "
                    f"{[full_shape]}"
                )
        self._variable_list = sorted(variable_list, key=lambda part: _slice_info(part).var_offset)
        self._name = name
        self._shape = shape
        self._dtype = dtype
        self._partitions = partitions

    _distribute_strategy = None

    # -- what it is ------------------------------------------------------------------

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._variable_list)

    def __len__(self) -> int:
        axes = self._partition_axes()
        if len(axes) > 1:
            raise ValueError(f"Cannot get a length for {len(axes)} > 1 partition axes")
        return len(self._variable_list)

    @property
    def name(self) -> str:
        """The name of the whole variable, without ":0"."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The element type."""
        return self._dtype

    @property
    def shape(self) -> Any:
        """The shape of the whole variable."""
        return self.get_shape()

    def get_shape(self) -> Any:
        """The same as `shape`."""
        return self._shape

    def _get_variable_list(self) -> list[Variable]:
        return self._variable_list

    def _get_partitions(self) -> Sequence[int]:
        return self._partitions

    def _partition_axes(self) -> list[int]:
        return [axis for axis, number in enumerate(self._partitions) if number > 1] or [0]

    # -- its value -------------------------------------------------------------------

    def as_tensor(self) -> Tensor:
        """Its parts joined, whatever control dependencies are open.

        Raises:
            NotImplementedError: it is divided on more than one axis.
        """
        with control_dependencies(None):
            return self._concat()

    def _concat(self) -> Tensor:
        """Its parts joined behind the control dependencies that are open."""
        if len(self._variable_list) == 1:
            with name_scope(None):
                return array.identity(self._variable_list[0], name=self._name)
        axes = self._partition_axes()
        if len(axes) > 1:
            raise NotImplementedError(
                f"Cannot concatenate along more than one dimension: {axes}.  Multi-axis partition concat is "
                "not supported"
            )
        with name_scope(f"{self._name}/ConcatPartitions/"):
            joined = concat(self._variable_list, axes[0])
        with name_scope(None):
            return array.identity(joined, name=self._name)

    # -- changing it -----------------------------------------------------------------

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        """Give it a new value.

        Args:
            value: the new value, which is split; or a list of values, one for each part; or another
                partitioned variable with as many parts.
            use_locking: kept in the nodes; updates of a session are always serialised.
            name: the name of the nodes.
            read_value: whether to return the parts after the change and not only the operations.

        Returns:
            A list with an item for each part.

        Raises:
            NotImplementedError: it is divided on more than one axis.
        """
        return self._each("assign", value, use_locking, name, read_value)

    def assign_add(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        """Add `value` to it; see `assign`."""
        return self._each("assign_add", value, use_locking, name, read_value)

    def assign_sub(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        """Subtract `value` from it; see `assign`."""
        return self._each("assign_sub", value, use_locking, name, read_value)

    def _each(
        self, method: str, value: Any, use_locking: bool, name: str | None, read_value: bool
    ) -> list[Any]:
        return [
            getattr(part, method)(new, use_locking=use_locking, name=name, read_value=read_value)
            for part, new in zip(self._variable_list, self._split(value), strict=True)
        ]

    def _split(self, value: Any) -> list[Any]:
        axes = self._partition_axes()
        if len(axes) > 1:
            raise NotImplementedError(
                f"Cannot do assign action along more than one dimension: {axes}.  Multi-axis partition "
                "assign action is not supported "
            )
        if isinstance(value, (list, PartitionedVariable)):
            parts = list(value)
            if len(parts) != len(self._variable_list):
                raise AssertionError(
                    f"{len(parts)} values for the {len(self._variable_list)} parts of {self._name}"
                )
            return parts
        sizes = [dimension_value(part.shape[axes[0]]) for part in self._variable_list]
        return split(value, sizes, axis=axes[0])


def _slice_info(part: Variable) -> Any:
    return part._get_save_slice_info()


def _to_tensor(
    variable: PartitionedVariable,
    dtype: DType | None = None,
    name: str | None = None,
    as_ref: bool = False,
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type "
            f"'{variable.dtype.name}'"
        )
    if as_ref:
        raise NotImplementedError("PartitionedVariable doesn't support being used as a reference.")
    return variable.as_tensor()


register_tensor_conversion_function(PartitionedVariable, _to_tensor)
