"""Layers that look at channels and at places apart: `separable_conv2d`, `spatial_softmax`."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.contrib.framework.variables import model_variable
from perdure.contrib.layers.finish import Common
from perdure.contrib.layers.formats import check_image_format, layer_format
from perdure.contrib.layers.initializers import xavier_initializer
from perdure.contrib.layers.scopes import layer_scope
from perdure.contrib.layers.utils import channel_dimension, get_variable_collections, two_element_tuple
from perdure.functional.array.array import reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat, meshgrid
from perdure.functional.array.rearranging import transpose
from perdure.functional.array.shape_arithmetic import lin_space
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.nn import activations
from perdure.functional.nn.depthwise_conv import depthwise_conv2d
from perdure.functional.random.initializers import Constant, Ones, Zeros
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.layers.convolutional import SeparableConv2D
from perdure.variables.variable_scope import variable_scope

_XAVIER = xavier_initializer()
_ZEROS = Zeros()
_NAMES = {"depthwise_kernel": "depthwise_weights", "pointwise_kernel": "pointwise_weights", "bias": "biases"}


@add_arg_scope
def separable_convolution2d(
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int = 1,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    rate: Any = 1,
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = _XAVIER,
    pointwise_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = _ZEROS,
    biases_regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """A convolution of each channel of images, and one of all channels at each place.

    Args:
        inputs: images.
        num_outputs: the number of channels of the output; None to leave the second convolution out.
        kernel_size: the sizes of the window, or one size for both axes.
        depth_multiplier: how many channels the first convolution makes of each.
        stride: the distances of windows.
        padding: "SAME" or "VALID".
        data_format: "NHWC", or "NCHW" for images whose channels come first.
        rate: the distances of the elements of a window; only without strides.
        pointwise_initializer: that of the second weights; `weights_initializer` if None.
        activation_fn, normalizer_fn, normalizer_params, weights_initializer, weights_regularizer,
            biases_initializer, biases_regularizer, reuse, variables_collections, outputs_collections,
            trainable, scope: see `fully_connected`.

    Raises:
        ValueError: another layout.
    """
    check_image_format(data_format)
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
    if num_outputs is None:
        return _depthwise(
            common,
            inputs,
            kernel_size,
            depth_multiplier,
            stride,
            padding,
            data_format,
            rate,
            weights_initializer,
            weights_regularizer,
        )

    def separable(_: Tensor) -> tuple[Any, dict[str, Any]]:
        return SeparableConv2D, {
            "filters": num_outputs,
            "kernel_size": kernel_size,
            "strides": stride,
            "padding": padding,
            "data_format": layer_format(data_format),
            "dilation_rate": two_element_tuple(rate),
            "depth_multiplier": depth_multiplier,
            "depthwise_initializer": weights_initializer,
            "pointwise_initializer": (
                weights_initializer if pointwise_initializer is None else pointwise_initializer
            ),
            "depthwise_regularizer": weights_regularizer,
            "pointwise_regularizer": weights_regularizer,
        }

    outputs: Tensor = common.apply("SeparableConv2d", inputs, separable, _NAMES)
    return outputs


separable_conv2d = separable_convolution2d


def _depthwise(
    common: Common,
    inputs: Any,
    kernel_size: Any,
    depth_multiplier: int,
    stride: Any,
    padding: str,
    data_format: str,
    rate: Any,
    initializer: Any,
    regularizer: Any,
) -> Tensor:
    """The first convolution alone."""
    with layer_scope(common.scope, "SeparableConv2d", inputs, common.reuse, _NAMES) as scope:
        inputs = convert_to_tensor(inputs)
        height, width = two_element_tuple(kernel_size)
        steps = two_element_tuple(stride)
        channels = channel_dimension(inputs.shape, layer_format(data_format), min_rank=4)

        def made(name: str, shape: list[int], collection: str, initializer: Any, regularizer: Any) -> Any:
            return model_variable(
                name,
                shape=shape,
                dtype=inputs.dtype.base_dtype,
                initializer=initializer,
                regularizer=regularizer,
                trainable=common.trainable,
                collections=get_variable_collections(common.variables_collections, collection),
            )

        shape = [height, width, channels, depth_multiplier]
        weights = made("depthwise_weights", shape, "weights", initializer, regularizer)
        outputs = depthwise_conv2d(
            inputs,
            weights,
            [1, 1, *steps] if data_format == "NCHW" else [1, *steps, 1],
            padding,
            rate=two_element_tuple(rate),
            data_format=data_format,
        )
        if common.normalizer_fn is None and common.biases_initializer is not None:
            size = [depth_multiplier * channels]
            biases = made("biases", size, "biases", common.biases_initializer, common.biases_regularizer)
            outputs = activations.bias_add(outputs, biases, data_format=data_format)
        finished: Tensor = common.finish(common.normalized(outputs), scope)
        return finished


@add_arg_scope
def spatial_softmax(
    features: Any,
    temperature: float | None = None,
    name: str | None = None,
    variables_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
) -> Tensor:
    """Where each channel of images is active: the mean place under a softmax over all places.

    Args:
        features: images with a known number of channels.
        temperature: the first temperature of the softmax, a variable; 1 if None.
        name: the variable scope.
        variables_collections: collections of the variable, or a dict of them by "temperature".
        trainable: whether optimizers change the temperature by default.
        data_format: "NHWC", or "NCHW" for images whose channels come first.

    Returns:
        [batch size, 2 * channels]: x and y of each channel, from -1 to 1.

    Raises:
        ValueError: another layout, or an unknown number of channels.
    """
    with variable_scope(name, "spatial_softmax"):
        sizes = shape_op(features)
        first = data_format == "NCHW"
        height, width = (sizes[2], sizes[3]) if first else (sizes[1], sizes[2])
        check_image_format(data_format)
        channels = features.shape.as_list()[1 if first else 3]
        if channels is None:
            raise ValueError(
                "The num_channels dimension of the inputs to `spatial_softmax` should be defined. "
                "Found `None`."
            )
        with name_scope("spatial_softmax_op", "spatial_softmax_op", [features]):
            x, y = meshgrid(lin_space(-1.0, 1.0, num=height), lin_space(-1.0, 1.0, num=width), indexing="ij")
            x = reshape(x, [height * width])
            y = reshape(y, [height * width])
            heat = model_variable(
                "temperature",
                shape=(),
                dtype=dtypes.float32,
                initializer=Ones() if temperature is None else Constant(temperature),
                collections=(
                    get_variable_collections(variables_collections, "temperature") if trainable else None
                ),
                trainable=trainable,
            )
            images = features if first else transpose(features, [0, 3, 1, 2])
            attention = activations.softmax(reshape(images, [-1, height * width]) / heat)
            places = concat([reduce_sum(axis * attention, [1], keepdims=True) for axis in (x, y)], 1)
            keypoints = reshape(places, [-1, channels * 2])
            keypoints.set_shape([None, channels * 2])
    return keypoints
