"""Convolutions in two and three dimensions, depthwise convolutions, and their gradients.

Input gradients and filter gradients of a convolution are ops of their own and again convolutions,
so each of the three differentiates into the other two (nn_grad.py of TensorFlow 1.15).
On the CPU TensorFlow refuses channels first, grouped convolutions, and gradients of dilated ones;
perdure computes the last.
"""

from perdure.graph.errors import InvalidArgumentError, UnimplementedError
from perdure.graph.shapes import merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.nn.windows import (
    arranged,
    as_format,
    channels,
    channels_last,
    check_attribute_length,
    explicit_pairs,
    refuse_channels_first,
    require_rank,
    require_sizes,
    resolve_padding,
    spatial,
    unimplemented,
    windowed_sizes,
)
from perdure.ops.registry import op
from perdure.ops.traits import CONVOLUTION

# -- shared by the family ---------------------------------------------------------

# The axes along which Conv2D accepts strides and dilations, in TensorFlow's words.
NOT_IN_BATCH_OR_DEPTH = "Current implementation does not yet support {} in the batch and depth dimensions."


def convolution_shape(op_name, input, filter, strides, padding, dilations, data_format, explicit):
    rank = len(data_format)
    input, filter = with_rank(input, rank), with_rank(filter, rank)
    check_attribute_length(op_name, data_format, strides, dilations)
    sizes = windowed_sizes(
        spatial(input, data_format),
        filter[: rank - 2],
        spatial(strides, data_format),
        padding,
        spatial(dilations, data_format),
        explicit,
    )
    return arranged(input[0], sizes, filter[-1], data_format)


def check_kernel_attributes(strides, dilations, data_format):
    if strides[0] != 1 or channels(strides, data_format) != 1:
        raise invalid(NOT_IN_BATCH_OR_DEPTH.format("strides"))
    if dilations[0] != 1 or channels(dilations, data_format) != 1:
        raise invalid(NOT_IN_BATCH_OR_DEPTH.format("dilations"))


def check_depths(op_name, depth, filter_depth):
    if depth == filter_depth:
        return
    if filter_depth == 0 or depth % filter_depth:
        raise invalid(f"input depth must be evenly divisible by filter depth: {depth} vs {filter_depth}")
    raise unimplemented(
        f"The {op_name} op currently does not support grouped convolutions on the CPU. A grouped "
        f"convolution was attempted to be run because the input depth of {depth} does not match "
        f"the filter input depth of {filter_depth}"
    )


def geometry(sizes, window, strides, padding, dilations, data_format, explicit=None):
    """The keyword arguments of the primitives."""
    strides, dilations = spatial(strides, data_format), spatial(dilations, data_format)
    padding = resolve_padding(sizes, window, strides, padding, dilations, explicit)
    return {"strides": strides, "padding": padding, "dilations": dilations}


def without_covered_axes(input_shape, filter_shape, geometry):
    """Shapes and geometry of the same convolution, where an axis that one window covers is channels.

    Convolutions of texts have filters as wide as the embedding.  The gradient for such an input is
    otherwise computed as a convolution over as much padding again: 5 s against 12 ms with NumPy for
    32 sentences of 40 words of size 64.
    """
    strides, padding, dilations = (list(geometry[name]) for name in ("strides", "padding", "dilations"))
    input_shape, filter_shape = list(input_shape), list(filter_shape)
    for axis in reversed(range(len(strides))):
        size = input_shape[axis + 1]
        if size != filter_shape[axis] or any(padding[axis]) or dilations[axis] != 1:
            break
        input_shape[axis + 1] = filter_shape[axis] = strides[axis] = 1
        input_shape[-1] *= size
        filter_shape[-2] *= size
    geometry = {"strides": strides, "padding": padding, "dilations": dilations}
    return tuple(input_shape), tuple(filter_shape), geometry


def check_out_backprop(op_name, d_output, input_shape, out_channels, window, geometry):
    """InvalidArgumentError unless the incoming gradient has the shape of the output."""
    if d_output.shape[0] != input_shape[0]:
        raise invalid(
            f"{op_name}: input and out_backprop must have the same batch size: input batch: "
            f"{input_shape[0]}, out_backprop batch: {d_output.shape[0]}"
        )
    if d_output.shape[-1] != out_channels:
        raise invalid(f"{op_name}: filter and out_backprop must have the same out_depth")
    for axis, taps in enumerate(window):
        stride, dilation = geometry["strides"][axis], geometry["dilations"][axis]
        room = input_shape[axis + 1] + sum(geometry["padding"][axis])
        computed = (room - (taps - 1) * dilation - 1) // stride + 1
        if d_output.shape[axis + 1] != computed:
            raise invalid(
                f"{op_name}: Size of out_backprop doesn't match computed: actual = "
                f"{d_output.shape[axis + 1]}, computed = {computed} spatial_dim: {axis + 1} input: "
                f"{input_shape[axis + 1]} filter: {taps} output: {d_output.shape[axis + 1]} "
                f"stride: {stride} dilation: {dilation}"
            )


def convolve(xp, op_name, input, filter, strides, padding, dilations, data_format, explicit=None):
    require_rank(input, len(data_format), "input")
    require_rank(filter, len(data_format), "filter")
    check_kernel_attributes(strides, dilations, data_format)
    input = channels_last(xp, input, data_format)
    check_depths(op_name, input.shape[-1], filter.shape[-2])
    options = geometry(
        input.shape[1:-1], filter.shape[:-2], strides, padding, dilations, data_format, explicit
    )
    input_shape, filter_shape, options = without_covered_axes(input.shape, filter.shape, options)
    output = xp.conv(xp.reshape(input, input_shape), xp.reshape(filter, filter_shape), **options)
    return as_format(xp, output, data_format)


def input_gradient(
    xp,
    op_name,
    input_sizes,
    filter,
    d_output,
    strides,
    padding,
    dilations,
    data_format,
    explicit=None,
    is_depthwise=False,
):
    rank = len(data_format)
    require_rank(filter, rank, "filter")
    require_rank(d_output, rank, "out_backprop")
    check_kernel_attributes(strides, dilations, data_format)
    input_sizes = require_sizes(input_sizes, rank, "input_sizes")
    shape = arranged(
        input_sizes[0],
        spatial(input_sizes, data_format),
        channels(input_sizes, data_format),
        "N" + "X" * (rank - 2) + "C",
    )
    window, (depth, filters) = filter.shape[:-2], filter.shape[-2:]
    check_depths(op_name, shape[-1], depth)
    d_output = channels_last(xp, d_output, data_format)
    options = geometry(shape[1:-1], window, strides, padding, dilations, data_format, explicit)
    out_channels = depth * filters if is_depthwise else filters
    check_out_backprop(op_name, d_output, shape, out_channels, window, options)
    if is_depthwise:
        d_input = xp.depthwise_conv_input_gradient(filter, d_output, input_shape=shape, **options)
    else:
        folded, filter_shape, options = without_covered_axes(shape, filter.shape, options)
        filter = xp.reshape(filter, filter_shape)
        d_input = xp.conv_input_gradient(filter, d_output, input_shape=folded, **options)
    return as_format(xp, xp.reshape(d_input, shape), data_format)


def filter_gradient(
    xp,
    op_name,
    input,
    filter_sizes,
    d_output,
    strides,
    padding,
    dilations,
    data_format,
    explicit=None,
    is_depthwise=False,
):
    rank = len(data_format)
    require_rank(input, rank, "input")
    require_rank(d_output, rank, "out_backprop")
    check_kernel_attributes(strides, dilations, data_format)
    shape = require_sizes(filter_sizes, rank, "filter_sizes")
    input = channels_last(xp, input, data_format)
    d_output = channels_last(xp, d_output, data_format)
    check_depths(op_name, input.shape[-1], shape[-2])
    options = geometry(input.shape[1:-1], shape[:-2], strides, padding, dilations, data_format, explicit)
    out_channels = shape[-2] * shape[-1] if is_depthwise else shape[-1]
    check_out_backprop(op_name, d_output, input.shape, out_channels, shape[:-2], options)
    if is_depthwise:
        return xp.depthwise_conv_filter_gradient(input, d_output, filter_shape=shape, **options)
    input_shape, folded, options = without_covered_axes(input.shape, shape, options)
    input = xp.reshape(input, input_shape)
    return xp.reshape(xp.conv_filter_gradient(input, d_output, filter_shape=folded, **options), shape)


# -- Conv2D -----------------------------------------------------------------------

conv2d = op("Conv2D", work=CONVOLUTION)


@conv2d.shape
def conv2d_shape(input, filter, *, strides, padding, explicit_paddings, data_format, dilations):
    input, filter = with_rank(input, 4), with_rank(filter, 4)
    check_attribute_length("Conv2D", data_format, strides, dilations)
    depth, filter_depth = channels(input, data_format), filter[2]
    if depth is not None and filter_depth and depth % filter_depth:
        raise ValueError(
            f"Depth of input ({depth}) is not a multiple of input depth of filter ({filter_depth})"
        )
    explicit = explicit_pairs(padding, explicit_paddings, data_format)
    return convolution_shape("Conv2D", input, filter, strides, padding, dilations, data_format, explicit)


@conv2d.kernel
def conv2d_kernel(xp, input, filter, *, strides, padding, explicit_paddings, data_format, dilations):
    refuse_channels_first(
        xp,
        data_format,
        UnimplementedError,
        "The Conv2D op currently only supports the NHWC tensor format on the CPU. The op was given "
        f"the format: {data_format}",
    )
    explicit = explicit_pairs(padding, explicit_paddings, data_format)
    return convolve(xp, "Conv2D", input, filter, strides, padding, dilations, data_format, explicit)


@conv2d.gradient
def conv2d_gradient(
    g,
    d_output,
    input,
    filter,
    *,
    strides,
    use_cudnn_on_gpu,
    padding,
    explicit_paddings,
    data_format,
    dilations,
):
    attrs = {
        "strides": strides,
        "use_cudnn_on_gpu": use_cudnn_on_gpu,
        "padding": padding,
        "explicit_paddings": explicit_paddings,
        "data_format": data_format,
        "dilations": dilations,
    }
    input_sizes, filter_sizes = g.raw.shape_n([input, filter])
    return {
        "input": g.conv2d_backprop_input(input_sizes, filter, d_output, **attrs),
        "filter": g.conv2d_backprop_filter(input, filter_sizes, d_output, **attrs),
    }


# -- Conv2DBackpropInput ----------------------------------------------------------

conv2d_backprop_input = op("Conv2DBackpropInput", sizes=["input_sizes"], work=CONVOLUTION)


@conv2d_backprop_input.shape
def conv2d_backprop_input_shape(input_sizes):
    return with_rank(input_sizes, 4)


@conv2d_backprop_input.kernel
def conv2d_backprop_input_kernel(
    xp,
    input_sizes,
    filter,
    out_backprop,
    *,
    strides,
    padding,
    explicit_paddings,
    data_format,
    dilations,
):
    refuse_channels_first(
        xp, data_format, InvalidArgumentError, "Conv2DCustomBackpropInputOp only supports NHWC."
    )
    explicit = explicit_pairs(padding, explicit_paddings, data_format)
    return input_gradient(
        xp,
        "Conv2DBackpropInput",
        input_sizes,
        filter,
        out_backprop,
        strides,
        padding,
        dilations,
        data_format,
        explicit,
    )


@conv2d_backprop_input.gradient
def conv2d_backprop_input_gradient(
    g,
    d_output,
    filter,
    out_backprop,
    *,
    strides,
    use_cudnn_on_gpu,
    padding,
    explicit_paddings,
    data_format,
    dilations,
):
    attrs = {
        "strides": strides,
        "use_cudnn_on_gpu": use_cudnn_on_gpu,
        "padding": padding,
        "explicit_paddings": explicit_paddings,
        "data_format": data_format,
        "dilations": dilations,
    }
    return {
        "filter": g.conv2d_backprop_filter(d_output, g.shape(filter), out_backprop, **attrs),
        "out_backprop": g.conv2d(d_output, filter, **attrs),
    }


# -- Conv2DBackpropFilter ---------------------------------------------------------

conv2d_backprop_filter = op("Conv2DBackpropFilter", sizes=["filter_sizes"], work=CONVOLUTION)


@conv2d_backprop_filter.shape
def conv2d_backprop_filter_shape(filter_sizes):
    return with_rank(filter_sizes, 4)


@conv2d_backprop_filter.kernel
def conv2d_backprop_filter_kernel(
    xp,
    input,
    filter_sizes,
    out_backprop,
    *,
    strides,
    padding,
    explicit_paddings,
    data_format,
    dilations,
):
    refuse_channels_first(
        xp, data_format, InvalidArgumentError, "Conv2DCustomBackpropFilterOp only supports NHWC."
    )
    explicit = explicit_pairs(padding, explicit_paddings, data_format)
    return filter_gradient(
        xp,
        "Conv2DBackpropFilter",
        input,
        filter_sizes,
        out_backprop,
        strides,
        padding,
        dilations,
        data_format,
        explicit,
    )


@conv2d_backprop_filter.gradient
def conv2d_backprop_filter_gradient(
    g,
    d_output,
    input,
    out_backprop,
    *,
    strides,
    use_cudnn_on_gpu,
    padding,
    explicit_paddings,
    data_format,
    dilations,
):
    attrs = {
        "strides": strides,
        "use_cudnn_on_gpu": use_cudnn_on_gpu,
        "padding": padding,
        "explicit_paddings": explicit_paddings,
        "data_format": data_format,
        "dilations": dilations,
    }
    return {
        "input": g.conv2d_backprop_input(g.shape(input), d_output, out_backprop, **attrs),
        "out_backprop": g.conv2d(input, d_output, **attrs),
    }


# -- Conv3D -----------------------------------------------------------------------

CONV3D_FORMAT = "CPU implementation of Conv3D currently only supports the NHWC tensor format."
conv3d = op("Conv3D", work=CONVOLUTION)


@conv3d.shape
def conv3d_shape(input, filter, *, strides, padding, data_format, dilations):
    input, filter = with_rank(input, 5), with_rank(filter, 5)
    merge_size(channels(input, data_format), filter[3])
    return convolution_shape("Conv3D", input, filter, strides, padding, dilations, data_format, None)


@conv3d.kernel
def conv3d_kernel(xp, input, filter, *, strides, padding, data_format, dilations):
    refuse_channels_first(xp, data_format, InvalidArgumentError, CONV3D_FORMAT)
    return convolve(xp, "Conv3D", input, filter, strides, padding, dilations, data_format)


@conv3d.gradient
def conv3d_gradient(g, d_output, input, filter, *, strides, padding, data_format, dilations):
    attrs = {"strides": strides, "padding": padding, "data_format": data_format, "dilations": dilations}
    return {
        "input": g.conv3d_backprop_input_v2(g.shape(input), filter, d_output, **attrs),
        "filter": g.conv3d_backprop_filter_v2(input, g.shape(filter), d_output, **attrs),
    }


# -- Conv3DBackpropInputV2 --------------------------------------------------------

conv3d_backprop_input = op("Conv3DBackpropInputV2", sizes=["input_sizes"], work=CONVOLUTION)


@conv3d_backprop_input.shape
def conv3d_backprop_input_shape(input_sizes):
    return with_rank(input_sizes, 5)


@conv3d_backprop_input.kernel
def conv3d_backprop_input_kernel(
    xp, input_sizes, filter, out_backprop, *, strides, padding, data_format, dilations
):
    refuse_channels_first(xp, data_format, InvalidArgumentError, CONV3D_FORMAT)
    return input_gradient(
        xp,
        "Conv3DBackpropInputV2",
        input_sizes,
        filter,
        out_backprop,
        strides,
        padding,
        dilations,
        data_format,
    )


@conv3d_backprop_input.gradient
def conv3d_backprop_input_gradient(
    g, d_output, filter, out_backprop, *, strides, padding, data_format, dilations
):
    attrs = {"strides": strides, "padding": padding, "data_format": data_format, "dilations": dilations}
    return {
        "filter": g.conv3d_backprop_filter_v2(d_output, g.shape(filter), out_backprop, **attrs),
        "out_backprop": g.conv3d(d_output, filter, **attrs),
    }


# -- Conv3DBackpropFilterV2 -------------------------------------------------------

conv3d_backprop_filter = op("Conv3DBackpropFilterV2", sizes=["filter_sizes"], work=CONVOLUTION)


@conv3d_backprop_filter.shape
def conv3d_backprop_filter_shape(filter_sizes):
    return with_rank(filter_sizes, 5)


@conv3d_backprop_filter.kernel
def conv3d_backprop_filter_kernel(
    xp, input, filter_sizes, out_backprop, *, strides, padding, data_format, dilations
):
    refuse_channels_first(xp, data_format, InvalidArgumentError, CONV3D_FORMAT)
    return filter_gradient(
        xp,
        "Conv3DBackpropFilterV2",
        input,
        filter_sizes,
        out_backprop,
        strides,
        padding,
        dilations,
        data_format,
    )


@conv3d_backprop_filter.gradient
def conv3d_backprop_filter_gradient(
    g, d_output, input, out_backprop, *, strides, padding, data_format, dilations
):
    attrs = {"strides": strides, "padding": padding, "data_format": data_format, "dilations": dilations}
    return {
        "input": g.conv3d_backprop_input_v2(g.shape(input), d_output, out_backprop, **attrs),
        "out_backprop": g.conv3d(input, d_output, **attrs),
    }
