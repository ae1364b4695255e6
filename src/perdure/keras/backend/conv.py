"""Keras' backend: convolutions, pooling and biases, on a host without kernels for channels_first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.array import array, joining, rearranging
from perdure.functional.nn import activations, conv, depthwise_conv, pooling
from perdure.functional.nn import conv3d as volumes
from perdure.graph.tensor import Tensor
from perdure.keras.backend.arrays import (
    checked_data_format,
    concatenate,
    permute_dimensions,
    reshape,
    temporal_padding,
)
from perdure.keras.backend.math import batch_dot
from perdure.keras.backend.shapes import int_shape, ndim, positions_in

# The layouts that the host's kernels take, by rank.
_LAYOUTS = {3: "NWC", 4: "NHWC", 5: "NDHWC"}


def _channels_last(x: Any, data_format: str) -> Any:
    if data_format == "channels_last":
        return x
    rank = ndim(x) or 0
    return rearranging.transpose(x, (0, *range(2, rank), 1))


def _as_given(x: Any, data_format: str) -> Any:
    """A tensor with its channels where the data format has them."""
    if data_format == "channels_last":
        return x
    rank = ndim(x) or 0
    return rearranging.transpose(x, (0, rank - 1, *range(1, rank - 1)))


def _op_padding(padding: str) -> str:
    if padding not in ("same", "valid"):
        raise ValueError("Invalid padding: " + str(padding))
    return padding.upper()


def _convolved(
    x: Any, kernel: Any, strides: Any, padding: str, data_format: str, dilation_rate: Any
) -> Tensor:
    padding = _op_padding(padding)
    x = _channels_last(x, data_format)
    x = conv.convolution(
        input=x,
        filter=kernel,
        dilation_rate=dilation_rate,
        strides=strides,
        padding=padding,
        data_format=_LAYOUTS[ndim(x) or 0],
    )
    return _as_given(x, data_format)


def conv1d(
    x: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """A convolution over one axis; "causal" padding is zeros before the first element."""
    data_format = checked_data_format(data_format)
    if padding == "causal":
        x = temporal_padding(x, (dilation_rate * (kernel.shape.as_list()[0] - 1), 0))
        padding = "valid"
    return _convolved(x, kernel, strides, padding, data_format, dilation_rate)


def conv2d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:
    """A convolution over two axes."""
    return _convolved(x, kernel, strides, padding, checked_data_format(data_format), dilation_rate)


def conv3d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1, 1),
) -> Tensor:
    """A convolution over three axes."""
    return _convolved(x, kernel, strides, padding, checked_data_format(data_format), dilation_rate)


def conv2d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:
    """The transpose of a convolution over two axes.

    Args:
        x: a batch of images.
        kernel: (height, width, channels of the output, channels of the input).
        output_shape: the shape of the output, in the data format.
        strides, padding, data_format, dilation_rate: as for `conv2d`.
    """
    data_format = checked_data_format(data_format)
    x = _channels_last(x, data_format)
    if data_format == "channels_first":
        output_shape = (output_shape[0], output_shape[2], output_shape[3], output_shape[1])
    if output_shape[0] is None:
        output_shape = (array.shape(x)[0], *output_shape[1:])
    if isinstance(output_shape, (tuple, list)):
        output_shape = joining.stack(list(output_shape))
    padding = _op_padding(padding)
    if tuple(dilation_rate) == (1, 1):
        x = conv.conv2d_transpose(
            x, kernel, output_shape, (1, *strides, 1), padding=padding, data_format="NHWC"
        )
    else:
        assert dilation_rate[0] == dilation_rate[1]
        x = conv.atrous_conv2d_transpose(x, kernel, output_shape, rate=dilation_rate[0], padding=padding)
    return _as_given(x, data_format)


def conv3d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The transpose of a convolution over three axes; see `conv2d_transpose`."""
    data_format = checked_data_format(data_format)
    x = _channels_last(x, data_format)
    if data_format == "channels_first":
        output_shape = (output_shape[0], *(output_shape[i] for i in (2, 3, 4)), output_shape[1])
    if isinstance(output_shape, (tuple, list)):
        batch = array.shape(x)[0] if output_shape[0] is None else output_shape[0]
        output_shape = joining.stack([batch, *output_shape[1:]])
    x = volumes.conv3d_transpose(
        x, kernel, output_shape, (1, *strides, 1), padding=_op_padding(padding), data_format="NDHWC"
    )
    return _as_given(x, data_format)


def separable_conv1d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """A separable convolution over one axis."""
    data_format = checked_data_format(data_format)
    strides = (strides,) if isinstance(strides, int) else tuple(strides)
    rates = (dilation_rate,) if isinstance(dilation_rate, int) else tuple(dilation_rate)
    x = array.expand_dims(_channels_last(x, data_format), 1)
    x = depthwise_conv.separable_conv2d(
        x,
        array.expand_dims(depthwise_kernel, 0),
        array.expand_dims(pointwise_kernel, 0),
        strides=(1, *strides * 2, 1),
        padding=_op_padding(padding),
        rate=(1, *rates),
        data_format="NHWC",
    )
    return _as_given(array.squeeze(x, [1]), data_format)


def separable_conv2d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:
    """A separable convolution over two axes.

    Raises:
        ValueError: not two strides.
    """
    data_format = checked_data_format(data_format)
    if len(strides) != 2:
        raise ValueError("`strides` must be a tuple of 2 integers.")
    x = depthwise_conv.separable_conv2d(
        _channels_last(x, data_format),
        depthwise_kernel,
        pointwise_kernel,
        strides=(1, *strides, 1),
        padding=_op_padding(padding),
        rate=dilation_rate,
        data_format="NHWC",
    )
    return _as_given(x, data_format)


def depthwise_conv2d(
    x: Any,
    depthwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:
    """A convolution of each channel by itself."""
    data_format = checked_data_format(data_format)
    x = depthwise_conv.depthwise_conv2d(
        _channels_last(x, data_format),
        depthwise_kernel,
        strides=(1, *strides, 1),
        padding=_op_padding(padding),
        rate=dilation_rate,
        data_format="NHWC",
    )
    return _as_given(x, data_format)


_POOLS: dict[tuple[int, str], Any] = {
    (2, "max"): pooling.max_pool,
    (2, "avg"): pooling.avg_pool,
    (3, "max"): pooling.max_pool3d,
    (3, "avg"): pooling.avg_pool3d,
}


def _pooled(
    x: Any, pool_size: Any, strides: Any, padding: str, data_format: str | None, pool_mode: str, count: int
) -> Tensor:
    data_format = checked_data_format(data_format)
    for name, sizes in (("pool_size", pool_size), ("strides", strides)):
        if len(sizes) != count:
            raise ValueError(f"`{name}` must be a tuple of {count} integers.")
    x = _channels_last(x, data_format)
    padding = _op_padding(padding)
    if pool_mode not in ("max", "avg"):
        raise ValueError("Invalid pooling mode: " + str(pool_mode))
    pool = _POOLS[count, pool_mode]
    layout = "NHWC" if count == 2 else "NDHWC"
    x = pool(x, (1, *pool_size, 1), (1, *strides, 1), padding=padding, data_format=layout)
    return _as_given(x, data_format)


def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Tensor:
    """Pooling over two axes.

    Args:
        x: a batch of images.
        pool_size: the sizes of the window.
        strides: the distances of windows.
        padding: "same" or "valid".
        data_format: "channels_first" or "channels_last".
        pool_mode: "max" or "avg".

    Raises:
        ValueError: a wrong argument.
    """
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, 2)


def pool3d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Tensor:
    """Pooling over three axes; see `pool2d`."""
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, 3)


def local_conv(
    inputs: Any,
    kernel: Any,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    output_shape: Sequence[int],
    data_format: str | None = None,
) -> Tensor:
    """A convolution with other weights at each position.

    Args:
        inputs: a batch.
        kernel: (positions, elements of a window, channels of the output).
        kernel_size: the sizes of the window.
        strides: the distances of windows.
        output_shape: the sizes of the spatial axes of the output.
        data_format: "channels_first" or "channels_last".
    """
    data_format = checked_data_format(data_format)
    _, features, channels = int_shape(kernel)
    count = len(output_shape)
    windows = []
    for position in positions_in(output_shape):
        spatial = [
            slice(at * stride, at * stride + size)
            for at, stride, size in zip(position, strides, kernel_size, strict=True)
        ]
        every = slice(None)
        index = (every, every, *spatial) if data_format == "channels_first" else (every, *spatial, every)
        windows.append(reshape(inputs[index], (1, -1, features)))
    output = batch_dot(concatenate(windows, axis=0), kernel)
    output = reshape(output, (*output_shape, -1, channels))
    axes = list(range(count))
    order = [count, count + 1, *axes] if data_format == "channels_first" else [count, *axes, count + 1]
    return permute_dimensions(output, order)


def local_conv1d(
    inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: str | None = None
) -> Tensor:
    """A convolution over one axis with other weights at each position."""
    length = kernel.shape.as_list()[0]
    return local_conv(inputs, kernel, kernel_size, strides, (length,), data_format)


def local_conv2d(
    inputs: Any,
    kernel: Any,
    kernel_size: Any,
    strides: Any,
    output_shape: Any,
    data_format: str | None = None,
) -> Tensor:
    """A convolution over two axes with other weights at each position; see `local_conv`."""
    return local_conv(inputs, kernel, kernel_size, strides, output_shape, data_format)


def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Tensor:
    """A bias added to the channels, or to each position.

    Args:
        x: a tensor.
        bias: a vector, or of the shape of an item of the batch with the channels last.
        data_format: where `x` has its channels.

    Raises:
        ValueError: the bias has another rank.
    """
    data_format = checked_data_format(data_format)
    sizes = int_shape(bias)
    rank = ndim(x)
    if len(sizes) != 1 and len(sizes) != (rank or 0) - 1:
        raise ValueError(f"Unexpected bias dimensions {len(sizes)}, expect to be 1 or {rank} dimensions")
    if rank not in (3, 4, 5):
        return activations.bias_add(x, bias)
    if data_format == "channels_first":
        if len(sizes) == 1:
            return x + reshape(bias, (1, sizes[0], *[1] * (rank - 2)))
        return x + reshape(bias, (1, sizes[-1], *sizes[:-1]))
    if len(sizes) > 1:
        return x + reshape(bias, (1, *sizes))
    if rank == 4:
        return activations.bias_add(x, bias, data_format="NHWC")
    return x + reshape(bias, (1, 1, *[1] * (rank - 4), sizes[0]))
