"""Pooling: `max_pool2d`, `avg_pool2d`, and over three axes."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.contrib.layers.formats import check_image_format, layer_format
from perdure.contrib.layers.utils import collect_named_outputs
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.layers.pooling import AveragePooling2D, AveragePooling3D, MaxPooling2D, MaxPooling3D


@add_arg_scope
def max_pool2d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NHWC",
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Tensor:
    """The largest element of each window of images.

    Args:
        inputs: images.
        kernel_size: the sizes of a window, or one size for both axes.
        stride: the distances of windows.
        padding: "VALID" or "SAME".
        data_format: "NHWC", or "NCHW" for images whose channels come first.
        outputs_collections: collections of the output.
        scope: the name scope.

    Raises:
        ValueError: another format.
    """
    check_image_format(data_format)
    return _pooled(
        MaxPooling2D,
        "MaxPool2D",
        inputs,
        kernel_size,
        stride,
        padding,
        data_format,
        outputs_collections,
        scope,
    )


@add_arg_scope
def avg_pool2d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NHWC",
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Tensor:
    """The mean of each window of images.

    Args:
        inputs, kernel_size, stride, padding, data_format, outputs_collections, scope: see `max_pool2d`.

    Raises:
        ValueError: another format.
    """
    check_image_format(data_format)
    return _pooled(
        AveragePooling2D,
        "AvgPool2D",
        inputs,
        kernel_size,
        stride,
        padding,
        data_format,
        outputs_collections,
        scope,
    )


@add_arg_scope
def max_pool3d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NDHWC",
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Tensor:
    """The largest element of each window of volumes.

    Args:
        inputs, kernel_size, stride, padding, outputs_collections, scope: see `max_pool2d`.
        data_format: "NDHWC", or "NCDHW" for volumes whose channels come first.

    Raises:
        ValueError: another format.
    """
    check_image_format(data_format, "NDHWC", "NCDHW")
    return _pooled(
        MaxPooling3D,
        "MaxPool3D",
        inputs,
        kernel_size,
        stride,
        padding,
        data_format,
        outputs_collections,
        scope,
    )


@add_arg_scope
def avg_pool3d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NDHWC",
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Tensor:
    """The mean of each window of volumes.

    Args:
        inputs, kernel_size, stride, padding, outputs_collections, scope: see `max_pool2d`.
        data_format: "NDHWC", or "NCDHW" for volumes whose channels come first.

    Raises:
        ValueError: another format.
    """
    check_image_format(data_format, "NDHWC", "NCDHW")
    return _pooled(
        AveragePooling3D,
        "AvgPool3D",
        inputs,
        kernel_size,
        stride,
        padding,
        data_format,
        outputs_collections,
        scope,
    )


def _pooled(
    layer_class: Any,
    default_name: str,
    inputs: Any,
    kernel_size: Any,
    stride: Any,
    padding: str,
    data_format: str,
    outputs_collections: Any,
    scope: str | None,
) -> Tensor:
    with name_scope(scope, default_name, [inputs]) as opened:
        inputs = convert_to_tensor(inputs)
        layer = layer_class(
            pool_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=layer_format(data_format),
            _scope=opened,
        )
        outputs: Tensor = collect_named_outputs(outputs_collections, opened, layer.apply(inputs))
        return outputs
