"""tf.nn: activations, softmax, biases, dropout, and the largest values."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array import array, joining
from perdure.functional.array.gathering import where
from perdure.functional.array.rearranging import transpose
from perdure.functional.control.conditionals import cond
from perdure.functional.math import math as math_functions
from perdure.functional.math.products import matmul
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.plain import function_of
from perdure.functional.random.random import random_uniform
from perdure.graph import dtypes, errors, hooks
from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.platform import logging

# -- activations ------------------------------------------------------------------

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
            features = math_functions.cast(features, dtypes.float32)
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
                sigmoid = math_functions.sigmoid(features)
            slope = sigmoid * (1.0 + features * (1.0 - sigmoid))
            return incoming * slope

        return features * math_functions.sigmoid(features), gradient

    return hooks.custom_gradient(forward)(features)


# -- softmax ----------------------------------------------------------------------


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
        axis = where(math_functions.less(axis, 0), axis + count, axis)
    elif axis < 0:
        axis += count
    last_plus_one = array.rank(logits)
    axis = axis % rank
    swapped = _swap_axes(logits, axis, math_functions.subtract(last_plus_one, 1))
    output = constructor(swapped)
    output = _swap_axes(output, axis, math_functions.subtract(last_plus_one, 1), name=name)
    output.set_shape(shape)
    return output


def _swap_axes(tensor: Tensor, axis: Any, last: Tensor, name: str = "transpose") -> Tensor:
    permutation = joining.concat(
        [math_functions.range(axis), [last], math_functions.range(axis + 1, last), [axis]], 0
    )
    return transpose(tensor, permutation, name=name)


# -- biases and linear layers -----------------------------------------------------


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


# -- dropout ----------------------------------------------------------------------


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Set elements to 0 at random and scale the others up, so that the sum is expected to stay.

    Args:
        x: a tensor of floats.
        keep_prob: the probability that an element stays; the older way to give 1 - rate.
        noise_shape: the shape of the random mask, which is broadcast against `x`.
        seed: a seed for the random numbers.
        name: a scope for the nodes.
        rate: the probability that an element becomes 0, in [0, 1).

    Raises:
        ValueError: neither `rate` nor `keep_prob` is given, or both; it is out of range; `x` has no
            floats.
    """
    try:
        from_keep_prob = None if keep_prob is None else 1.0 - keep_prob
    except TypeError:
        raise ValueError(f"keep_prob must be a floating point number or Tensor (got {keep_prob!r})") from None
    rate = renamed("rate", rate, "keep_prob", from_keep_prob)
    if rate is None:
        raise ValueError("You must provide a rate to dropout.")
    with name_scope(name, "dropout", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_floating:
            raise ValueError(
                "x has to be a floating point tensor since it's going to be scaled. "
                f"Got a {x.dtype} tensor instead."
            )
        if isinstance(rate, numbers.Real):
            if not 0 <= rate < 1:
                raise ValueError(f"rate must be a scalar tensor or a float in the range [0, 1), got {rate:g}")
            if rate > 0.5:
                logging.log_first_n(
                    logging.WARN,
                    "Large dropout rate: %g (>0.5). It is the part that is dropped, "
                    "not the part that is kept.",
                    5,
                    rate,
                )
            if rate == 0:
                return x
        rate = convert_to_tensor(rate, dtype=x.dtype, name="rate")
        rate.get_shape().assert_has_rank(0)
        known = constant_value(rate)
        if known is not None and known == 0:
            return x
        drawn = random_uniform(_noise_shape(x, noise_shape), seed=seed, dtype=x.dtype)
        keep_prob = 1 - rate
        scale = 1 / keep_prob
        is_kept = drawn >= rate
        result = x * scale * math_functions.cast(is_kept, x.dtype)
        result.set_shape(x.get_shape())
        return result


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    """`noise_shape` with its unknown sizes taken from `x`."""
    if noise_shape is None:
        return array.shape(x)
    try:
        given = as_shape(noise_shape)
    except (TypeError, ValueError):
        return noise_shape
    if x._shape is None or given.dims is None or len(given.dims) != len(x._shape):
        return noise_shape
    sizes = [own if size is None else size for size, own in zip(given.as_list(), x._shape, strict=True)]
    return TensorShape(sizes)


# -- normalization of vectors -----------------------------------------------------

l2_loss = function_of("L2Loss", "l2_loss", "t", says="Half the sum of the squares of all elements.")


def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """`x` scaled so that its squares sum to 1 along the axes.

    Args:
        x: a tensor.
        axis: the axes of a vector; all if None.
        epsilon: the least sum of squares that is divided by.
        name: the name of the last node.
        dim: the older name of `axis`.
    """
    axis = renamed("axis", axis, "dim", dim)
    with name_scope(name, "l2_normalize", [x]) as name:
        x = convert_to_tensor(x, name="x")
        total = reduce_sum(math_functions.square(x), axis, keepdims=True)
        inverse = math_functions.rsqrt(math_functions.maximum(total, epsilon))
        return math_functions.multiply(x, inverse, name=name)


# -- ranking and counting ---------------------------------------------------------


def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None) -> Any:
    """The largest values along the last axis and their indices.

    Args:
        input: a tensor of rank 1 or more.
        k: how many.
        sorted: whether the largest must come first (it always does here).
        name: the name of the node.

    Returns:
        (values, indices) as a named tuple; of equal values the one with the lower index comes first.
    """
    return g.top_kv2(input, k, sorted=sorted, name=name)


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Whether the target of each row is among its k largest predictions; ties count as among them.

    Args:
        predictions: a float32 matrix (batch, classes).
        targets: a vector (batch,) of classes.
        k: how many.
        name: the name of the node.
    """
    with name_scope(name, "in_top_k"):
        return g.in_top_kv2(predictions, targets, k, name=name)


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The fraction of elements that are 0, as a float32 scalar.

    Args:
        value: a tensor of numbers.
        name: a scope for the nodes.
    """
    with name_scope(name, "zero_fraction", [value]):
        value = convert_to_tensor(value, name="value")
        size = array.size(value, out_type=dtypes.int64)
        # Counting in int32 is faster, where it cannot overflow.
        nonzero = cond(
            size <= dtypes.int32.max,
            true_fn=lambda: math_functions.cast(_count_nonzero(value, dtypes.int32), dtype=dtypes.int64),
            false_fn=lambda: _count_nonzero(value, dtypes.int64),
        )
        with name_scope("counts_to_fraction"):
            zero = math_functions.cast(size - nonzero, dtype=dtypes.float32)
            fraction = zero / math_functions.cast(size, dtype=dtypes.float32)
        return array.identity(fraction, "fraction")


def _count_nonzero(value: Tensor, dtype: Any) -> Tensor:
    with name_scope("count_nonzero", values=[value]):
        zero = array.zeros([], dtype=value.dtype)
        is_nonzero = math_functions.cast(math_functions.not_equal(value, zero), dtype=dtype)
        return reduce_sum(is_nonzero, name="nonzero_count")
