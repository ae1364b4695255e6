"""How a variable is divided into parts: what a partitioner says, and what initializers are told of a part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perdure.graph.tensor_shape import TensorShape


class PartitionInfo:
    """Which part of a partitioned variable an initializer makes.

    Args:
        full_shape: the shape of the whole variable.
        var_offset: where the part starts, an index for each axis.

    Raises:
        TypeError: one of them is no sequence.
        ValueError: they differ in length, or the part starts outside of the variable.
    """

    def __init__(self, full_shape: Sequence[int], var_offset: Sequence[int]) -> None:
        _check_sequence(full_shape, "full_shape")
        _check_sequence(var_offset, "var_offset")
        if len(var_offset) != len(full_shape):
            raise ValueError(
                f"Expected equal length, but `var_offset` is of length {len(var_offset)} while full_shape is "
                f"of length {len(full_shape)}."
            )
        for offset, size in zip(var_offset, full_shape, strict=True):
            if offset < 0 or offset >= size:
                raise ValueError(
                    f"Expected 0 <= offset < shape but found offset={offset}, shape={size} for "
                    f"var_offset={var_offset}, full_shape={full_shape}"
                )
        self._full_shape = full_shape
        self._var_offset = var_offset

    @property
    def full_shape(self) -> Sequence[int]:
        """The shape of the whole variable."""
        return self._full_shape

    @property
    def var_offset(self) -> Sequence[int]:
        """Where the part starts, an index for each axis."""
        return self._var_offset

    def single_offset(self, shape: Sequence[int]) -> int:
        """Where the part starts on the axis that is divided; 0 if none is.

        Args:
            shape: the shape of the part.

        Raises:
            TypeError, ValueError: as for `single_slice_dim`.
        """
        axis = self.single_slice_dim(shape)
        return 0 if axis is None else self.var_offset[axis]

    def single_slice_dim(self, shape: Sequence[int]) -> int | None:
        """The axis that is divided; None if none is.

        Args:
            shape: the shape of the part.

        Raises:
            TypeError: `shape` is no sequence.
            ValueError: it has another rank than the variable, the part ends outside of that, or more than
                one axis is divided.
        """
        _check_sequence(shape, "shape")
        if len(shape) != len(self.full_shape):
            raise ValueError(
                f"Expected equal length, but received shape={shape} of length {len(shape)} while "
                f"self.full_shape={self.full_shape} is of length {len(self.full_shape)}."
            )
        for axis, size in enumerate(shape):
            if self.var_offset[axis] + size > self.full_shape[axis]:
                raise ValueError(
                    f"With self.var_offset={self.var_offset}, a partition of shape={shape} would exceed "
                    f"self.full_shape={self.full_shape} in dimension {axis}."
                )
        divided = [axis for axis, size in enumerate(shape) if size != self.full_shape[axis]]
        if len(divided) > 1:
            raise ValueError(
                f"Cannot use single_slice_dim() with shape={shape} and self.full_shape={self.full_shape} "
                f"since slice dim could be either dimension {divided[1]} or {divided[0]}."
            )
        return divided[0] if divided else None


def _check_sequence(value: Any, name: str) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f"`{name}` must be a sequence (like tuple or list) instead of {type(value).__name__}")


def partitions_of(partitioner: Callable[..., Any], shape: TensorShape, dtype: Any) -> Any:
    """What a partitioner says of a variable: the number of parts on each axis.

    Args:
        partitioner: a function of `shape` and `dtype`.
        shape: the shape of the variable.
        dtype: its element type.

    Returns:
        The list that the partitioner returned, at most one of whose entries is larger than one.

    Raises:
        ValueError: the shape is not known or that of a scalar, or the partitioner returned something else.
    """
    if not shape.is_fully_defined():
        raise ValueError(
            f"Shape of a new partitioned variable must be fully defined, but instead was {shape}."
        )
    if shape.rank == 0:
        raise ValueError(f"A partitioned Variable must have rank at least 1, shape: {shape}")
    partitions = partitioner(shape=shape, dtype=dtype)
    if not isinstance(partitions, Sequence):
        raise ValueError(f"Partitioner must return a sequence, but saw: {partitions}")
    if len(partitions) != shape.rank:
        raise ValueError(
            "Partitioner returned a partition list that does not match the Variable's rank: "
            f"{partitions} vs. {shape}"
        )
    if any(number < 1 for number in partitions):
        raise ValueError(f"Partitioner returned zero partitions for some axes: {partitions}")
    if sum(number > 1 for number in partitions) > 1:
        raise ValueError(
            f"Can only slice a variable along one dimension: shape: {shape}, partitioning: {partitions}"
        )
    return partitions


def divided_axis(partitions: Sequence[int]) -> tuple[int, int]:
    """The axis that is divided and the number of parts; the first one and 1 if none is."""
    return next(((axis, number) for axis, number in enumerate(partitions) if number > 1), (0, 1))


def slices(full_shape: list[int], axis: int, number: int) -> Iterator[tuple[list[int], list[int]]]:
    """Offset and shape of each part; the first parts take one more if the size is no multiple of them.

    Args:
        full_shape: the shape that is divided.
        axis: the axis on which.
        number: the number of parts.
    """
    smallest, larger_parts = divmod(full_shape[axis], number)
    offset = [0] * len(full_shape)
    for part in range(number):
        shape = full_shape.copy()
        shape[axis] = smallest + (part < larger_parts)
        yield offset.copy(), shape
        offset[axis] += shape[axis]
