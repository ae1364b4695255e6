"""tf.nn: convolutions of three dimensions, and their transposes."""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.nn.arguments import channel_axis, given, per_axis
from perdure.graph.builder import g
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def conv3d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: str | None = None,
    data_format: str = "NDHWC",
    dilations: Any = (1, 1, 1, 1, 1),
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Convolve volumes with filters.

    Args:
        input: volumes (batch, depth, height, width, channels).
        filter: filters (depth, height, width, channels, filters).
        strides: one number per axis.
        padding: "SAME" or "VALID".
        data_format: "NDHWC" or "NCDHW".
        dilations: one number per axis.
        name: the name of the node.
        filters: the newer name of `filter`.
    """
    filter = renamed("filters", filters, "filter", filter)
    return g.conv3d(
        input,
        filter,
        strides=strides,
        padding=padding,
        name=name,
        **given(data_format=data_format, dilations=None if dilations is None else list(dilations)),
    )


def conv3d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: str,
    data_format: str = "NDHWC",
    dilations: Any = (1, 1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """The gradient of `conv3d` for its filter.

    Args:
        input: the volumes that were convolved.
        filter_sizes: the shape of the filter.
        out_backprop: the gradient of the result.
        strides, padding, data_format, dilations: as in `conv3d`.
        name: the name of the node.
    """
    return g.conv3d_backprop_filter_v2(
        input,
        filter_sizes,
        out_backprop,
        strides=strides,
        padding=padding,
        name=name,
        **given(data_format=data_format, dilations=None if dilations is None else list(dilations)),
    )


def conv3d_transpose(
    value: Any,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str | None = "NDHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The transpose of `conv3d`.

    Args:
        value: volumes (batch, depth, height, width, channels).
        filter: filters (depth, height, width, result channels, channels).
        output_shape: the shape of the result.
        strides: one number, one per spatial axis, or one per axis.
        padding: "SAME" or "VALID".
        data_format: "NDHWC" or "NCDHW".
        name: the name of the node.
        input, filters: the newer names of `value` and `filter`.
        dilations: as `strides`.
    """
    filter = renamed("filters", filters, "filter", filter)
    value = renamed("input", input, "value", value)
    with name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as name:
        data_format = data_format or "NDHWC"
        axis = channel_axis(data_format, 3)
        return g.conv3d_backprop_input_v2(
            output_shape,
            filter,
            value,
            strides=per_axis(strides, 3, axis, "strides"),
            padding=padding,
            data_format=data_format,
            dilations=per_axis(dilations, 3, axis, "dilations"),
            name=name,
        )
