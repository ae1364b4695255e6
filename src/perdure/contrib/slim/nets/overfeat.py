"""OverFeat (https://arxiv.org/abs/1312.6229)."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.dense import fully_connected
from perdure.contrib.layers.pooling import max_pool2d
from perdure.contrib.slim.nets.classifiers import Outputs, arguments, head, outputs, truncated_normal
from perdure.functional.random.initializers import Constant, Zeros
from perdure.variables.variable_scope import variable_scope


def overfeat_arg_scope(weight_decay: float = 0.0005) -> Any:
    """The scope of arguments to build the network in.

    Args:
        weight_decay: how strongly weights are regularized.
    """
    return arguments(weight_decay, Zeros())


def overfeat(
    inputs: Any,
    num_classes: int = 1000,
    is_training: bool = True,
    dropout_keep_prob: float = 0.5,
    spatial_squeeze: bool = True,
    scope: Any = "overfeat",
) -> Outputs:
    """Build the network.

    Args:
        inputs: images, (image, row, column, channel).
        num_classes: how many classes.
        is_training: whether dropout does anything.
        dropout_keep_prob: the probability that it keeps a value.
        spatial_squeeze: whether rows and columns are left out of the logits; images have 231 of each then.
        scope: the variable scope.

    Returns:
        The logits, and the outputs of layers by name.
    """
    with variable_scope(scope, "overfeat", [inputs]) as sc:
        ends = sc.name + "_end_points"
        with arg_scope([conv2d, fully_connected, max_pool2d], outputs_collections=ends):
            net = conv2d(inputs, 64, [11, 11], 4, padding="VALID", scope="conv1")
            net = max_pool2d(net, [2, 2], scope="pool1")
            net = conv2d(net, 256, [5, 5], padding="VALID", scope="conv2")
            net = max_pool2d(net, [2, 2], scope="pool2")
            net = conv2d(net, 512, [3, 3], scope="conv3")
            net = conv2d(net, 1024, [3, 3], scope="conv4")
            net = conv2d(net, 1024, [3, 3], scope="conv5")
            net = max_pool2d(net, [2, 2], scope="pool5")
            with arg_scope(
                [conv2d], weights_initializer=truncated_normal(0.005), biases_initializer=Constant(0.1)
            ):
                net = head(
                    net,
                    (3072, 4096, num_classes),
                    6,
                    dropout_keep_prob,
                    is_training,
                    biases_initializer=Zeros(),
                )
            return outputs(net, ends, sc, spatial_squeeze)
