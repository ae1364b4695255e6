"""The networks VGG (https://arxiv.org/abs/1409.1556) of 11, 16 and 19 layers."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.dense import fully_connected
from perdure.contrib.layers.pooling import max_pool2d
from perdure.contrib.layers.shaping import repeat
from perdure.contrib.slim.nets.classifiers import Outputs, arguments, head, image_size, outputs
from perdure.functional.random.initializers import Zeros
from perdure.variables.variable_scope import variable_scope


def vgg_arg_scope(weight_decay: float = 0.0005) -> Any:
    """The scope of arguments to build the networks in.

    Args:
        weight_decay: how strongly weights are regularized.
    """
    return arguments(weight_decay, Zeros(), pools=False)


def _network(name: str, repetitions: tuple[int, ...]) -> Any:
    """A network of this family.

    Args:
        name: its name.
        repetitions: how many convolutions each of its five stages has.
    """

    @image_size(224)
    def network(
        inputs: Any,
        num_classes: int = 1000,
        is_training: bool = True,
        dropout_keep_prob: float = 0.5,
        spatial_squeeze: bool = True,
        scope: Any = name,
    ) -> Outputs:
        """Build the network.

        Args:
            inputs: images, (image, row, column, channel).
            num_classes: how many classes.
            is_training: whether dropout does anything.
            dropout_keep_prob: the probability that it keeps a value.
            spatial_squeeze: whether rows and columns are left out of logits; images have 224 of each then.
            scope: the variable scope.

        Returns:
            The logits, and the outputs of layers by name.
        """
        with variable_scope(scope, name, [inputs]) as sc:
            # Two spellings, which programs use to find the collection.
            prefix = sc.name if name == "vgg_19" else sc.original_name_scope
            ends = f"{prefix}_end_points"
            with arg_scope([conv2d, fully_connected, max_pool2d], outputs_collections=ends):
                net = inputs
                for stage, (count, width) in enumerate(zip(repetitions, _WIDTHS, strict=True), 1):
                    net = repeat(net, count, conv2d, width, [3, 3], scope=f"conv{stage}")
                    net = max_pool2d(net, [2, 2], scope=f"pool{stage}")
                net = head(net, (4096, 4096, num_classes), 7, dropout_keep_prob, is_training)
                return outputs(net, ends, sc, spatial_squeeze)

    network.__name__ = network.__qualname__ = name
    return network


_WIDTHS = (64, 128, 256, 512, 512)

vgg_a = _network("vgg_a", (1, 1, 2, 2, 2))
vgg_16 = _network("vgg_16", (2, 2, 3, 3, 3))
vgg_19 = _network("vgg_19", (2, 2, 4, 4, 4))
vgg_d = vgg_16
vgg_e = vgg_19
