"""Inception networks as tables: a stage is a layer, or branches side by side.

A layer is written `Conv2d_0b_3x3=128`: its scope, whose end is the size of the kernel unless `@3x3` says
another one, then `/2` for a stride, `!` for no padding, `=128` for its channels and `*0.09` for the deviation
of its first weights.  Layers of a branch are separated by blanks; `+` joins what two of them make of the same
input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from perdure.contrib.framework.arg_scope import arg_scope
from perdure.contrib.layers.convolutional import convolution2d as conv2d
from perdure.contrib.layers.dense import fully_connected
from perdure.contrib.layers.initializers import variance_scaling_initializer
from perdure.contrib.layers.normalization import batch_norm
from perdure.contrib.layers.pooling import avg_pool2d, max_pool2d
from perdure.contrib.layers.regularizers import l2_regularizer
from perdure.contrib.slim.nets.classifiers import Outputs, truncated_normal
from perdure.functional.array.joining import concat
from perdure.functional.nn.activations import relu
from perdure.graph.keys import GraphKeys
from perdure.variables.variable_scope import variable_scope

# A layer, or a scope with its branches.
Stage = str | tuple[str, ...]

_LAYER = re.compile(
    r"(?P<scope>\w+?(?P<own>\dx\d))(@(?P<other>\dx\d))?(/(?P<stride>\d))?(?P<valid>!)?"
    r"(=(?P<channels>\d+))?(\*(?P<deviation>[\d.]+))?"
)


def build(
    net: Any,
    stages: Sequence[Stage],
    final_endpoint: str,
    depth: Callable[[int], int] = int,
    end_points: dict[str, Any] | None = None,
) -> Outputs:
    """Build the stages of a table.

    Args:
        net: images, (image, row, column, channel).
        stages: the table.
        final_endpoint: the scope of the last stage to build.
        depth: what becomes of a number of channels.
        end_points: the outputs of stages before these.

    Returns:
        The output of the last stage, and those of all by scope.

    Raises:
        ValueError: there is no such stage.
    """
    end_points = {} if end_points is None else end_points
    for stage in stages:
        if isinstance(stage, str):
            name = _scope_of(stage)
            net = _layer(net, stage, depth)
        else:
            name, *branches = stage
            with variable_scope(name):
                outputs = []
                for index, branch in enumerate(branches):
                    with variable_scope(f"Branch_{index}"):
                        outputs.append(_branch(net, branch, depth))
                net = concat(outputs, 3)
        end_points[name] = net
        if name == final_endpoint:
            return net, end_points
    raise ValueError(f"Unknown final endpoint {final_endpoint}")


def _branch(net: Any, text: str, depth: Callable[[int], int]) -> Any:
    for step in text.split():
        outputs = [_layer(net, layer, depth) for layer in step.split("+")]
        net = outputs[0] if len(outputs) == 1 else concat(outputs, 3)
    return net


def _scope_of(layer: str) -> str:
    match = _LAYER.fullmatch(layer)
    assert match is not None
    return match["scope"]


def _layer(net: Any, text: str, depth: Callable[[int], int]) -> Any:
    match = _LAYER.fullmatch(text)
    assert match is not None
    scope = match["scope"]
    kernel = [int(size) for size in (match["other"] or match["own"]).split("x")]
    padding = "VALID" if match["valid"] else "SAME"
    options: dict[str, Any] = {"stride": int(match["stride"] or 1), "padding": padding, "scope": scope}
    if match["channels"] is None:
        return (max_pool2d if scope.startswith("Max") else avg_pool2d)(net, kernel, **options)
    if match["deviation"]:
        options["weights_initializer"] = truncated_normal(float(match["deviation"]))
    return conv2d(net, depth(int(match["channels"])), kernel, **options)


def channels(depth_multiplier: float, min_depth: int) -> Callable[[int], int]:
    """What becomes of a number of channels in a thinner or thicker network.

    Args:
        depth_multiplier: by what it is multiplied.
        min_depth: the least that may come out.

    Raises:
        ValueError: the multiplier is not positive.
    """
    if depth_multiplier <= 0:
        raise ValueError("depth_multiplier is not greater than zero.")
    return lambda width: max(int(width * depth_multiplier), min_depth)


def fitting(net: Any, kernel: Sequence[int]) -> list[int]:
    """A size of a kernel, or that of smaller images as far as it is known."""
    shape = net.get_shape().as_list()
    if shape[1] is None or shape[2] is None:
        return list(kernel)
    return [min(shape[1], kernel[0]), min(shape[2], kernel[1])]


def arguments(
    weight_decay: float,
    moving: str,
    use_batch_norm: bool = True,
    decay: float = 0.9997,
    epsilon: float = 0.001,
    updates: Any = GraphKeys.UPDATE_OPS,
    **normalization: Any,
) -> Any:
    """The scope of arguments to build these networks in.

    Args:
        weight_decay: how strongly weights are regularized.
        moving: the collection of moving averages.
        use_batch_norm: whether convolutions are normalized.
        decay, epsilon, updates: how.
        **normalization: further arguments of `batch_norm`.
    """
    params = {
        "decay": decay,
        "epsilon": epsilon,
        "updates_collections": updates,
        **normalization,
        "variables_collections": {
            "beta": None,
            "gamma": None,
            "moving_mean": [moving],
            "moving_variance": [moving],
        },
    }
    with (
        arg_scope([conv2d, fully_connected], weights_regularizer=l2_regularizer(weight_decay)),
        arg_scope(
            [conv2d],
            weights_initializer=variance_scaling_initializer(),
            activation_fn=relu,
            normalizer_fn=batch_norm if use_batch_norm else None,
            normalizer_params=params if use_batch_norm else {},
        ) as scope,
    ):
        return scope
