"""tf.nn: convolutions of one, two, or any number of dimensions, and their transposes."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array import array, joining
from perdure.functional.array.space_to_batch import batch_to_space, space_to_batch
from perdure.functional.nn.arguments import channel_axis, explicit_padding, given, per_axis
from perdure.functional.nn.conv3d import conv3d_transpose
from perdure.functional.nn.space_to_batch import dilated
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor, is_tensor_like
from perdure.graph.tensor_shape import TensorShape, as_shape, dimension_at_index

# -- two dimensions ---------------------------------------------------------------


def conv2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Convolve images with filters.

    Args:
        input: images (batch, height, width, channels).
        filter: filters (height, width, channels, filters).
        strides: one number, one per spatial axis, or one per axis.
        padding: "SAME", "VALID", or a list of one (before, after) pair per axis.
        use_cudnn_on_gpu: kept in the graph; has no influence on the result.
        data_format: "NHWC" or "NCHW".
        dilations: as `strides`.
        name: the name of the node.
        filters: the newer name of `filter`.

    Raises:
        ValueError: an argument has the wrong length, or the shapes do not go together.
    """
    filter = renamed("filters", filters, "filter", filter)
    padding, explicit = explicit_padding(padding)
    data_format = data_format or "NHWC"
    axis = channel_axis(data_format, 2)
    return g.conv2d(
        input,
        filter,
        strides=per_axis(strides, 2, axis, "strides"),
        padding=padding,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=per_axis(dilations, 2, axis, "dilations"),
        name=name,
    )


def conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """The gradient of `conv2d` for its filter.

    Args:
        input: the images that were convolved.
        filter_sizes: the shape of the filter.
        out_backprop: the gradient of the result.
        strides, padding, use_cudnn_on_gpu, data_format, dilations: as in `conv2d`.
        name: the name of the node.
    """
    padding, explicit = explicit_padding(padding)
    return g.conv2d_backprop_filter(
        input,
        filter_sizes,
        out_backprop,
        strides=strides,
        padding=padding,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=list(dilations),
        name=name,
    )


def conv2d_backprop_input(
    input_sizes: Any,
    filter: Any = None,
    out_backprop: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """The gradient of `conv2d` for its images.

    Args:
        input_sizes: the shape of the images.
        filter: the filter that was used.
        out_backprop: the gradient of the result.
        strides, padding, use_cudnn_on_gpu, data_format, dilations: as in `conv2d`.
        name: the name of the node.
        filters: the newer name of `filter`.
    """
    filter = renamed("filters", filters, "filter", filter)
    padding, explicit = explicit_padding(padding)
    return g.conv2d_backprop_input(
        input_sizes,
        filter,
        out_backprop,
        strides=strides,
        padding=padding,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=list(dilations),
        name=name,
    )


def conv2d_transpose(
    value: Any = None,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The transpose of `conv2d`: spread each pixel over a window of the result.

    Args:
        value: images (batch, height, width, channels).
        filter: filters (height, width, result channels, channels).
        output_shape: the shape of the result.
        strides: one number, one per spatial axis, or one per axis.
        padding: "SAME" or "VALID".
        data_format: "NHWC" or "NCHW".
        name: the name of the node.
        input, filters: the newer names of `value` and `filter`.
        dilations: as `strides`.
    """
    value = renamed("input", input, "value", value)
    filter = renamed("filters", filters, "filter", filter)
    with name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as name:
        data_format = data_format or "NHWC"
        axis = channel_axis(data_format, 2)
        return g.conv2d_backprop_input(
            output_shape,
            filter,
            value,
            strides=per_axis(strides, 2, axis, "strides"),
            padding=padding,
            data_format=data_format,
            dilations=per_axis(dilations, 2, axis, "dilations"),
            name=name,
        )


def atrous_conv2d(value: Any, filters: Any, rate: Any, padding: str, name: str | None = None) -> Tensor:
    """Convolve images with filters whose taps are `rate` pixels apart.

    Args:
        value: images (batch, height, width, channels).
        filters: filters (height, width, channels, filters).
        rate: the distance, one number or two.
        padding: "SAME" or "VALID".
        name: a scope for the nodes.
    """
    return convolution(
        input=value, filter=filters, padding=padding, dilation_rate=np.broadcast_to(rate, (2,)), name=name
    )


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """The transpose of `atrous_conv2d`.

    Args:
        value: images (batch, height, width, channels).
        filters: filters (height, width, result channels, channels).
        output_shape: the shape of the result.
        rate: the distance of the taps.
        padding: "SAME" or "VALID".
        name: a scope for the nodes.

    Raises:
        ValueError: an argument is out of range, or the shapes do not go together.
    """
    with name_scope(name, "atrous_conv2d_transpose", [value, filters, output_shape]):
        value = convert_to_tensor(value, name="value")
        filters = convert_to_tensor(filters, name="filters")
        if not value.get_shape().dims[3].is_compatible_with(filters.get_shape()[3]):
            raise ValueError(
                "value's input channels does not match filters' input channels, "
                f"{value.get_shape()[3]} != {filters.get_shape()[3]}"
            )
        if rate < 1:
            raise ValueError(f"rate {rate} cannot be less than one")
        if rate == 1:
            return conv2d_transpose(
                value, filters, output_shape, strides=[1, 1, 1, 1], padding=padding, data_format="NHWC"
            )
        shape = convert_to_tensor(output_shape, name="output_shape")
        if not shape.get_shape().is_compatible_with(TensorShape([4])):
            raise ValueError(f"output_shape must have shape (4,), got {shape.get_shape()}")
        if isinstance(output_shape, tuple):
            output_shape = list(output_shape)
        if isinstance(output_shape, (list, np.ndarray)):
            if not filters.get_shape().dims[2].is_compatible_with(output_shape[3]):
                raise ValueError(
                    "output_shape does not match filter's output channels, "
                    f"{output_shape[3]} != {filters.get_shape()[2]}"
                )
        top, bottom, left, right = _atrous_padding(filters, rate, padding)
        height = output_shape[1] + top + bottom
        width = output_shape[2] + left + right
        more_height = (rate - height % rate) % rate
        more_width = (rate - width % rate) % rate
        value = space_to_batch(input=value, paddings=[[0, more_height], [0, more_width]], block_size=rate)
        sizes = [
            rate * rate * output_shape[0],
            (height + more_height) // rate,
            (width + more_width) // rate,
            output_shape[3],
        ]
        value = g.conv2d_backprop_input(
            sizes, filters, value, strides=[1, 1, 1, 1], padding="VALID", data_format="NHWC"
        )
        crops = [[top, bottom + more_height], [left, right + more_width]]
        return batch_to_space(input=value, crops=crops, block_size=rate)


def _atrous_padding(filters: Tensor, rate: int, padding: str) -> tuple[Any, Any, Any, Any]:
    if padding == "VALID":
        return 0, 0, 0, 0
    if padding != "SAME":
        raise ValueError(f"padding must be either VALID or SAME: {padding}")
    shape = filters.get_shape()
    sizes: Any = shape.as_list() if shape.is_fully_defined() else array.shape(filters)
    height, width = sizes[0], sizes[1]
    high = height + (height - 1) * (rate - 1)
    wide = width + (width - 1) * (rate - 1)
    pad_height = high - 1
    pad_width = wide - 1
    top = pad_height // 2
    bottom = pad_height - top
    left = pad_width // 2
    right = pad_width - left
    return top, bottom, left, right


# -- one dimension ----------------------------------------------------------------


def _format_of_one(data_format: str | None) -> tuple[str, int, int]:
    """(format of the two-dimensional op, the spatial axis, the axis of the channels)."""
    if data_format in (None, "NHWC", "NWC"):
        return "NHWC", 1, 2
    if data_format in ("NCHW", "NCW"):
        return "NCHW", 2, 1
    raise ValueError('data_format must be "NWC" or "NCW".')


def conv1d(
    value: Any = None,
    filters: Any = None,
    stride: Any = None,
    padding: str | None = None,
    use_cudnn_on_gpu: bool | None = None,
    data_format: str | None = None,
    name: str | None = None,
    input: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Convolve sequences with filters.

    Args:
        value: sequences (batch, length, channels).
        filters: filters (length, channels, filters).
        stride: the distance of the windows.
        padding: "SAME" or "VALID".
        use_cudnn_on_gpu: kept in the graph; has no influence on the result.
        data_format: "NWC" or "NCW".
        name: a scope for the nodes.
        input: the newer name of `value`.
        dilations: the distance of the taps.

    Raises:
        ValueError: an argument is out of range, or the shapes do not go together.
    """
    value = renamed("input", input, "value", value)
    with name_scope(name, "conv1d", [value, filters]) as name:
        data_format, start, axis = _format_of_one(data_format)
        strides = [1, *per_axis(stride, 1, axis, "stride")]
        dilations = [1, *per_axis(dilations, 1, axis, "dilations")]
        value = array.expand_dims(value, start)
        filters = array.expand_dims(filters, 0)
        result = g.conv2d(
            value,
            filters,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilations=dilations,
            name=name,
            **given(use_cudnn_on_gpu=use_cudnn_on_gpu),
        )
        return array.squeeze(result, [start])


def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of `conv1d`.

    Args:
        input: sequences (batch, length, channels).
        filters: filters (length, result channels, channels).
        output_shape: the shape of the result.
        strides: the distance of the windows.
        padding: "SAME" or "VALID".
        data_format: "NWC" or "NCW".
        dilations: the distance of the taps.
        name: a scope for the nodes.

    Raises:
        ValueError: an argument is out of range, or the shapes do not go together.
    """
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as name:
        if data_format in ("NHWC", "NCHW"):
            raise ValueError('data_format must be "NWC" or "NCW".')
        data_format, start, axis = _format_of_one(data_format)
        all_strides = [1, *per_axis(strides, 1, axis, "stride")]
        all_dilations = [1, *per_axis(dilations, 1, axis, "dilations")]
        input = array.expand_dims(input, start)
        filters = array.expand_dims(filters, 0)
        if not isinstance(output_shape, Tensor):
            output_shape = list(output_shape)
        output_shape = joining.concat([output_shape[:start], [1], output_shape[start:]], 0)
        result = g.conv2d_backprop_input(
            output_shape,
            filters,
            input,
            strides=all_strides,
            padding=padding,
            data_format=data_format,
            dilations=all_dilations,
            name=name,
        )
        return array.squeeze(result, start)


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of a convolution in one, two or three dimensions.

    Args:
        input: a tensor (batch, ..., channels).
        filters: filters (..., result channels, channels).
        output_shape: the shape of the result.
        strides: one number, one per spatial axis, or one per axis.
        padding: "SAME" or "VALID".
        data_format: "N...C" or "NC...".
        dilations: as `strides`.
        name: a scope for the nodes.

    Raises:
        ValueError: `output_shape` has no length, or another than 3, 4 or 5.
    """
    with name_scope(name, "conv_transpose", [input, filters, output_shape]) as name:
        if is_tensor_like(output_shape):
            count = output_shape.shape[0] - 2
        elif isinstance(output_shape, Sized):
            count = len(output_shape) - 2
        else:
            raise ValueError("output_shape must be a tensor or sized collection.")
        if not 1 <= count <= 3:
            raise ValueError(f"output_shape must be of length 3, 4 or 5 but was {count + 2}.")
        if count == 1:
            return conv1d_transpose(
                input,
                filters,
                output_shape,
                strides,
                padding=padding,
                data_format=data_format,
                dilations=dilations,
                name=name,
            )
        transposed = conv2d_transpose if count == 2 else conv3d_transpose
        return transposed(
            input,
            filters,
            output_shape,
            strides,
            padding=padding,
            data_format=data_format,
            dilations=dilations,
            name=name,
        )


# -- any number of dimensions -----------------------------------------------------


def convolution(
    input: Any,
    filter: Any,
    padding: str,
    strides: Any = None,
    dilation_rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Convolve in one, two or three dimensions.

    Args:
        input: a tensor (batch, ..., channels).
        filter: filters (..., channels, filters).
        padding: "SAME" or "VALID".
        strides: one number per spatial axis.
        dilation_rate: as `strides`; not both may be above 1.
        name: a scope for the nodes.
        data_format: "N...C" or "NC...".
        filters, dilations: the newer names of `filter` and `dilation_rate`.

    Raises:
        ValueError: an argument is out of range, or the shapes do not go together.
    """
    filter = renamed("filters", filters, "filter", filter)
    dilation_rate = renamed("dilations", dilations, "dilation_rate", dilation_rate)
    count = _spatial_axes(input, filter)
    axis = channel_axis(data_format, count)
    strides = per_axis(strides, count, axis, "strides")
    rates = per_axis(dilation_rate, count, axis, "dilations")
    with name_scope(name, "convolution", [input, filter]) as name:
        if all(rate == 1 for rate in rates):
            if count == 1:
                return conv1d(
                    input,
                    filter,
                    strides,
                    padding=padding,
                    data_format=data_format,
                    dilations=rates,
                    name=name,
                )
            constructor = g.conv2d if count == 2 else g.conv3d
            return constructor(
                input,
                filter,
                strides=strides,
                padding=padding,
                dilations=rates,
                name=name,
                **given(data_format=data_format),
            )
        inner = slice(2, None) if axis == 1 else slice(1, -1)
        return _dilated_convolution(
            input, filter, padding, strides[inner], rates[inner], data_format, count, name
        )


def _spatial_axes(input: Any, filter: Any) -> int:
    for value in (input, filter):
        shape = value.shape
        if not isinstance(shape, TensorShape) or shape.ndims is not None:
            count = len(shape) - 2
            if not 1 <= count <= 3:
                raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {count + 2}.")
            return count
    raise ValueError("rank of input or filter must be known")


def _dilated_convolution(
    input: Any,
    filter: Any,
    padding: Any,
    strides: list[int],
    rates: list[int],
    data_format: str | None,
    count: int,
    name: str,
) -> Tensor:
    input_shape, filter_shape = as_shape(input.shape), as_shape(filter.shape)
    for what, shape in (("input", input_shape), ("filter", filter_shape)):
        if shape.ndims not in (None, count + 2):
            raise ValueError(f"{what} tensor must have rank {count + 2}")
    axis = channel_axis(data_format, count)
    if input_shape.ndims is not None and filter_shape.ndims is not None:
        if not dimension_at_index(input_shape, axis).is_compatible_with(filter_shape[count]):
            raise ValueError(
                "number of input channels does not match corresponding dimension of "
                f"filter, {input_shape[axis]} != {filter_shape[count]}"
            )
    strides_array, rates_array = strides_and_dilations(count, strides, rates)
    first = 2 if axis == 1 else 1

    def plain(inp: Any, _: int, padding: str) -> Tensor:
        return _plain_convolution(inp, filter, padding, data_format, strides_array, count, name)

    return dilated(
        input,
        input_shape,
        rates_array,
        padding,
        plain,
        filter_shape,
        range(first, first + count),
        data_format,
    )


def _plain_convolution(
    input: Any,
    filter: Any,
    padding: str,
    data_format: str | None,
    strides: np.ndarray,
    count: int,
    name: str,
) -> Tensor:
    """A convolution without dilation, as the inner step of a dilated one."""
    steps = strides.tolist()
    if count == 1:
        return conv1d(
            value=input,
            filters=filter,
            stride=steps[0],
            padding=padding,
            data_format=data_format or "NWC",
            name=name,
        )
    names = ("NHWC", "NCHW") if count == 2 else ("NDHWC", "NCDHW")
    if data_format not in (None, *names):
        raise ValueError(f'data_format must be "{names[0]}" or "{names[1]}", but is {data_format!r}')
    is_first = data_format == names[1]
    all_strides = [1, 1, *steps] if is_first else [1, *steps, 1]
    if count == 2:
        return conv2d(
            input=input,
            filter=filter,
            strides=all_strides,
            padding=padding,
            data_format=data_format or "NHWC",
            name=name,
        )
    return g.conv3d(
        input, filter, strides=all_strides, padding=padding, name=name, **given(data_format=data_format)
    )


def strides_and_dilations(count: int, strides: Any, rates: Any) -> tuple[np.ndarray, np.ndarray]:
    """Strides and dilations as arrays, checked.

    Raises:
        ValueError: a length is not `count`, a number is not positive, or both are above 1.
    """
    checked = []
    for name, values in (("dilation_rate", rates), ("strides", strides)):
        values = [1] * count if values is None else values
        if len(values) != count:
            raise ValueError(f"len({name})={len(values)} but should be {count}")
        try:
            positive = all(1 <= int(value) < 2**31 for value in values)
        except (TypeError, ValueError, OverflowError):
            positive = False
        if not positive:
            raise ValueError(f"all values of {name} must be positive and fit int32, not {values}")
        checked.append(np.array(values, dtype=np.int32))
    if np.any(checked[1] > 1) and np.any(checked[0] > 1):
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
    return checked[1], checked[0]
