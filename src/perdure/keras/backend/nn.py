"""Keras' backend: activations, losses of elements, normalization and dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array import array, joining, rearranging
from perdure.functional.array.gathering import where
from perdure.functional.math import binary, unary
from perdure.functional.math.cast import cast
from perdure.functional.math.clip import clip_by_value
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.nn import activations, losses, normalization, top_k
from perdure.functional.nn.dropout import dropout as dropped_out
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.keras.backend.math import constant_like
from perdure.keras.backend.shapes import ndim, ones_like, zeros_like
from perdure.keras.config import epsilon, floatx
from perdure.variables.base import Variable


def relu(x: Any, alpha: Any = 0.0, max_value: Any = None, threshold: Any = 0) -> Tensor:
    """The rectified linear unit.

    Args:
        x: a tensor.
        alpha: the slope below the threshold.
        max_value: the largest result, or None.
        threshold: below it, the result is `alpha * (x - threshold)`.
    """
    if alpha != 0.0:
        if max_value is None and threshold == 0:
            return activations.leaky_relu(x, alpha=alpha)
        negative_part = g.relu(-x + threshold if threshold != 0 else -x)
    is_clipped = max_value is not None
    if threshold != 0:
        x = x * cast(binary.greater(x, threshold), floatx())
    elif max_value == 6:
        x = activations.relu6(x)
        is_clipped = False
    else:
        x = g.relu(x)
    if is_clipped:
        high = constant_like(max_value, x)
        x = clip_by_value(x, constant_like(0.0, x), high)
    if alpha != 0.0:
        x -= convert_to_tensor(alpha, dtype=x.dtype.base_dtype) * negative_part
    return x


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """The exponential linear unit, with the slope `alpha` at large negative values."""
    result = g.elu(x)
    return result if alpha == 1 else where(x > 0, result, alpha * result)


def softmax(x: Any, axis: int = -1) -> Tensor:
    """Exponentials that sum to 1 over an axis."""
    return activations.softmax(x, axis=axis)


def softplus(x: Any) -> Tensor:
    """log(exp(x) + 1)."""
    return g.softplus(x)


def softsign(x: Any) -> Tensor:
    """x / (abs(x) + 1)."""
    return g.softsign(x)


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + exp(-x))."""
    return unary.sigmoid(x)


def hard_sigmoid(x: Any) -> Tensor:
    """The sigmoid as three straight lines: 0.2 x + 0.5 between 0 and 1."""
    slope, middle = constant_like(0.2, x), constant_like(0.5, x)
    return clip_by_value(binary.add(binary.multiply(x, slope), middle), 0.0, 1.0)


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent."""
    return unary.tanh(x)


def l2_normalize(x: Any, axis: Any = None) -> Tensor:
    """A tensor divided by its norm over axes."""
    return normalization.l2_normalize(x, axis=axis)


def in_top_k(predictions: Any, targets: Any, k: int) -> Tensor:
    """Whether each target is among the `k` largest predictions."""
    return top_k.in_top_k(predictions, targets, k)


def dropout(x: Any, level: Any, noise_shape: Any = None, seed: int | None = None) -> Tensor:
    """Elements set to 0 at random; NumPy draws the seed if there is none."""
    seed = np.random.randint(10**7) if seed is None else seed
    return dropped_out(x, rate=level, noise_shape=noise_shape, seed=seed)


# -- losses of elements ------------------------------------------------------------------


def _logits_behind(output: Any, op_type: str) -> Any:
    """The logits that probabilities were made of, if an op of that type did it just before."""
    if isinstance(output, Variable) or output.op.type != op_type:
        return None
    return output.op.inputs[0]


def _inside(output: Any) -> Any:
    """Probabilities kept away from 0 and 1."""
    small = constant_like(epsilon(), output)
    return clip_by_value(output, small, 1.0 - small)


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """The cross entropy of distributions over classes.

    Args:
        target: the probabilities of the classes.
        output: what was predicted for them: probabilities, or logits.
        from_logits: whether `output` is logits.
        axis: the axis of the classes.
    """
    if not from_logits:
        logits = _logits_behind(output, "Softmax")
        if logits is None:
            output = _inside(output / reduce_sum(output, axis, True))
            return -reduce_sum(target * unary.log(output), axis)
        output = logits
    return losses.softmax_cross_entropy_with_logits_v2(labels=target, logits=output, axis=axis)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """The cross entropy of classes given by number; see `categorical_crossentropy`."""
    if not from_logits:
        logits = _logits_behind(output, "Softmax")
        if logits is None:
            small = constant_like(epsilon(), output)
            logits = unary.log(clip_by_value(output, small, 1 - small))
        output = logits
    rank = output.shape.ndims
    if rank is not None:
        axis %= rank
        if axis != rank - 1:
            output = rearranging.transpose(output, perm=[i for i in range(rank) if i != axis] + [axis])
    elif axis != -1:
        raise ValueError(
            f"Cannot compute sparse categorical crossentropy with `axis={axis}` on an output tensor with "
            "unknown rank"
        )
    target = cast(target, "int64")
    sizes = array.shape(output)
    target_rank = target.shape.ndims
    is_reshaped = target_rank is not None and rank is not None and target_rank != rank - 1
    if is_reshaped:
        target = array.reshape(target, [-1])
        output = array.reshape(output, [-1, sizes[-1]])
    result = losses.sparse_softmax_cross_entropy_with_logits(labels=target, logits=output)
    return array.reshape(result, sizes[:-1]) if is_reshaped and (rank or 0) >= 3 else result


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """The cross entropy of two classes; see `categorical_crossentropy`."""
    if not from_logits:
        logits = _logits_behind(output, "Sigmoid")
        if logits is None:
            output = _inside(output)
            found = target * unary.log(output + epsilon())
            found += (1 - target) * unary.log(1 - output + epsilon())
            return -found
        output = logits
    return losses.sigmoid_cross_entropy_with_logits(labels=target, logits=output)


# -- normalization -----------------------------------------------------------------------


def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Any, epsilon: float = 0.001
) -> tuple[Tensor, Tensor, Tensor]:
    """A normalized batch, its mean and its variance.

    Args:
        x: the batch.
        gamma, beta: scale and offset, or None.
        reduction_axes: the axes over which the moments are computed.
        epsilon: what is added to the variance.
    """
    axes = list(reduction_axes)
    if ndim(x) == 4 and axes == [0, 1, 2]:
        size = [x.shape[3]]
        gamma = constant(1.0, dtype=x.dtype, shape=size) if gamma is None else gamma
        beta = constant(0.0, dtype=x.dtype, shape=size) if beta is None else beta
        return normalization.fused_batch_norm(x, gamma, beta, epsilon=epsilon, data_format="NHWC")
    mean, variance = normalization.moments(x, axes, None, None, False)
    if sorted(axes) == list(range(ndim(x) or 0))[:-1]:
        return (
            normalization.batch_normalization(x, mean, variance, beta, gamma, epsilon),
            mean,
            variance,
        )
    sizes = joining.stack([1 if axis in axes else array.shape(x)[axis] for axis in range(ndim(x) or 0)])
    shaped = [None if v is None else array.reshape(v, sizes) for v in (mean, variance, gamma, beta)]
    normed = normalization.batch_normalization(x, shaped[0], shaped[1], shaped[3], shaped[2], epsilon)
    return normed, mean, variance


def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 0.001
) -> Tensor:
    """A batch normalized by given moments.

    Args:
        x: the batch.
        mean, var: the moments.
        beta, gamma: offset and scale, or None.
        axis: the axis of the channels.
        epsilon: what is added to the variance.
    """
    if ndim(x) == 4 and axis in (3, -1):

        def flat(value: Any, default: Any) -> Any:
            if value is None:
                return default(mean)
            return array.reshape(value, [-1]) if (ndim(value) or 0) > 1 else value

        mean, var = flat(mean, None), flat(var, None)
        beta, gamma = flat(beta, zeros_like), flat(gamma, ones_like)
        normed, _, _ = normalization.fused_batch_norm(
            x, gamma, beta, epsilon=epsilon, mean=mean, variance=var, data_format="NHWC", is_training=False
        )
        return normed
    return normalization.batch_normalization(x, mean, var, beta, gamma, epsilon)
