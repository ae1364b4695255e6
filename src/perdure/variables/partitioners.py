"""Partitioners, which say into how many parts a variable is divided, and variables divided by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from perdure.graph import dtypes
from perdure.graph.dtypes import DType
from perdure.graph.tensor_shape import TensorShape
from perdure.platform.deprecation import warn_once
from perdure.variables.base import Variable
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import variable_scope
from perdure.variables.variable_store import variable_store

Partitioner = Callable[..., list[int]]


def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Partitioner:
    """A partitioner that makes a fixed number of parts, or fewer where the variable has fewer rows.

    Args:
        num_shards: the number of parts.
        axis: the axis that is divided.

    Returns:
        A function of `shape` and `dtype` that returns the number of parts on each axis.
    """

    def partitioner(shape: TensorShape, **unused_args: Any) -> list[int]:
        partitions = [1] * len(shape)
        sizes: list[Any] = shape.as_list()
        partitions[axis] = min(num_shards, sizes[axis])
        return partitions

    return partitioner


def variable_axis_size_partitioner(
    max_shard_bytes: int, axis: int = 0, bytes_per_string_element: int = 16, max_shards: int | None = None
) -> Partitioner:
    """A partitioner that makes as few parts as keep each below a size in bytes.

    Args:
        max_shard_bytes: the size; a single row may be larger.
        axis: the axis that is divided.
        bytes_per_string_element: what a string is taken to need.
        max_shards: the largest number of parts, which counts more than the size; any if None.

    Returns:
        A function of `shape` and `dtype` that returns the number of parts on each axis.

    Raises:
        ValueError: one of the numbers is not positive.
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError("Both max_shard_bytes and bytes_per_string_element must be positive.")
    if max_shards and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def partitioner(shape: TensorShape, dtype: DType) -> list[int]:
        if not isinstance(shape, TensorShape):
            raise ValueError(f"shape is not a TensorShape: {shape}")
        if not shape.is_fully_defined():
            raise ValueError(f"shape is not fully defined: {shape}")
        if not isinstance(dtype, DType):
            raise ValueError(f"dtype is not a DType: {dtype}")
        sizes: list[Any] = shape.as_list()
        rows = sizes[axis]
        bytes_per_row = math.prod(sizes) / rows * _element_size(dtype, bytes_per_string_element)
        rows_per_part = max(1, math.floor(max_shard_bytes / bytes_per_row))
        parts = math.ceil(rows / rows_per_part)
        partitions = [1] * len(shape)
        partitions[axis] = min(max_shards, parts) if max_shards else parts
        return partitions

    return partitioner


def min_max_variable_partitioner(
    max_partitions: int = 1,
    axis: int = 0,
    min_slice_size: int = 256 << 10,
    bytes_per_string_element: int = 16,
) -> Partitioner:
    """A partitioner that makes as many parts as have a size in bytes each.

    Args:
        max_partitions: the largest number of parts.
        axis: the axis that is divided.
        min_slice_size: the size that each part has at least.
        bytes_per_string_element: what a string is taken to need.

    Returns:
        A function of `shape` and `dtype` that returns the number of parts on each axis.  It raises
        ValueError if the variable has no such axis.
    """

    def partitioner(shape: TensorShape, dtype: DType) -> list[int]:
        if axis >= len(shape):
            raise ValueError(f"Can not partition variable along axis {axis} when shape is only {shape}")
        sizes: list[Any] = shape.as_list()
        total = math.prod(sizes) * _element_size(dtype, bytes_per_string_element)
        partitions = [1] * len(shape)
        partitions[axis] = max(1, min(sizes[axis], max_partitions, math.ceil(total / min_slice_size)))
        return partitions

    return partitioner


def _element_size(dtype: DType, bytes_per_string_element: int) -> int:
    return bytes_per_string_element if dtype.base_dtype == dtypes.string else dtype.size


def create_partitioned_variables(
    shape: Any,
    slicing: Any,
    initializer: Any,
    dtype: Any = dtypes.float32,
    trainable: bool | None = True,
    collections: Any = None,
    name: str | None = None,
    reuse: Any = None,
) -> list[Variable]:
    """The parts of a variable, divided as `slicing` says.

    Args:
        shape: the shape of the whole variable, a list.
        slicing: the number of parts on each axis, at most one of which is larger than one.
        initializer: a tensor of that shape, or a function that is called for each part.
        dtype: the element type, if `initializer` is no tensor.
        trainable: whether optimizers change it by default.
        collections: the collections its parts are added to; `[GraphKeys.GLOBAL_VARIABLES]` if None.
        name: the name of the whole variable, made unique if None.
        reuse: whether to share the parts that were made before.

    Raises:
        ValueError: `shape` and `slicing` differ in length or are empty, or more than one axis is divided.
    """
    warn_once(
        "create_partitioned_variables",
        "tensorflow.python.ops.partitioned_variables",
        "Use `tf.get_variable` with a partitioner set.",
    )
    if len(shape) != len(slicing):
        raise ValueError(
            "The 'shape' and 'slicing' of a partitioned Variable must have the length: "
            f"shape: {shape}, slicing: {slicing}"
        )
    if len(shape) < 1:
        raise ValueError(f"A partitioned Variable must have rank at least 1: shape: {shape}")
    with variable_scope(name, "PartitionedVariable", reuse=reuse):
        return list(
            get_variable_scope()._get_partitioned_variable(
                variable_store(),
                None,
                shape=shape,
                dtype=dtype,
                initializer=initializer,
                trainable=trainable,
                collections=collections,
                partitioner=lambda **unused_args: slicing,
            )
        )
