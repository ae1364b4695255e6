"""Inception, version 1: GoogLeNet (https://arxiv.org/abs/1409.4842)."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.dense import fully_connected
from perdure.contrib.layers.normalization import batch_norm
from perdure.contrib.layers.pooling import avg_pool2d
from perdure.contrib.layers.shaping import dropout, softmax
from perdure.contrib.slim.nets.classifiers import Outputs, image_size, truncated_normal
from perdure.contrib.slim.nets.inception_tables import Stage, arguments, build
from perdure.functional.array.array import squeeze
from perdure.variables.variable_scope import variable_scope

_STAGES: tuple[Stage, ...] = (
    "Conv2d_1a_7x7/2=64",
    "MaxPool_2a_3x3/2",
    "Conv2d_2b_1x1=64",
    "Conv2d_2c_3x3=192",
    "MaxPool_3a_3x3/2",
    (
        "Mixed_3b",
        "Conv2d_0a_1x1=64",
        "Conv2d_0a_1x1=96 Conv2d_0b_3x3=128",
        "Conv2d_0a_1x1=16 Conv2d_0b_3x3=32",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=32",
    ),
    (
        "Mixed_3c",
        "Conv2d_0a_1x1=128",
        "Conv2d_0a_1x1=128 Conv2d_0b_3x3=192",
        "Conv2d_0a_1x1=32 Conv2d_0b_3x3=96",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=64",
    ),
    "MaxPool_4a_3x3/2",
    (
        "Mixed_4b",
        "Conv2d_0a_1x1=192",
        "Conv2d_0a_1x1=96 Conv2d_0b_3x3=208",
        "Conv2d_0a_1x1=16 Conv2d_0b_3x3=48",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=64",
    ),
    (
        "Mixed_4c",
        "Conv2d_0a_1x1=160",
        "Conv2d_0a_1x1=112 Conv2d_0b_3x3=224",
        "Conv2d_0a_1x1=24 Conv2d_0b_3x3=64",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=64",
    ),
    (
        "Mixed_4d",
        "Conv2d_0a_1x1=128",
        "Conv2d_0a_1x1=128 Conv2d_0b_3x3=256",
        "Conv2d_0a_1x1=24 Conv2d_0b_3x3=64",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=64",
    ),
    (
        "Mixed_4e",
        "Conv2d_0a_1x1=112",
        "Conv2d_0a_1x1=144 Conv2d_0b_3x3=288",
        "Conv2d_0a_1x1=32 Conv2d_0b_3x3=64",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=64",
    ),
    (
        "Mixed_4f",
        "Conv2d_0a_1x1=256",
        "Conv2d_0a_1x1=160 Conv2d_0b_3x3=320",
        "Conv2d_0a_1x1=32 Conv2d_0b_3x3=128",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=128",
    ),
    "MaxPool_5a_2x2/2",
    (
        "Mixed_5b",
        "Conv2d_0a_1x1=256",
        "Conv2d_0a_1x1=160 Conv2d_0b_3x3=320",
        "Conv2d_0a_1x1=32 Conv2d_0a_3x3=128",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=128",
    ),
    (
        "Mixed_5c",
        "Conv2d_0a_1x1=384",
        "Conv2d_0a_1x1=192 Conv2d_0b_3x3=384",
        "Conv2d_0a_1x1=48 Conv2d_0b_3x3=128",
        "MaxPool_0a_3x3 Conv2d_0b_1x1=128",
    ),
)


def inception_v1_base(
    inputs: Any,
    final_endpoint: str = "Mixed_5c",
    scope: Any = "InceptionV1",
) -> Outputs:
    """Build the network without its logits.

    Args:
        inputs: images, (image, row, column, channel).
        final_endpoint: the scope of the last stage to build.
        scope: the variable scope.

    Returns:
        The output of the last stage, and those of all by name.

    Raises:
        ValueError: there is no such stage.
    """
    with (
        variable_scope(scope, "InceptionV1", [inputs]),
        arg_scope([conv2d, fully_connected], weights_initializer=truncated_normal(0.01)),
    ):
        return build(inputs, _STAGES, final_endpoint)


@image_size(224)
def inception_v1(
    inputs: Any,
    num_classes: int = 1000,
    is_training: bool = True,
    dropout_keep_prob: float = 0.8,
    prediction_fn: Any = softmax,
    spatial_squeeze: bool = True,
    reuse: bool | None = None,
    scope: Any = "InceptionV1",
) -> Outputs:
    """Build the network.

    Args:
        inputs: images, (image, row, column, channel).
        num_classes: how many classes.
        is_training: whether dropout does anything and batches are normalized by themselves.
        dropout_keep_prob: the probability that dropout keeps a value.
        prediction_fn: a function from logits to predictions.
        spatial_squeeze: whether rows and columns, of which there is one, are left out of the logits.
        reuse, scope: see `tf.variable_scope`.

    Returns:
        The logits, and the outputs of stages by name.
    """
    with (
        variable_scope(scope, "InceptionV1", [inputs, num_classes], reuse=reuse) as sc,
        arg_scope([batch_norm, dropout], is_training=is_training),
    ):
        net, end_points = inception_v1_base(inputs, scope=sc)
        with variable_scope("Logits"):
            net = avg_pool2d(net, [7, 7], stride=1, scope="MaxPool_0a_7x7")
            net = dropout(net, dropout_keep_prob, scope="Dropout_0b")
            logits = conv2d(
                net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="Conv2d_0c_1x1"
            )
            if spatial_squeeze:
                logits = squeeze(logits, [1, 2], name="SpatialSqueeze")
            end_points["Logits"] = logits
            end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


def inception_v1_arg_scope(
    weight_decay: float = 0.00004,
    use_batch_norm: bool = True,
    batch_norm_var_collection: str = "moving_vars",
) -> Any:
    """The scope of arguments to build the network in.

    Args:
        weight_decay: how strongly weights are regularized.
        use_batch_norm: whether convolutions are normalized.
        batch_norm_var_collection: the collection of moving averages.
    """
    return arguments(weight_decay, batch_norm_var_collection, use_batch_norm)
