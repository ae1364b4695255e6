"""tf.nn: max and average pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array import array
from perdure.functional.nn.arguments import channel_axis, given, per_axis
from perdure.functional.nn.conv import strides_and_dilations
from perdure.functional.nn.space_to_batch import with_space_to_batch
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

# -- shared by the family ---------------------------------------------------------


def _pool(
    constructor: Any,
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
    count: int,
    name: str | None,
) -> Tensor:
    """One pooling op, of arguments given in any of the accepted ways."""
    axis = channel_axis(data_format, count)
    return constructor(
        input,
        ksize=per_axis(ksize, count, axis, "ksize"),
        strides=per_axis(strides, count, axis, "strides"),
        padding=padding,
        name=name,
        **given(data_format=data_format),
    )


def _pool_sequences(
    constructor: Any,
    scope: str,
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    """Pooling in one dimension: in two, of which one has size 1."""
    with name_scope(name, scope, [input]) as name:
        data_format = data_format or "NWC"
        axis = channel_axis(data_format, 1)
        windows = [1, *per_axis(ksize, 1, axis, "ksize")]
        steps = [1, *per_axis(strides, 1, axis, "strides")]
        extra = 1 if data_format == "NWC" else 2
        result = constructor(
            array.expand_dims(input, extra),
            ksize=windows,
            strides=steps,
            padding=padding,
            data_format="NHWC" if data_format == "NWC" else "NCHW",
            name=name,
        )
        return array.squeeze(result, extra)


def _spatial_axes(input: Any, data_format: str | None) -> int:
    if input.shape is not None:
        count = len(input.shape) - 2
    elif data_format is not None:
        count = len(data_format) - 2
    else:
        raise ValueError("The input must have a rank or a data format must be given.")
    if not 1 <= count <= 3:
        raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {count + 2}.")
    return count


# -- max pooling ------------------------------------------------------------------


def max_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The largest value in each window of images.

    Args:
        value: images (batch, height, width, channels).
        ksize: the size of the windows: one number, one per spatial axis, or one per axis.
        strides: the distance of the windows, likewise.
        padding: "SAME" or "VALID".
        data_format: "NHWC" or "NCHW".
        name: the name of the node.
        input: the newer name of `value`.

    Raises:
        ValueError: a size is 0, or an argument has the wrong length.
    """
    value = renamed("input", input, "value", value)
    with name_scope(name, "MaxPool", [value]) as name:
        data_format = data_format or "NHWC"
        windows = per_axis(ksize, 2, channel_axis(data_format, 2), "ksize")
        if any(size == 0 for size in windows):
            raise ValueError("ksize cannot be zero.")
        return _pool(g.max_pool, value, windows, strides, padding, data_format, 2, name)


def max_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The largest value in each window, in one, two or three dimensions.

    Args:
        input: a tensor (batch, ..., channels).
        ksize: the size of the windows: one number, one per spatial axis, or one per axis.
        strides: the distance of the windows, likewise.
        padding: "SAME" or "VALID".
        data_format: "N...C" or "NC...".
        name: the name of the node.

    Raises:
        ValueError: the rank is not 3, 4 or 5, or an argument has the wrong length.
    """
    count = _spatial_axes(input, data_format)
    if count == 1:
        axis = channel_axis(data_format, 1)
        return max_pool1d(
            input,
            per_axis(ksize, 1, axis, "ksize"),
            per_axis(strides, 1, axis, "strides"),
            padding,
            data_format,
            name,
        )
    constructor = g.max_pool if count == 2 else g.max_pool3d
    return _pool(constructor, input, ksize, strides, padding, data_format, count, name)


def max_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NWC",
    name: str | None = None,
) -> Tensor:
    """The largest value in each window of sequences.

    Args:
        input: sequences (batch, length, channels).
        ksize, strides: the size and the distance of the windows.
        padding: "SAME" or "VALID".
        data_format: "NWC" or "NCW".
        name: a scope for the nodes.
    """
    return _pool_sequences(g.max_pool, "MaxPool1d", input, ksize, strides, padding, data_format, name)


def max_pool2d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    name: str | None = None,
) -> Tensor:
    """`max_pool` in the node name of TensorFlow 2.

    Args:
        input: images (batch, height, width, channels).
        ksize, strides: the size and the distance of the windows.
        padding: "SAME" or "VALID".
        data_format: "NHWC" or "NCHW".
        name: the name of the node.
    """
    with name_scope(name, "MaxPool2d", [input]) as name:
        return _pool(g.max_pool, input, ksize, strides, padding, data_format or "NHWC", 2, name)


def max_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """The largest value in each window of volumes.

    Args:
        input: volumes (batch, depth, height, width, channels).
        ksize, strides: the size and the distance of the windows.
        padding: "SAME" or "VALID".
        data_format: "NDHWC" or "NCDHW".
        name: the name of the node.
    """
    with name_scope(name, "MaxPool3D", [input]) as name:
        return _pool(g.max_pool3d, input, ksize, strides, padding, data_format or "NDHWC", 3, name)


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    Targmax: Any = None,  # noqa: N803 - TensorFlow's name
    name: str | None = None,
    output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> Any:
    """The largest value in each window of images, and where it is.

    Args:
        input: images (batch, height, width, channels).
        ksize, strides: the size and the distance of the windows.
        padding: "SAME" or "VALID".
        data_format: must be "NHWC".
        Targmax: the older name of `output_dtype`.
        name: the name of the node.
        output_dtype: the type of the indices; int64 if None.
        include_batch_in_index: whether indices count through the whole batch.

    Returns:
        (output, argmax) as a named tuple; indices are into the flat example.

    Raises:
        ValueError: another data format.
    """
    if data_format != "NHWC":
        raise ValueError("Data formats other than 'NHWC' are not yet supported")
    index_type = renamed("output_dtype", output_dtype, "Targmax", Targmax)
    return g.max_pool_with_argmax(
        input,
        ksize=ksize,
        strides=strides,
        padding=padding,
        Targmax=dtypes.int64 if index_type is None else index_type,
        include_batch_in_index=include_batch_in_index,
        name=name,
    )


# -- average pooling --------------------------------------------------------------


def avg_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The mean of each window of images.

    Args:
        value: images (batch, height, width, channels).
        ksize: the size of the windows: one number, one per spatial axis, or one per axis.
        strides: the distance of the windows, likewise.
        padding: "SAME" or "VALID"; what lies outside the image does not count.
        data_format: "NHWC" or "NCHW".
        name: the name of the node.
        input: the newer name of `value`.
    """
    with name_scope(name, "AvgPool", [value]) as name:
        value = renamed("input", input, "value", value)
        return _pool(g.avg_pool, value, ksize, strides, padding, data_format or "NHWC", 2, name)


def avg_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The mean of each window, in one, two or three dimensions.

    Args:
        input: a tensor (batch, ..., channels).
        ksize: the size of the windows: one number, one per spatial axis, or one per axis.
        strides: the distance of the windows, likewise.
        padding: "SAME" or "VALID".
        data_format: "N...C" or "NC...".
        name: the name of the node.

    Raises:
        ValueError: the rank is not 3, 4 or 5, or an argument has the wrong length.
    """
    count = _spatial_axes(input, data_format)
    if count == 1:
        axis = channel_axis(data_format, 1)
        return avg_pool1d(
            input,
            per_axis(ksize, 1, axis, "ksize"),
            per_axis(strides, 1, axis, "strides"),
            padding,
            data_format,
            name,
        )
    constructor = g.avg_pool if count == 2 else g.avg_pool3d
    return _pool(constructor, input, ksize, strides, padding, data_format, count, name)


def avg_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NWC",
    name: str | None = None,
) -> Tensor:
    """The mean of each window of sequences.

    Args:
        input: sequences (batch, length, channels).
        ksize, strides: the size and the distance of the windows.
        padding: "SAME" or "VALID".
        data_format: "NWC" or "NCW".
        name: a scope for the nodes.
    """
    return _pool_sequences(g.avg_pool, "AvgPool1D", input, ksize, strides, padding, data_format, name)


def avg_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """The mean of each window of volumes.

    Args:
        input: volumes (batch, depth, height, width, channels).
        ksize, strides: the size and the distance of the windows.
        padding: "SAME" or "VALID".
        data_format: "NDHWC" or "NCDHW".
        name: the name of the node.
    """
    with name_scope(name, "AvgPool3D", [input]) as name:
        return _pool(g.avg_pool3d, input, ksize, strides, padding, data_format or "NDHWC", 3, name)


# -- any kind and number of dimensions --------------------------------------------


def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    padding: str,
    dilation_rate: Any = None,
    strides: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Max or average pooling in one, two or three dimensions, with windows that may be dilated.

    Args:
        input: a tensor (batch, ..., channels).
        window_shape: one size per spatial axis.
        pooling_type: "MAX" or "AVG".
        padding: "SAME" or "VALID".
        dilation_rate: one number per spatial axis; above 1 only with "VALID" and strides of 1.
        strides: one number per spatial axis.
        name: a scope for the nodes.
        data_format: "N...C" or "NC...".
        dilations: the newer name of `dilation_rate`.

    Raises:
        ValueError: an argument is out of range.
    """
    rates = renamed("dilations", dilations, "dilation_rate", dilation_rate)
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        count = len(window_shape)
        if not 1 <= count <= 3:
            raise ValueError("It is required that 1 <= num_spatial_dims <= 3.")
        input.get_shape().with_rank(count + 2)
        steps, rates = strides_and_dilations(count, strides, rates)
        if padding == "SAME" and np.any(rates > 1):
            raise ValueError("pooling with SAME padding is not implemented for dilation_rate > 1")
        if np.any(steps > window_shape):
            raise ValueError(
                "strides > window_shape not supported due to inconsistency between "
                "CPU and GPU implementations"
            )
        if pooling_type not in ("MAX", "AVG"):
            raise ValueError(f"{count}-D {pooling_type} pooling is not supported.")
        is_first = data_format is not None and data_format.startswith("NC")
        first = 2 if is_first else 1
        if count == 1 and data_format not in (None, "NWC", "NCW"):
            raise ValueError('data_format must be either "NWC" or "NCW".')
        windows = _spread(window_shape, is_first)
        all_steps = _spread(steps.tolist(), is_first)

        def pooled(converted: Tensor, _: int, padding: str) -> Tensor:
            if count == 3:
                deep = max_pool3d if pooling_type == "MAX" else avg_pool3d
                return deep(converted, windows, all_steps, padding, name=scope, data_format=data_format)
            function: Callable[..., Tensor] = max_pool if pooling_type == "MAX" else avg_pool
            if count == 2:
                return function(converted, windows, all_steps, padding, name=scope, data_format=data_format)
            result = function(
                array.expand_dims(converted, first),
                [1, *windows],
                [1, *all_steps],
                padding,
                name=scope,
                data_format="NCHW" if is_first else "NHWC",
            )
            return array.squeeze(result, [first])

        return with_space_to_batch(
            input=input,
            dilation_rate=rates,
            padding=padding,
            op=pooled,
            spatial_dims=range(first, first + count),
            filter_shape=window_shape,
        )


def _spread(sizes: Any, is_channels_first: bool) -> list[int]:
    return [1, 1, *sizes] if is_channels_first else [1, *sizes, 1]
