"""Residual networks, version 2 (https://arxiv.org/abs/1603.05027): units normalize before they convolve."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.normalization import batch_norm
from perdure.contrib.layers.utils import collect_named_outputs, last_dimension
from perdure.contrib.slim.nets.residual import UNITS, block, network, variant
from perdure.contrib.slim.nets.resnet_utils import Block, conv2d_same, resnet_arg_scope, subsample
from perdure.functional.nn.activations import relu
from perdure.variables.variable_scope import variable_scope

__all__ = [
    "bottleneck", "resnet_arg_scope", "resnet_v2", "resnet_v2_101", "resnet_v2_152", "resnet_v2_200",
    "resnet_v2_50", "resnet_v2_block",
]  # fmt: skip


@add_arg_scope
def bottleneck(
    inputs: Any,
    depth: int,
    depth_bottleneck: int,
    stride: int,
    rate: int = 1,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """A unit: three convolutions and a way around them.

    Args:
        inputs: (image, row, column, channel).
        depth: the channels that it gives.
        depth_bottleneck: the channels inside.
        stride: its stride.
        rate: the rate of the convolution in the middle.
        outputs_collections: collections of the output.
        scope: the variable scope.
    """
    with variable_scope(scope, "bottleneck_v2", [inputs]) as sc:
        depth_in = last_dimension(inputs.get_shape(), min_rank=4)
        preact = batch_norm(inputs, activation_fn=relu, scope="preact")
        plain: dict[str, Any] = {"normalizer_fn": None, "activation_fn": None}
        if depth == depth_in:
            shortcut = subsample(inputs, stride, "shortcut")
        else:
            shortcut = conv2d(preact, depth, [1, 1], stride=stride, scope="shortcut", **plain)
        residual = conv2d(preact, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        residual = conv2d_same(residual, depth_bottleneck, 3, stride, rate=rate, scope="conv2")
        residual = conv2d(residual, depth, [1, 1], stride=1, scope="conv3", **plain)
        return collect_named_outputs(outputs_collections, sc.name, shortcut + residual)


def resnet_v2_block(scope: Any, base_depth: int, num_units: int, stride: int) -> Block:
    """A block of units, the last one of which has the stride.

    Args:
        scope: its scope.
        base_depth: the channels inside of a unit; outside it has four times as many.
        num_units: how many units.
        stride: its stride.
    """
    return block(bottleneck, scope, base_depth, num_units, stride)


resnet_v2 = network("resnet_v2", bottleneck, is_preactivated=True)
resnet_v2_50 = variant("resnet_v2_50", resnet_v2, resnet_v2_block, UNITS[50])
resnet_v2_101 = variant("resnet_v2_101", resnet_v2, resnet_v2_block, UNITS[101])
resnet_v2_152 = variant("resnet_v2_152", resnet_v2, resnet_v2_block, UNITS[152])
resnet_v2_200 = variant("resnet_v2_200", resnet_v2, resnet_v2_block, UNITS[200])
