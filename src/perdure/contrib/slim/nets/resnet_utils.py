"""What residual networks are built of: blocks of units, strided convolutions, their scope of arguments."""

from __future__ import annotations

from typing import Any, NamedTuple

from perdure.contrib.framework.arg_scope import add_arg_scope, arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.initializers import variance_scaling_initializer
from perdure.contrib.layers.normalization import batch_norm
from perdure.contrib.layers.pooling import max_pool2d
from perdure.contrib.layers.regularizers import l2_regularizer
from perdure.contrib.layers.utils import collect_named_outputs
from perdure.functional.array.padding import pad
from perdure.functional.nn.activations import relu
from perdure.graph.keys import GraphKeys
from perdure.variables.variable_scope import variable_scope


class Block(NamedTuple):
    """A block of a residual network.

    Attributes:
        scope: its scope.
        unit_fn: the function that builds a unit, `unit_fn(net, rate=..., **arguments)`.
        args: the arguments of its units, a dict for each.
    """

    scope: Any
    unit_fn: Any
    args: Any


def subsample(inputs: Any, factor: int, scope: Any = None) -> Any:
    """Every `factor`-th row and column.

    Args:
        inputs: (image, row, column, channel).
        factor: the step.
        scope: the name of the pooling that does it.
    """
    if factor == 1:
        return inputs
    return max_pool2d(inputs, [1, 1], stride=factor, scope=scope)


def conv2d_same(
    inputs: Any, num_outputs: int, kernel_size: int, stride: int, rate: int = 1, scope: Any = None
) -> Any:
    """A convolution whose padding does not depend on the size of the images, also with a stride.

    Args:
        inputs: (image, row, column, channel).
        num_outputs: the number of channels.
        kernel_size: how many rows and columns it sees.
        stride: its step.
        rate: the distance of the rows and columns that it sees.
        scope: the variable scope.
    """
    if stride == 1:
        return conv2d(inputs, num_outputs, kernel_size, stride=1, rate=rate, padding="SAME", scope=scope)
    total = (kernel_size - 1) * rate
    before = total // 2
    around = [before, total - before]
    inputs = pad(inputs, [[0, 0], around, around, [0, 0]])
    return conv2d(inputs, num_outputs, kernel_size, stride=stride, rate=rate, padding="VALID", scope=scope)


@add_arg_scope
def stack_blocks_dense(
    net: Any, blocks: Any, output_stride: Any = None, outputs_collections: Any = None
) -> Any:
    """Blocks one after another; from a stride on, strides become rates.

    Args:
        net: (image, row, column, channel).
        blocks: `Block`s.
        output_stride: how much smaller the outcome is than the input; None for what the blocks say.
        outputs_collections: collections of the blocks' outputs.

    Raises:
        ValueError: the blocks cannot reach that stride.
    """
    unreachable = ValueError("The target output_stride cannot be reached.")
    current_stride = rate = 1
    for block in blocks:
        with variable_scope(block.scope, "block", [net]) as sc:
            for index, unit in enumerate(block.args, 1):
                if output_stride is not None and current_stride > output_stride:
                    raise unreachable
                with variable_scope(f"unit_{index}", values=[net]):
                    if output_stride is not None and current_stride == output_stride:
                        net = block.unit_fn(net, rate=rate, **{**unit, "stride": 1})
                        rate *= unit.get("stride", 1)
                    else:
                        net = block.unit_fn(net, rate=1, **unit)
                        current_stride *= unit.get("stride", 1)
            net = collect_named_outputs(outputs_collections, sc.name, net)
    if output_stride is not None and current_stride != output_stride:
        raise unreachable
    return net


def resnet_arg_scope(
    weight_decay: float = 0.0001,
    batch_norm_decay: float = 0.997,
    batch_norm_epsilon: float = 1e-5,
    batch_norm_scale: bool = True,
) -> Any:
    """The scope of arguments to build residual networks in.

    Args:
        weight_decay: how strongly weights are regularized.
        batch_norm_decay: how slowly moving averages move.
        batch_norm_epsilon: what is added to variances.
        batch_norm_scale: whether normalized values are scaled.
    """
    normalization = {
        "decay": batch_norm_decay,
        "epsilon": batch_norm_epsilon,
        "scale": batch_norm_scale,
        "updates_collections": GraphKeys.UPDATE_OPS,
    }
    with (
        arg_scope(
            [conv2d],
            weights_regularizer=l2_regularizer(weight_decay),
            weights_initializer=variance_scaling_initializer(),
            activation_fn=relu,
            normalizer_fn=batch_norm,
            normalizer_params=normalization,
        ),
        arg_scope([batch_norm], **normalization),
        arg_scope([max_pool2d], padding="SAME") as scope,
    ):
        return scope
