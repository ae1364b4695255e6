"""Dilated windows by moving pixels into the batch: what tf.nn uses where kernels have no dilation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.functional.array import array, joining
from perdure.functional.array.space_to_batch import (
    batch_to_space_nd,
    required_space_to_batch_paddings,
    space_to_batch_nd,
)
from perdure.graph import dtypes
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape


def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: str,
    op: Callable[[Tensor, int, str], Tensor],
    filter_shape: Any = None,
    spatial_dims: Sequence[int] | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Apply a windowed op as if its windows were dilated.

    Args:
        input: a tensor (batch, ..., channels).
        dilation_rate: the dilation of each spatial axis.
        padding: "SAME" or "VALID".
        op: makes the result from the input, the number of spatial axes and the padding.
        filter_shape: the shape of the filter, needed for "SAME".
        spatial_dims: the axes that are dilated; those after the batch if None.
        data_format: "N...C" or "NC...".

    Raises:
        ValueError: an argument is out of range, or the input has too few axes.
    """
    input = convert_to_tensor(input, name="input")
    return dilated(
        input, input.get_shape(), dilation_rate, padding, op, filter_shape, spatial_dims, data_format
    )


def dilated(
    input: Any,
    input_shape: TensorShape,
    dilation_rate: Any,
    padding: str,
    op: Callable[[Any, int, str], Tensor],
    filter_shape: Any,
    spatial_dims: Sequence[int] | None,
    data_format: str | None,
) -> Tensor:
    """`with_space_to_batch` for an input that is passed on unconverted where no axis is dilated."""
    rate = convert_to_tensor(dilation_rate, dtypes.int32, name="dilation_rate")
    if rate._shape is not None and len(rate._shape) != 1:
        raise ValueError("rate must be rank 1")
    if rate._shape is None or rate._shape[0] is None:
        raise ValueError("rate must have known shape")
    count = rate._shape[0]
    axes = _checked_axes(spatial_dims, count, data_format)
    is_channels_first = data_format is not None and data_format.startswith("NC")
    least_rank = axes[-1] if is_channels_first else axes[-1] + 1
    if input_shape.ndims is not None and input_shape.ndims < least_rank:
        raise ValueError(f"input tensor must have rank {least_rank} at least")
    known_rate = constant_value(rate)
    if known_rate is not None:
        if np.any(known_rate < 1):
            raise ValueError("dilation_rate must be positive")
        if np.all(known_rate == 1):
            return op(input, count, padding)
    base = _base_paddings(padding, filter_shape, count, rate if known_rate is None else known_rate)
    sizes: Any = [input_shape.as_list()[axis] for axis in axes] if input_shape.ndims is not None else None
    if sizes is None or None in sizes:
        dynamic = array.shape(input)
        sizes = joining.stack([dynamic[axis] for axis in axes])
    paddings, crops = required_space_to_batch_paddings(
        input_shape=sizes, base_paddings=base, block_shape=rate
    )
    blocks = _for_all_axes(rate, 1, axes)
    paddings = _for_all_axes(paddings, 0, axes)
    crops = _for_all_axes(crops, 0, axes)
    spread = space_to_batch_nd(input=input, block_shape=blocks, paddings=paddings)
    result = op(spread, count, "VALID")
    return batch_to_space_nd(input=result, block_shape=blocks, crops=crops)


def _checked_axes(spatial_dims: Sequence[int] | None, count: int, data_format: str | None) -> list[int]:
    first = 2 if data_format is not None and data_format.startswith("NC") else 1
    given = list(range(first, first + count) if spatial_dims is None else spatial_dims)
    axes = sorted({int(axis) for axis in given})
    if axes != given or any(axis < 1 for axis in axes):
        raise ValueError("spatial_dims must be a monotonically increasing sequence of positive integers")
    return axes


def _base_paddings(padding: str, filter_shape: Any, count: int, rate: Any) -> Any:
    """The paddings that the dilated window needs in any case."""
    if padding == "VALID":
        return np.zeros([count, 2], np.int32)
    if padding != "SAME":
        raise ValueError(f"Invalid padding method {padding!r}")
    if filter_shape is None:
        raise ValueError("filter_shape must be specified for SAME padding")
    filter_shape = convert_to_tensor(filter_shape, name="filter_shape")
    known = constant_value(filter_shape)
    window = (filter_shape if known is None else known)[:count]
    reach = window + (window - 1) * (rate - 1)
    room = reach - 1
    before = room // 2
    after = room - before
    return joining.stack([[before[i], after[i]] for i in range(count)])


def _for_all_axes(values: Tensor, fill: int, axes: list[int]) -> Any:
    """Rows for all axes up to the last spatial one, with `fill` for those in between."""
    row = [size for size in values.get_shape().as_list()[1:]]
    known = constant_value(values)
    rows = values if known is None else known
    parts: list[Any] = []
    previous, index = 0, 0
    while index < len(axes):
        start, axis = index, axes[index]
        if axis > 1:
            parts.append(np.full([axis - 1 - previous, *row], fill, values.dtype.as_numpy_dtype))
        while index + 1 < len(axes) and axes[index + 1] == axes[index] + 1:
            index += 1
        parts.append(rows[start : index + 1])
        previous = axes[index]
        index += 1
    return joining.concat(parts, 0) if known is None else np.concatenate(parts)
