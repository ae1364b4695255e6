"""Convolutions: `conv2d`, `conv2d_transpose`, and over one or three axes."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.contrib.layers.finish import Common
from perdure.contrib.layers.formats import check_image_format, layer_format
from perdure.contrib.layers.initializers import xavier_initializer
from perdure.functional.nn import activations
from perdure.functional.random.initializers import Zeros
from perdure.graph.tensor import Tensor
from perdure.layers.convolutional import Conv1D, Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose

_XAVIER = xavier_initializer()
_ZEROS = Zeros()
_CLASSES: dict[Any, Any] = {3: Conv1D, 4: Conv2D, 5: Conv3D}
_FORMATS = [None, "NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW"]


@add_arg_scope
def convolution(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = _XAVIER,
    weights_regularizer: Any = None,
    biases_initializer: Any = _ZEROS,
    biases_regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    conv_dims: int | None = None,
) -> Tensor:
    """activation(convolution(inputs, weights) + biases), over one, two or three axes.

    Args:
        inputs: a batch of sequences, images or volumes.
        num_outputs: the number of channels of the output.
        kernel_size: the sizes of the window, or one size for all axes.
        stride: the distances of windows.
        padding: "SAME" or "VALID".
        data_format: the layout, "NHWC" or "NCHW" for images; None for the channels at the end.
        rate: the distances of the elements of a window; only without strides.
        conv_dims: how many axes are convolved; as many as the inputs have if None.
        activation_fn, normalizer_fn, normalizer_params, weights_initializer, weights_regularizer,
            biases_initializer, biases_regularizer, reuse, variables_collections, outputs_collections,
            trainable, scope: see `fully_connected`.

    Raises:
        ValueError: another layout, or another number of axes.
    """
    if data_format not in _FORMATS:
        raise ValueError(f"Invalid data_format: {data_format!r}")
    common = Common(
        activation_fn,
        normalizer_fn,
        normalizer_params,
        biases_initializer,
        biases_regularizer,
        reuse,
        variables_collections,
        outputs_collections,
        trainable,
        scope,
    )
    arguments = {
        "filters": num_outputs,
        "kernel_size": kernel_size,
        "strides": stride,
        "padding": padding,
        "data_format": layer_format(data_format),
        "dilation_rate": rate,
        "kernel_initializer": weights_initializer,
        "kernel_regularizer": weights_regularizer,
    }

    def of_rank(tensor: Tensor) -> tuple[Any, dict[str, Any]]:
        rank = tensor.shape.ndims
        if conv_dims is not None and conv_dims + 2 != rank:
            raise ValueError(f"Convolution expects input with rank {conv_dims + 2}, got {rank}")
        if rank not in _CLASSES:
            raise ValueError("Convolution not supported for input with rank", rank)
        return _CLASSES[rank], arguments

    return common.apply("Conv", inputs, of_rank)


def _over(axes: int, name: str) -> Any:
    """`convolution` of inputs that have so many axes beside batch and channels."""

    def function(
        inputs: Any,
        num_outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: str = "SAME",
        data_format: str | None = None,
        rate: Any = 1,
        activation_fn: Any = activations.relu,
        normalizer_fn: Any = None,
        normalizer_params: Any = None,
        weights_initializer: Any = _XAVIER,
        weights_regularizer: Any = None,
        biases_initializer: Any = _ZEROS,
        biases_regularizer: Any = None,
        reuse: bool | None = None,
        variables_collections: Any = None,
        outputs_collections: Any = None,
        trainable: bool = True,
        scope: Any = None,
    ) -> Tensor:
        return convolution(
            inputs,
            num_outputs,
            kernel_size,
            stride,
            padding,
            data_format,
            rate,
            activation_fn,
            normalizer_fn,
            normalizer_params,
            weights_initializer,
            weights_regularizer,
            biases_initializer,
            biases_regularizer,
            reuse,
            variables_collections,
            outputs_collections,
            trainable,
            scope,
            conv_dims=axes,
        )

    function.__name__ = function.__qualname__ = name
    function.__doc__ = convolution.__doc__
    return add_arg_scope(function)


convolution1d = conv1d = _over(1, "convolution1d")
convolution2d = conv2d = _over(2, "convolution2d")
convolution3d = conv3d = _over(3, "convolution3d")


@add_arg_scope
def convolution2d_transpose(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = _XAVIER,
    weights_regularizer: Any = None,
    biases_initializer: Any = _ZEROS,
    biases_regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """The transpose of a convolution of images, which makes them larger.

    Args:
        inputs, num_outputs, kernel_size, stride, padding: see `convolution`.
        data_format: "NHWC", or "NCHW" for images whose channels come first.
        activation_fn, normalizer_fn, normalizer_params, weights_initializer, weights_regularizer,
            biases_initializer, biases_regularizer, reuse, variables_collections, outputs_collections,
            trainable, scope: see `fully_connected`.

    Raises:
        ValueError: another layout.
    """
    common = Common(
        activation_fn,
        normalizer_fn,
        normalizer_params,
        biases_initializer,
        biases_regularizer,
        reuse,
        variables_collections,
        outputs_collections,
        trainable,
        scope,
    )

    def transposed(_: Tensor) -> tuple[Any, dict[str, Any]]:
        check_image_format(data_format)
        return Conv2DTranspose, {
            "filters": num_outputs,
            "kernel_size": kernel_size,
            "strides": stride,
            "padding": padding,
            "data_format": layer_format(data_format),
            "kernel_initializer": weights_initializer,
            "kernel_regularizer": weights_regularizer,
        }

    return common.apply("Conv2d_transpose", inputs, transposed)


@add_arg_scope
def convolution3d_transpose(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NDHWC",
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = _XAVIER,
    weights_regularizer: Any = None,
    biases_initializer: Any = _ZEROS,
    biases_regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """The transpose of a convolution of volumes, which makes them larger.

    Args:
        inputs, num_outputs, kernel_size, stride, padding: see `convolution`.
        data_format: "NDHWC", or "NCDHW" for volumes whose channels come first.
        activation_fn, normalizer_fn, normalizer_params, weights_initializer, weights_regularizer,
            biases_initializer, biases_regularizer, reuse, variables_collections, outputs_collections,
            trainable, scope: see `fully_connected`.

    Raises:
        ValueError: another layout.
    """
    common = Common(
        activation_fn,
        normalizer_fn,
        normalizer_params,
        biases_initializer,
        biases_regularizer,
        reuse,
        variables_collections,
        outputs_collections,
        trainable,
        scope,
    )

    def transposed(_: Tensor) -> tuple[Any, dict[str, Any]]:
        check_image_format(data_format, "NDHWC", "NCDHW")
        return Conv3DTranspose, {
            "filters": num_outputs,
            "kernel_size": kernel_size,
            "strides": stride,
            "padding": padding,
            "data_format": layer_format(data_format),
            "kernel_initializer": weights_initializer,
            "kernel_regularizer": weights_regularizer,
        }

    return common.apply("Conv3d_transpose", inputs, transposed)


conv2d_transpose = convolution2d_transpose
conv3d_transpose = convolution3d_transpose
