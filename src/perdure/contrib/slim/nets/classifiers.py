"""What AlexNet, OverFeat and VGG have in common: convolutions in place of full connections at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.contrib.framework.arg_scope import arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.dense import fully_connected
from perdure.contrib.layers.pooling import max_pool2d
from perdure.contrib.layers.regularizers import l2_regularizer
from perdure.contrib.layers.shaping import dropout
from perdure.contrib.layers.utils import convert_collection_to_dict
from perdure.functional.array.array import squeeze
from perdure.functional.nn.activations import relu
from perdure.functional.random.initializers import TruncatedNormal

# What a network returns: its logits, and the outputs of its layers by name.
Outputs = tuple[Any, dict[str, Any]]


def image_size(size: int) -> Callable[[Any], Any]:
    """Mark a network with the size of the images it is made for, its attribute `default_image_size`."""

    def mark(network: Any) -> Any:
        network.default_image_size = size
        return network

    return mark


def truncated_normal(stddev: float) -> TruncatedNormal:
    """The initializer of weights around zero."""
    return TruncatedNormal(0.0, stddev)


def arguments(weight_decay: float, biases_initializer: Any, pools: bool = True) -> Any:
    """The scope of arguments of these networks: regularized weights, ReLU, padded convolutions.

    Args:
        weight_decay: how strongly weights are regularized.
        biases_initializer: the first biases.
        pools: whether pooling is told not to pad.
    """
    with (
        arg_scope(
            [conv2d, fully_connected],
            activation_fn=relu,
            weights_regularizer=l2_regularizer(weight_decay),
            biases_initializer=biases_initializer,
        ),
        arg_scope([conv2d], padding="SAME") as scope,
    ):
        if not pools:
            return scope
        with arg_scope([max_pool2d], padding="VALID") as scope_of_pools:
            return scope_of_pools


def head(
    net: Any, widths: tuple[int, int, int], kernel: int, keep: Any, is_training: Any, **last: Any
) -> Any:
    """Three layers, `fc6` to `fc8`, with dropout between them.

    Args:
        net: (image, row, column, channel).
        widths: the channels of the three.
        kernel: how many rows and columns the first one sees.
        keep: the probability that dropout keeps a value.
        is_training: whether dropout does anything.
        **last: further arguments of the last layer.
    """
    net = conv2d(net, widths[0], [kernel, kernel], padding="VALID", scope="fc6")
    net = dropout(net, keep, is_training=is_training, scope="dropout6")
    net = conv2d(net, widths[1], [1, 1], scope="fc7")
    net = dropout(net, keep, is_training=is_training, scope="dropout7")
    return conv2d(net, widths[2], [1, 1], activation_fn=None, normalizer_fn=None, scope="fc8", **last)


def outputs(net: Any, collection: str, scope: Any, spatial_squeeze: bool) -> Outputs:
    """What a network returns.

    Args:
        net: what its last layer gave.
        collection: the collection of its layers' outputs.
        scope: its variable scope.
        spatial_squeeze: whether rows and columns, of which there is one, are left out.
    """
    end_points = convert_collection_to_dict(collection)
    if spatial_squeeze:
        net = squeeze(net, [1, 2], name="fc8/squeezed")
        end_points[f"{scope.name}/fc8"] = net
    return net, end_points
