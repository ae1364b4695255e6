"""Depthwise convolution, in which every channel has its own filters, and its two gradients.

Filters are (height, width, channels, multiplier).  TensorFlow's kernels silently ignore the
`dilations` attribute; here it is refused (`tf.nn.depthwise_conv2d` spreads the batch instead).
"""

from perdure.graph.errors import UnimplementedError
from perdure.graph.shapes import merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.nn.conv import filter_gradient, geometry, input_gradient
from perdure.ops.nn.windows import (
    arranged,
    as_format,
    channels,
    channels_last,
    refuse_channels_first,
    require_rank,
    spatial,
    unimplemented,
    windowed_sizes,
)
from perdure.ops.registry import op
from perdure.ops.traits import CONVOLUTION

# -- shared by the family ---------------------------------------------------------

NO_DILATION = (1, 1, 1, 1)


def check_attributes(xp, strides, dilations, data_format):
    refuse_channels_first(
        xp, data_format, UnimplementedError, "Depthwise convolution on CPU is only supported for NHWC format"
    )
    rows, columns = spatial(strides, data_format)
    if rows != columns:
        raise invalid(
            "Current implementation only supports equal length strides in the row and column dimensions."
        )
    if tuple(dilations) != NO_DILATION:
        raise unimplemented(
            f"dilations={list(dilations)}: TensorFlow 1.15 ignores this attribute; "
            "use tf.nn.depthwise_conv2d with rate= or dilations= instead"
        )


def attributes(strides, padding, data_format, dilations):
    return {"strides": strides, "padding": padding, "data_format": data_format, "dilations": dilations}


# -- DepthwiseConv2dNative --------------------------------------------------------

depthwise_conv = op("DepthwiseConv2dNative", work=CONVOLUTION)


@depthwise_conv.shape
def depthwise_conv_shape(input, filter, *, strides, padding, data_format):
    input, filter = with_rank(input, 4), with_rank(filter, 4)
    if len(strides) != 4:
        raise ValueError(
            f"DepthwiseConv2D requires the stride attribute to contain 4 values, but got: {len(strides)}"
        )
    depth = merge_size(channels(input, data_format), filter[2])
    multiplier = filter[3]
    out_depth = None if depth is None or multiplier is None else depth * multiplier
    sizes = windowed_sizes(spatial(input, data_format), filter[:2], spatial(strides, data_format), padding)
    return arranged(input[0], sizes, out_depth, data_format)


@depthwise_conv.kernel
def depthwise_conv_kernel(xp, input, filter, *, strides, padding, data_format, dilations):
    check_attributes(xp, strides, dilations, data_format)
    require_rank(input, 4, "input")
    require_rank(filter, 4, "filter")
    input = channels_last(xp, input, data_format)
    if input.shape[-1] != filter.shape[2]:
        raise invalid(f"input and filter must have the same depth: {input.shape[-1]} vs {filter.shape[2]}")
    options = geometry(input.shape[1:-1], filter.shape[:2], strides, padding, NO_DILATION, data_format)
    return as_format(xp, xp.depthwise_conv(input, filter, **options), data_format)


@depthwise_conv.gradient
def depthwise_conv_gradient(g, d_output, input, filter, *, strides, padding, data_format, dilations):
    attrs = attributes(strides, padding, data_format, dilations)
    return {
        "input": g.depthwise_conv2d_native_backprop_input(g.shape(input), filter, d_output, **attrs),
        "filter": g.depthwise_conv2d_native_backprop_filter(input, g.shape(filter), d_output, **attrs),
    }


# -- DepthwiseConv2dNativeBackpropInput -------------------------------------------

backprop_input = op("DepthwiseConv2dNativeBackpropInput", sizes=["input_sizes"], work=CONVOLUTION)


@backprop_input.shape
def depthwise_backprop_input_shape(input_sizes):
    return with_rank(input_sizes, 4)


@backprop_input.kernel
def depthwise_backprop_input_kernel(
    xp, input_sizes, filter, out_backprop, *, strides, padding, data_format, dilations
):
    check_attributes(xp, strides, dilations, data_format)
    return input_gradient(
        xp,
        "DepthwiseConv2DBackpropInput",
        input_sizes,
        filter,
        out_backprop,
        strides,
        padding,
        NO_DILATION,
        data_format,
        is_depthwise=True,
    )


@backprop_input.gradient
def depthwise_backprop_input_gradient(
    g, d_output, filter, out_backprop, *, strides, padding, data_format, dilations
):
    attrs = attributes(strides, padding, data_format, dilations)
    return {
        "filter": g.depthwise_conv2d_native_backprop_filter(d_output, g.shape(filter), out_backprop, **attrs),
        "out_backprop": g.depthwise_conv2d_native(d_output, filter, **attrs),
    }


# -- DepthwiseConv2dNativeBackpropFilter ------------------------------------------

backprop_filter = op("DepthwiseConv2dNativeBackpropFilter", sizes=["filter_sizes"], work=CONVOLUTION)


@backprop_filter.shape
def depthwise_backprop_filter_shape(filter_sizes):
    return with_rank(filter_sizes, 4)


@backprop_filter.kernel
def depthwise_backprop_filter_kernel(
    xp, input, filter_sizes, out_backprop, *, strides, padding, data_format, dilations
):
    check_attributes(xp, strides, dilations, data_format)
    return filter_gradient(
        xp,
        "DepthwiseConv2DBackpropFilter",
        input,
        filter_sizes,
        out_backprop,
        strides,
        padding,
        NO_DILATION,
        data_format,
        is_depthwise=True,
    )


@backprop_filter.gradient
def depthwise_backprop_filter_gradient(
    g, d_output, input, out_backprop, *, strides, padding, data_format, dilations
):
    attrs = attributes(strides, padding, data_format, dilations)
    return {
        "input": g.depthwise_conv2d_native_backprop_input(g.shape(input), d_output, out_backprop, **attrs),
        "out_backprop": g.depthwise_conv2d_native(input, d_output, **attrs),
    }
