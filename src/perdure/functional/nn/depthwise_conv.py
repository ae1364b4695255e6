"""tf.nn: convolutions in which every channel has its own filters."""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.array import array
from perdure.functional.nn.arguments import given
from perdure.functional.nn.conv import conv2d
from perdure.functional.nn.space_to_batch import with_space_to_batch
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def depthwise_conv2d_native(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """Convolve every channel with its own filters, in one op.

    Args:
        input: images (batch, height, width, channels).
        filter: filters (height, width, channels, multiplier).
        strides: one number per axis; the same for height and width.
        padding: "SAME" or "VALID".
        data_format: "NHWC" or "NCHW".
        dilations: must be 1 everywhere when run; see `depthwise_conv2d`.
        name: the name of the node.
    """
    return g.depthwise_conv2d_native(
        input,
        filter,
        strides=strides,
        padding=padding,
        name=name,
        **given(data_format=data_format, dilations=None if dilations is None else list(dilations)),
    )


def depthwise_conv2d_native_backprop_input(
    input_sizes: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """The gradient of `depthwise_conv2d_native` for its images.

    Args:
        input_sizes: the shape of the images.
        filter: the filter that was used.
        out_backprop: the gradient of the result.
        strides, padding, data_format, dilations: as in `depthwise_conv2d_native`.
        name: the name of the node.
    """
    return g.depthwise_conv2d_native_backprop_input(
        input_sizes,
        filter,
        out_backprop,
        strides=strides,
        padding=padding,
        name=name,
        **given(data_format=data_format, dilations=None if dilations is None else list(dilations)),
    )


def depthwise_conv2d_native_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """The gradient of `depthwise_conv2d_native` for its filter.

    Args:
        input: the images that were convolved.
        filter_sizes: the shape of the filter.
        out_backprop: the gradient of the result.
        strides, padding, data_format, dilations: as in `depthwise_conv2d_native`.
        name: the name of the node.
    """
    return g.depthwise_conv2d_native_backprop_filter(
        input,
        filter_sizes,
        out_backprop,
        strides=strides,
        padding=padding,
        name=name,
        **given(data_format=data_format, dilations=None if dilations is None else list(dilations)),
    )


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Convolve every channel with its own filters.

    Args:
        input: images (batch, height, width, channels).
        filter: filters (height, width, channels, multiplier).
        strides: one number per axis; the same for height and width.
        padding: "SAME" or "VALID".
        rate: the distance of the taps, two numbers.
        name: a scope for the nodes.
        data_format: "NHWC" or "NCHW".
        dilations: the newer name of `rate`.
    """
    rate = renamed("dilations", dilations, "rate", rate)
    with name_scope(name, "depthwise", [input, filter]) as name:
        input = convert_to_tensor(input, name="tensor_in")
        filter = convert_to_tensor(filter, name="filter_in")

        def convolve(converted: Tensor, _: int, padding: str) -> Tensor:
            return depthwise_conv2d_native(
                converted, filter, strides, padding, data_format=data_format, name=name
            )

        return with_space_to_batch(
            input=input,
            filter_shape=array.shape(filter),
            dilation_rate=[1, 1] if rate is None else rate,
            padding=padding,
            data_format=data_format,
            op=convolve,
        )


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: str,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """A depthwise convolution, then a convolution of single pixels that mixes the channels.

    Args:
        input: images (batch, height, width, channels).
        depthwise_filter: filters (height, width, channels, multiplier).
        pointwise_filter: filters (1, 1, channels * multiplier, filters).
        strides: one number per axis, for the depthwise step.
        padding: "SAME" or "VALID".
        rate: the distance of the taps of the depthwise step, two numbers.
        name: a scope for the nodes.
        data_format: "NHWC" or "NCHW".
        dilations: the newer name of `rate`.

    Raises:
        ValueError: the shapes do not go together.
    """
    rate = renamed("dilations", dilations, "rate", rate)
    values = [input, depthwise_filter, pointwise_filter]
    with name_scope(name, "separable_conv2d", values) as name:
        input = convert_to_tensor(input, name="tensor_in")
        depthwise_filter = convert_to_tensor(depthwise_filter, name="depthwise_filter")
        pointwise_filter = convert_to_tensor(pointwise_filter, name="pointwise_filter")
        shape = pointwise_filter.get_shape().with_rank(4)
        shape.dims[0].assert_is_compatible_with(1)
        shape.dims[1].assert_is_compatible_with(1)

        def convolve(converted: Tensor, _: int, padding: str) -> Tensor:
            return depthwise_conv2d_native(
                converted, depthwise_filter, strides, padding, data_format=data_format, name="depthwise"
            )

        depthwise = with_space_to_batch(
            input=input,
            filter_shape=array.shape(depthwise_filter),
            dilation_rate=[1, 1] if rate is None else rate,
            padding=padding,
            data_format=data_format,
            op=convolve,
        )
        return conv2d(
            depthwise,
            pointwise_filter,
            [1, 1, 1, 1],
            padding="VALID",
            data_format=data_format or "NHWC",
            name=name,
        )
