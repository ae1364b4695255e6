"""Inception, version 3 (https://arxiv.org/abs/1512.00567), with logits on the side."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.normalization import batch_norm
from perdure.contrib.layers.pooling import avg_pool2d
from perdure.contrib.layers.shaping import dropout, softmax
from perdure.contrib.slim.nets.classifiers import Outputs, image_size, truncated_normal
from perdure.contrib.slim.nets.inception_tables import Stage, arguments, build, channels, fitting
from perdure.functional.array.array import squeeze
from perdure.graph.keys import GraphKeys
from perdure.variables.variable_scope import variable_scope

_STAGES: tuple[Stage, ...] = (
    "Conv2d_1a_3x3/2!=32",
    "Conv2d_2a_3x3!=32",
    "Conv2d_2b_3x3=64",
    "MaxPool_3a_3x3/2!",
    "Conv2d_3b_1x1!=80",
    "Conv2d_4a_3x3!=192",
    "MaxPool_5a_3x3/2!",
    (
        "Mixed_5b",
        "Conv2d_0a_1x1=64",
        "Conv2d_0a_1x1=48 Conv2d_0b_5x5=64",
        "Conv2d_0a_1x1=64 Conv2d_0b_3x3=96 Conv2d_0c_3x3=96",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=32",
    ),
    (
        "Mixed_5c",
        "Conv2d_0a_1x1=64",
        "Conv2d_0b_1x1=48 Conv_1_0c_5x5=64",
        "Conv2d_0a_1x1=64 Conv2d_0b_3x3=96 Conv2d_0c_3x3=96",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=64",
    ),
    (
        "Mixed_5d",
        "Conv2d_0a_1x1=64",
        "Conv2d_0a_1x1=48 Conv2d_0b_5x5=64",
        "Conv2d_0a_1x1=64 Conv2d_0b_3x3=96 Conv2d_0c_3x3=96",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=64",
    ),
    (
        "Mixed_6a",
        "Conv2d_1a_1x1@3x3/2!=384",
        "Conv2d_0a_1x1=64 Conv2d_0b_3x3=96 Conv2d_1a_1x1@3x3/2!=96",
        "MaxPool_1a_3x3/2!",
    ),
    (
        "Mixed_6b",
        "Conv2d_0a_1x1=192",
        "Conv2d_0a_1x1=128 Conv2d_0b_1x7=128 Conv2d_0c_7x1=192",
        "Conv2d_0a_1x1=128 Conv2d_0b_7x1=128 Conv2d_0c_1x7=128 Conv2d_0d_7x1=128 Conv2d_0e_1x7=192",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=192",
    ),
    (
        "Mixed_6c",
        "Conv2d_0a_1x1=192",
        "Conv2d_0a_1x1=160 Conv2d_0b_1x7=160 Conv2d_0c_7x1=192",
        "Conv2d_0a_1x1=160 Conv2d_0b_7x1=160 Conv2d_0c_1x7=160 Conv2d_0d_7x1=160 Conv2d_0e_1x7=192",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=192",
    ),
    (
        "Mixed_6d",
        "Conv2d_0a_1x1=192",
        "Conv2d_0a_1x1=160 Conv2d_0b_1x7=160 Conv2d_0c_7x1=192",
        "Conv2d_0a_1x1=160 Conv2d_0b_7x1=160 Conv2d_0c_1x7=160 Conv2d_0d_7x1=160 Conv2d_0e_1x7=192",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=192",
    ),
    (
        "Mixed_6e",
        "Conv2d_0a_1x1=192",
        "Conv2d_0a_1x1=192 Conv2d_0b_1x7=192 Conv2d_0c_7x1=192",
        "Conv2d_0a_1x1=192 Conv2d_0b_7x1=192 Conv2d_0c_1x7=192 Conv2d_0d_7x1=192 Conv2d_0e_1x7=192",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=192",
    ),
    (
        "Mixed_7a",
        "Conv2d_0a_1x1=192 Conv2d_1a_3x3/2!=320",
        "Conv2d_0a_1x1=192 Conv2d_0b_1x7=192 Conv2d_0c_7x1=192 Conv2d_1a_3x3/2!=192",
        "MaxPool_1a_3x3/2!",
    ),
    (
        "Mixed_7b",
        "Conv2d_0a_1x1=320",
        "Conv2d_0a_1x1=384 Conv2d_0b_1x3=384+Conv2d_0b_3x1=384",
        "Conv2d_0a_1x1=448 Conv2d_0b_3x3=384 Conv2d_0c_1x3=384+Conv2d_0d_3x1=384",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=192",
    ),
    (
        "Mixed_7c",
        "Conv2d_0a_1x1=320",
        "Conv2d_0a_1x1=384 Conv2d_0b_1x3=384+Conv2d_0c_3x1=384",
        "Conv2d_0a_1x1=448 Conv2d_0b_3x3=384 Conv2d_0c_1x3=384+Conv2d_0d_3x1=384",
        "AvgPool_0a_3x3 Conv2d_0b_1x1=192",
    ),
)


def inception_v3_base(
    inputs: Any,
    final_endpoint: str = "Mixed_7c",
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
    with variable_scope(scope, "InceptionV3", [inputs]):
        return build(inputs, _STAGES, final_endpoint, depth)


@image_size(299)
def inception_v3(
    inputs: Any,
    num_classes: int = 1000,
    is_training: bool = True,
    dropout_keep_prob: float = 0.8,
    min_depth: int = 16,
    depth_multiplier: float = 1.0,
    prediction_fn: Any = softmax,
    spatial_squeeze: bool = True,
    reuse: bool | None = None,
    scope: Any = "InceptionV3",
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
    depth = channels(depth_multiplier, min_depth)
    with (
        variable_scope(scope, "InceptionV3", [inputs, num_classes], reuse=reuse) as sc,
        arg_scope([batch_norm, dropout], is_training=is_training),
    ):
        net, end_points = inception_v3_base(
            inputs, scope=sc, min_depth=min_depth, depth_multiplier=depth_multiplier
        )
        with variable_scope("AuxLogits"):
            aux = avg_pool2d(
                end_points["Mixed_6e"], [5, 5], stride=3, padding="VALID", scope="AvgPool_1a_5x5"
            )
            aux = conv2d(aux, depth(128), [1, 1], stride=1, padding="SAME", scope="Conv2d_1b_1x1")
            rows, columns = fitting(aux, [5, 5])
            aux = conv2d(
                aux,
                depth(768),
                [rows, columns],
                stride=1,
                weights_initializer=truncated_normal(0.01),
                padding="VALID",
                scope=f"Conv2d_2a_{rows}x{columns}",
            )
            aux = conv2d(
                aux,
                num_classes,
                [1, 1],
                stride=1,
                padding="SAME",
                activation_fn=None,
                normalizer_fn=None,
                weights_initializer=truncated_normal(0.001),
                scope="Conv2d_2b_1x1",
            )
            if spatial_squeeze:
                aux = squeeze(aux, [1, 2], name="SpatialSqueeze")
            end_points["AuxLogits"] = aux
        with variable_scope("Logits"):
            rows, columns = fitting(net, [8, 8])
            net = avg_pool2d(net, [rows, columns], padding="VALID", scope=f"AvgPool_1a_{rows}x{columns}")
            net = dropout(net, keep_prob=dropout_keep_prob, scope="Dropout_1b")
            end_points["PreLogits"] = net
            logits = conv2d(
                net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="Conv2d_1c_1x1"
            )
            if spatial_squeeze:
                logits = squeeze(logits, [1, 2], name="SpatialSqueeze")
        end_points["Logits"] = logits
        end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


def inception_v3_arg_scope(
    weight_decay: float = 0.00004,
    batch_norm_var_collection: str = "moving_vars",
    batch_norm_decay: float = 0.9997,
    batch_norm_epsilon: float = 0.001,
    updates_collections: Any = GraphKeys.UPDATE_OPS,
    use_fused_batchnorm: bool = True,
) -> Any:
    """The scope of arguments to build the network in.

    Args:
        weight_decay: how strongly weights are regularized.
        batch_norm_var_collection: the collection of moving averages.
        batch_norm_decay: how slowly they move.
        batch_norm_epsilon: what is added to variances.
        updates_collections: the collections of what moves them.
        use_fused_batchnorm: whether one op normalizes.
    """
    return arguments(
        weight_decay,
        batch_norm_var_collection,
        decay=batch_norm_decay,
        epsilon=batch_norm_epsilon,
        updates=updates_collections,
        fused=use_fused_batchnorm,
    )
