"""Inception, version 2: with normalized batches (https://arxiv.org/abs/1502.03167)."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.normalization import batch_norm
from perdure.contrib.layers.pooling import avg_pool2d
from perdure.contrib.layers.shaping import dropout, softmax
from perdure.contrib.layers.spatial import separable_convolution2d as separable_conv2d
from perdure.contrib.slim.nets.classifiers import Outputs, image_size, truncated_normal
from perdure.contrib.slim.nets.inception_tables import Stage, arguments, build, channels, fitting
from perdure.functional.array.array import squeeze
from perdure.variables.variable_scope import variable_scope

_FIRST = "Conv2d_1a_7x7"
# What follows a separable convolution.
_STAGES: tuple[Stage, ...] = (
    "MaxPool_2a_3x3/2",
    "Conv2d_2b_1x1=64*0.1",
    "Conv2d_2c_3x3=192",
    "MaxPool_3a_3x3/2",
    (
        "Mixed_3b",
        "Conv2d_0a_1x1=64",
        "Conv2d_0a_1x1=64*0.09 Conv2d_0b_3x3=64",
        "Conv2d_0a_1x1=64*0.09 Conv2d_0b_3x3=96 Conv2d_0c_3x3=96",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=32*0.1",
    ),
    (
        "Mixed_3c",
        "Conv2d_0a_1x1=64",
        "Conv2d_0a_1x1=64*0.09 Conv2d_0b_3x3=96",
        "Conv2d_0a_1x1=64*0.09 Conv2d_0b_3x3=96 Conv2d_0c_3x3=96",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=64*0.1",
    ),
    (
        "Mixed_4a",
        "Conv2d_0a_1x1=128*0.09 Conv2d_1a_3x3/2=160",
        "Conv2d_0a_1x1=64*0.09 Conv2d_0b_3x3=96 Conv2d_1a_3x3/2=96",
        "MaxPool_1a_3x3/2",
    ),
    (
        "Mixed_4b",
        "Conv2d_0a_1x1=224",
        "Conv2d_0a_1x1=64*0.09 Conv2d_0b_3x3=96",
        "Conv2d_0a_1x1=96*0.09 Conv2d_0b_3x3=128 Conv2d_0c_3x3=128",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=128*0.1",
    ),
    (
        "Mixed_4c",
        "Conv2d_0a_1x1=192",
        "Conv2d_0a_1x1=96*0.09 Conv2d_0b_3x3=128",
        "Conv2d_0a_1x1=96*0.09 Conv2d_0b_3x3=128 Conv2d_0c_3x3=128",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=128*0.1",
    ),
    (
        "Mixed_4d",
        "Conv2d_0a_1x1=160",
        "Conv2d_0a_1x1=128*0.09 Conv2d_0b_3x3=160",
        "Conv2d_0a_1x1=128*0.09 Conv2d_0b_3x3=160 Conv2d_0c_3x3=160",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=96*0.1",
    ),
    (
        "Mixed_4e",
        "Conv2d_0a_1x1=96",
        "Conv2d_0a_1x1=128*0.09 Conv2d_0b_3x3=192",
        "Conv2d_0a_1x1=160*0.09 Conv2d_0b_3x3=192 Conv2d_0c_3x3=192",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=96*0.1",
    ),
    (
        "Mixed_5a",
        "Conv2d_0a_1x1=128*0.09 Conv2d_1a_3x3/2=192",
        "Conv2d_0a_1x1=192*0.09 Conv2d_0b_3x3=256 Conv2d_1a_3x3/2=256",
        "MaxPool_1a_3x3/2",
    ),
    (
        "Mixed_5b",
        "Conv2d_0a_1x1=352",
        "Conv2d_0a_1x1=192*0.09 Conv2d_0b_3x3=320",
        "Conv2d_0a_1x1=160*0.09 Conv2d_0b_3x3=224 Conv2d_0c_3x3=224",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=128*0.1",
    ),
    (
        "Mixed_5c",
        "Conv2d_0a_1x1=352",
        "Conv2d_0a_1x1=192*0.09 Conv2d_0b_3x3=320",
        "Conv2d_0a_1x1=192*0.09 Conv2d_0b_3x3=224 Conv2d_0c_3x3=224",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=128*0.1",
    ),
)


def inception_v2_base(
    inputs: Any,
    final_endpoint: str = "Mixed_5c",
    min_depth: int = 16,
    depth_multiplier: float = 1.0,
    scope: Any = None,
) -> Outputs:
    """Build the network without its logits.

    Args:
        inputs: images, (image, row, column, channel).
        final_endpoint: the scope of the last stage to build.
        min_depth: the least number of channels of a layer.
        depth_multiplier: by what numbers of channels are multiplied.
        scope: the variable scope.

    Returns:
        The output of the last stage, and those of all by name.

    Raises:
        ValueError: there is no such stage, or the multiplier is not positive.
    """
    depth = channels(depth_multiplier, min_depth)
    with variable_scope(scope, "InceptionV2", [inputs]):
        net = separable_conv2d(
            inputs,
            depth(64),
            [7, 7],
            depth_multiplier=min(int(depth(64) / 3), 8),
            stride=2,
            padding="SAME",
            weights_initializer=truncated_normal(1.0),
            scope=_FIRST,
        )
        if final_endpoint == _FIRST:
            return net, {_FIRST: net}
        return build(net, _STAGES, final_endpoint, depth, {_FIRST: net})


@image_size(224)
def inception_v2(
    inputs: Any,
    num_classes: int = 1000,
    is_training: bool = True,
    dropout_keep_prob: float = 0.8,
    min_depth: int = 16,
    depth_multiplier: float = 1.0,
    prediction_fn: Any = softmax,
    spatial_squeeze: bool = True,
    reuse: bool | None = None,
    scope: Any = "InceptionV2",
) -> Outputs:
    """Build the network.

    Args:
        inputs: images, (image, row, column, channel).
        num_classes: how many classes.
        is_training: whether dropout does anything and batches are normalized by themselves.
        dropout_keep_prob: the probability that dropout keeps a value.
        min_depth: the least number of channels of a layer.
        depth_multiplier: by what numbers of channels are multiplied.
        prediction_fn: a function from logits to predictions.
        spatial_squeeze: whether rows and columns, of which there is one, are left out of the logits.
        reuse, scope: see `tf.variable_scope`.

    Returns:
        The logits, and the outputs of stages by name.

    Raises:
        ValueError: the multiplier is not positive.
    """
    channels(depth_multiplier, min_depth)
    with (
        variable_scope(scope, "InceptionV2", [inputs, num_classes], reuse=reuse) as sc,
        arg_scope([batch_norm, dropout], is_training=is_training),
    ):
        net, end_points = inception_v2_base(
            inputs, scope=sc, min_depth=min_depth, depth_multiplier=depth_multiplier
        )
        with variable_scope("Logits"):
            rows, columns = fitting(net, [7, 7])
            net = avg_pool2d(net, [rows, columns], padding="VALID", scope=f"AvgPool_1a_{rows}x{columns}")
            net = dropout(net, keep_prob=dropout_keep_prob, scope="Dropout_1b")
            logits = conv2d(
                net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="Conv2d_1c_1x1"
            )
            if spatial_squeeze:
                logits = squeeze(logits, [1, 2], name="SpatialSqueeze")
        end_points["Logits"] = logits
        end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


def inception_v2_arg_scope(
    weight_decay: float = 0.00004, batch_norm_var_collection: str = "moving_vars"
) -> Any:
    """The scope of arguments to build the network in.

    Args:
        weight_decay: how strongly weights are regularized.
        batch_norm_var_collection: the collection of moving averages.
    """
    return arguments(weight_decay, batch_norm_var_collection)
