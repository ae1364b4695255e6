"""Residual networks of both versions: a first convolution, blocks of bottlenecks, logits."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.normalization import batch_norm
from perdure.contrib.layers.pooling import max_pool2d
from perdure.contrib.layers.shaping import softmax
from perdure.contrib.layers.utils import convert_collection_to_dict
from perdure.contrib.slim.nets.classifiers import Outputs, image_size
from perdure.contrib.slim.nets.resnet_utils import Block, conv2d_same, stack_blocks_dense
from perdure.functional.math.reductions import reduce_mean
from perdure.functional.nn.activations import relu
from perdure.variables.variable_scope import variable_scope


def network(name: str, bottleneck: Any, is_preactivated: bool) -> Any:
    """The function that builds networks of one version.

    Args:
        name: its name.
        bottleneck: the function that builds a unit.
        is_preactivated: whether units normalize what they are given rather than what they give.
    """

    @image_size(224)
    def build(
        inputs: Any,
        blocks: Any,
        num_classes: int | None = None,
        is_training: bool = True,
        global_pool: bool = True,
        output_stride: Any = None,
        include_root_block: bool = True,
        reuse: bool | None = None,
        scope: Any = None,
    ) -> Outputs:
        """Build a network of blocks.

        Args:
            inputs: images, (image, row, column, channel).
            blocks: `resnet_utils.Block`s.
            num_classes: how many classes; None for no logits.
            is_training: whether batches are normalized by themselves rather than by moving averages.
            global_pool: whether the mean over rows and columns is taken before the logits.
            output_stride: how much smaller the last block's output is than the images; None for what the
                blocks say.
            include_root_block: whether a convolution and a pooling come first.
            reuse, scope: see `tf.variable_scope`.

        Returns:
            The logits, or what the blocks gave, and the outputs of layers by name.

        Raises:
            ValueError: there is no such `output_stride`.
        """
        with variable_scope(scope, name, [inputs], reuse=reuse) as sc:
            ends = sc.original_name_scope + "_end_points"
            with (
                arg_scope([conv2d, bottleneck, stack_blocks_dense], outputs_collections=ends),
                arg_scope([batch_norm], is_training=is_training),
            ):
                net = inputs
                if include_root_block:
                    if output_stride is not None:
                        if output_stride % 4 != 0:
                            raise ValueError("The output_stride needs to be a multiple of 4.")
                        output_stride /= 4
                    # The first unit normalizes what it is given.
                    plain = {"activation_fn": None, "normalizer_fn": None} if is_preactivated else {}
                    with arg_scope([conv2d], **plain):
                        net = conv2d_same(net, 64, 7, stride=2, scope="conv1")
                    net = max_pool2d(net, [3, 3], stride=2, scope="pool1")
                net = stack_blocks_dense(net, blocks, output_stride)
                if is_preactivated:
                    net = batch_norm(net, activation_fn=relu, scope="postnorm")
                if global_pool:
                    net = reduce_mean(net, [1, 2], name="pool5", keepdims=True)
                if num_classes is not None:
                    net = conv2d(
                        net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="logits"
                    )
                end_points = convert_collection_to_dict(ends)
                if num_classes is not None:
                    end_points["predictions"] = softmax(net, scope="predictions")
                return net, end_points

    build.__name__ = build.__qualname__ = name
    return build


def block(bottleneck: Any, scope: Any, base_depth: int, num_units: int, stride: int) -> Block:
    """A block of bottlenecks, the last one of which has the stride.

    Args:
        bottleneck: the function that builds a unit.
        scope: the block's scope.
        base_depth: the channels inside of a unit; outside it has four times as many.
        num_units: how many units.
        stride: the block's stride.
    """
    unit = {"depth": base_depth * 4, "depth_bottleneck": base_depth}
    return Block(scope, bottleneck, [{**unit, "stride": 1}] * (num_units - 1) + [{**unit, "stride": stride}])


def variant(name: str, build: Any, make_block: Any, units: tuple[int, int, int, int]) -> Any:
    """The function that builds the network with a given number of units.

    Args:
        name: its name.
        build: the function that builds networks of its version.
        make_block: the one that makes a block.
        units: how many units its four blocks have.
    """

    def build_variant(
        inputs: Any,
        num_classes: int | None = None,
        is_training: bool = True,
        global_pool: bool = True,
        output_stride: Any = None,
        reuse: bool | None = None,
        scope: Any = name,
    ) -> Outputs:
        """Build the network: see `resnet_v1` and `resnet_v2`."""
        blocks = [
            make_block(f"block{index}", 32 << index, count, stride)
            for index, (count, stride) in enumerate(zip(units, (2, 2, 2, 1), strict=True), 1)
        ]
        return build(
            inputs,
            blocks,
            num_classes,
            is_training,
            global_pool,
            output_stride,
            include_root_block=True,
            reuse=reuse,
            scope=scope,
        )

    build_variant.__name__ = build_variant.__qualname__ = name
    return build_variant


# How many units the blocks of a network with that many layers have.
UNITS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3), 200: (3, 24, 36, 3)}
