"""Activations, softmax and biases: `tf.nn.relu`, `tf.nn.softmax`, `tf.nn.bias_add` and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array import array, joining, shape_arithmetic
from perdure.functional.array.gathering import where
from perdure.functional.array.rearranging import transpose
from perdure.functional.math import binary, cast, unary
from perdure.functional.math.products import matmul
from perdure.functional.plain import function_of
from perdure.graph import dtypes, errors, hooks
from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor

relu = function_of("Relu", "relu", "features", says="max(features, 0) for each element.")


elu = function_of("Elu", "elu", "features", says="exp(x) - 1 below 0, x above.")


selu = function_of("Selu", "selu", "features", says="The scaled exponential linear unit.")


softplus = function_of("Softplus", "softplus", "features", says="log(exp(x) + 1), without overflow.")


softsign = function_of("Softsign", "softsign", "features", says="x / (|x| + 1) for each element.")


def relu6(features: Any, name: str | None = None) -> Tensor:
    """min(max(features, 0), 6) for each element.

    Args:
        features: a tensor of real numbers.
        name: the name of the node.
    """
    with name_scope(name, "Relu6", [features]) as name:
        features = convert_to_tensor(features, name="features")
        return g.relu6(features, name=name)


def leaky_relu(features: Any, alpha: Any = 0.2, name: str | None = None) -> Tensor:
    """`features` above 0, alpha * features below.

    Args:
        features: a tensor; integers are cast to float32.
        alpha: the slope below 0, a number.
        name: the name of the node.
    """
    with name_scope(name, "LeakyRelu", [features, alpha]) as name:
        features = convert_to_tensor(features, name="features")
        if features.dtype.is_integer:
            features = cast.cast(features, dtypes.float32)
        if isinstance(alpha, np.ndarray):
            alpha = alpha.item()
        return g.leaky_relu(features, alpha=alpha, name=name)


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """relu of `features` and of -features, one after the other along `axis`.

    Args:
        features: a tensor.
        name: a scope for the nodes.
        axis: the axis that becomes twice as long.
    """
    with name_scope(name, "CRelu", [features]) as name:
        features = convert_to_tensor(features, name="features")
        both = joining.concat([features, -features], axis, name=name)
        return g.relu(both)


def swish(features: Any) -> Tensor:
    """x * sigmoid(x), with a gradient that recomputes the sigmoid.

    Args:
        features: a tensor of floats.
    """

    def forward(features: Tensor) -> tuple[Tensor, Any]:
        features = convert_to_tensor(features, name="features")

        def gradient(incoming: Tensor) -> Tensor:
            with control_dependencies([incoming]):
                sigmoid = unary.sigmoid(features)
            slope = sigmoid * (1.0 + features * (1.0 - sigmoid))
            return incoming * slope

        return features * unary.sigmoid(features), gradient

    return hooks.custom_gradient(forward)(features)


def softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """exp(logits), divided by its sum along an axis.

    Args:
        logits: a tensor of floats.
        axis: the axis of the classes; the last if None.
        name: the name of the node.
        dim: the older name of `axis`.

    Raises:
        InvalidArgumentError: `axis` is out of range.
    """
    axis = renamed("axis", axis, "dim", dim)
    return _along_last_axis(g.softmax, logits, -1 if axis is None else axis, name)


def log_softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """logits - log(the sum of exp(logits) along an axis).

    Args:
        logits: a tensor of floats.
        axis: the axis of the classes; the last if None.
        name: the name of the node.
        dim: the older name of `axis`.

    Raises:
        InvalidArgumentError: `axis` is out of range.
    """
    axis = renamed("axis", axis, "dim", dim)
    return _along_last_axis(g.log_softmax, logits, -1 if axis is None else axis, name)


def _along_last_axis(constructor: Any, logits: Any, axis: Any, name: str | None) -> Tensor:
    """`constructor`, which works along the last axis, applied along another."""
    logits = convert_to_tensor(logits)
    shape = logits.get_shape()
    if not isinstance(axis, Tensor) and axis in (-1, None if shape.ndims is None else shape.ndims - 1):
        return constructor(logits, name=name)
    known = constant_value(axis) if isinstance(axis, Tensor) else axis
    rank = shape.ndims
    if rank is None:
        raise ValueError("softmax along another axis than the last needs logits of known rank")
    if known is not None and not -rank <= known < rank:
        raise errors.InvalidArgumentError(
            None,
            None,
            f"Dimension ({known}) must be in the range [{-rank}, {rank}) where {rank} is "
            "the number of dimensions in the input.",
        )
    count = array.rank(logits)
    if isinstance(axis, Tensor):
        axis = where(binary.less(axis, 0), axis + count, axis)
    elif axis < 0:
        axis += count
    last_plus_one = array.rank(logits)
    axis = axis % rank
    swapped = _swap_axes(logits, axis, binary.subtract(last_plus_one, 1))
    output = constructor(swapped)
    output = _swap_axes(output, axis, binary.subtract(last_plus_one, 1), name=name)
    output.set_shape(shape)
    return output


def _swap_axes(tensor: Tensor, axis: Any, last: Tensor, name: str | None = "transpose") -> Tensor:
    permutation = joining.concat(
        [shape_arithmetic.range(axis), [last], shape_arithmetic.range(axis + 1, last), [axis]], 0
    )
    return transpose(tensor, permutation, name=name)


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Tensor:
    """`value` plus one number per channel.

    Args:
        value: a tensor of rank 2 or more.
        bias: a vector.
        data_format: "N...C" (channels last, the default) or "NC..." (channels after the batch).
        name: the name of the node.

    Raises:
        ValueError: `data_format` is neither.
    """
    with name_scope(name, "BiasAdd", [value, bias]) as name:
        if data_format is None:
            data_format = "NHWC"
        elif data_format.startswith("NC"):
            data_format = "NCHW"
        elif data_format.startswith("N") and data_format.endswith("C"):
            data_format = "NHWC"
        else:
            raise ValueError(f"data_format must be of the form `N...C` or `NC...`, but is {data_format!r}")
        value = convert_to_tensor(value, name="input")
        bias = convert_to_tensor(bias, dtype=value.dtype, name="bias")
        return g.bias_add(value, bias, data_format=data_format, name=name)


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """matmul(x, weights) + biases.

    Args:
        x: a matrix (batch, inputs).
        weights: a matrix (inputs, outputs).
        biases: a vector (outputs,).
        name: a scope for the nodes.
    """
    with name_scope(name, "xw_plus_b", [x, weights, biases]) as name:
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(weights, name="weights")
        biases = convert_to_tensor(biases, name="biases")
        return bias_add(matmul(x, weights), biases, name=name)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """relu(matmul(x, weights) + biases).

    Args:
        x: a matrix (batch, inputs).
        weights: a matrix (inputs, outputs).
        biases: a vector (outputs,).
        name: a scope for the nodes.
    """
    with name_scope(name, "relu_layer", [x, weights, biases]) as name:
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(weights, name="weights")
        biases = convert_to_tensor(biases, name="biases")
        return relu(bias_add(matmul(x, weights), biases), name=name)
