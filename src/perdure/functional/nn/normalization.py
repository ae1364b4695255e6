"""tf.nn: moments, batch normalization, local response normalization, and the l2 norm."""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.array import array
from perdure.functional.array.gathering import gather
from perdure.functional.math import binary, cast, unary
from perdure.functional.math.reductions import reduce_mean, reduce_prod, reduce_sum
from perdure.functional.plain import function_of
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

# -- moments ----------------------------------------------------------------------


def sufficient_statistics(
    x: Any,
    axes: Any,
    shift: Any = None,
    keep_dims: bool | None = None,
    name: str | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """What `normalize_moments` needs to compute mean and variance.

    Args:
        x: a tensor.
        axes: the axes over which to compute them.
        shift: a value near the mean, for numerical stability.
        keep_dims: the older name of `keepdims`.
        name: a scope for the nodes.
        keepdims: whether the axes stay, with size 1.

    Returns:
        (number of elements, sum of x - shift, sum of its squares, shift).
    """
    axes = list(set(axes))
    keepdims = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "sufficient_statistics", [x, shift]):
        x = convert_to_tensor(x, name="x")
        sizes = None if x._shape is None else [x._shape[axis] for axis in axes]
        if sizes is not None and None not in sizes:
            count = 1
            for size in sizes:
                count *= size
            counts = constant(count, dtype=x.dtype)
        else:
            dims = gather(cast.cast(array.shape(x), x.dtype), axes)
            counts = reduce_prod(dims, name="count")
        if shift is not None:
            shift = convert_to_tensor(shift, name="shift")
            values = binary.subtract(x, shift)
            squares = binary.squared_difference(x, shift)
        else:
            values = x
            squares = unary.square(x)
        mean_sum = reduce_sum(values, axes, keepdims=keepdims, name="mean_ss")
        square_sum = reduce_sum(squares, axes, keepdims=keepdims, name="var_ss")
    return counts, mean_sum, square_sum, shift


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Mean and variance from the results of `sufficient_statistics`.

    Args:
        counts: the number of elements.
        mean_ss: the sum of x - shift.
        variance_ss: the sum of its squares.
        shift: what was subtracted, or None.
        name: a scope for the nodes.
    """
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = unary.reciprocal(counts, name="divisor")
        if shift is not None:
            shifted = binary.multiply(mean_ss, divisor, name="shifted_mean")
            mean = binary.add(shifted, shift, name="mean")
        else:
            shifted = mean = binary.multiply(mean_ss, divisor, name="mean")
        variance = binary.subtract(
            binary.multiply(variance_ss, divisor),
            unary.square(shifted),
            name="variance",
        )
    return mean, variance


def moments(
    x: Any,
    axes: Any,
    shift: Any = None,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """The mean and the (biased) variance over axes.

    Args:
        x: a tensor; half precision is computed in float32.
        axes: the axes over which to compute them.
        shift: has no influence on the result, as in TensorFlow.
        name: a scope for the nodes.
        keep_dims: the older name of `keepdims`.
        keepdims: whether the axes stay, with size 1.
    """
    keepdims = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "moments", [x, axes]):
        is_half = x.dtype == dtypes.float16
        y = cast.cast(x, dtypes.float32) if is_half else x
        mean = reduce_mean(y, axes, keepdims=True, name="mean")
        variance = reduce_mean(
            binary.squared_difference(y, array.stop_gradient(mean)),
            axes,
            keepdims=True,
            name="variance",
        )
        if not keepdims:
            mean = array.squeeze(mean, axes)
            variance = array.squeeze(variance, axes)
        if is_half:
            return (cast.cast(mean, dtypes.float16), cast.cast(variance, dtypes.float16))
        return mean, variance


def weighted_moments(
    x: Any,
    axes: Any,
    frequency_weights: Any,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """The mean and variance over axes, of elements that count `frequency_weights` times.

    Args:
        x: a tensor; half precision is computed in float32.
        axes: the axes over which to compute them.
        frequency_weights: weights that broadcast against `x`.
        name: a scope for the nodes.
        keep_dims: the older name of `keepdims`.
        keepdims: whether the axes stay, with size 1.
    """
    keepdims = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(frequency_weights, name="frequency_weights")
        is_half = x.dtype == dtypes.float16
        if is_half:
            x = cast.cast(x, dtypes.float32)
        if weights.dtype != x.dtype:
            weights = cast.cast(weights, x.dtype)
        weighted_sum = reduce_sum(weights * x, axes, name="weighted_input_sum", keepdims=True)
        everywhere = weights + array.zeros_like(x)
        total = reduce_sum(everywhere, axes, name="sum_of_weights", keepdims=True)
        divisor = unary.reciprocal(total, name="inv_weight_sum")
        mean = binary.multiply(weighted_sum, divisor)
        distances = reduce_sum(
            weights * binary.squared_difference(x, mean),
            axes,
            name="weighted_distsq",
            keepdims=True,
        )
        variance = binary.multiply(distances, divisor)
        if not keepdims:
            mean = array.squeeze(mean, axis=axes)
            variance = array.squeeze(variance, axis=axes)
        if is_half:
            mean = cast.cast(mean, dtypes.float16)
            variance = cast.cast(variance, dtypes.float16)
        return mean, variance


# -- batch normalization ----------------------------------------------------------


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: Any,
    name: str | None = None,
) -> Tensor:
    """scale * (x - mean) / sqrt(variance + variance_epsilon) + offset.

    Args:
        x: a tensor.
        mean, variance: its moments, broadcast against it.
        offset: what is added, or None.
        scale: what the result is multiplied by, or None.
        variance_epsilon: a small number that keeps the divisor away from 0.
        name: a scope for the nodes.
    """
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        inverse = unary.rsqrt(variance + variance_epsilon)
        if scale is not None:
            inverse *= scale
        scaled = x * cast.cast(inverse, x.dtype)
        added = offset - mean * inverse if offset is not None else -mean * inverse
        return scaled + cast.cast(added, x.dtype)


def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Batch normalization of images in one op.

    Args:
        x: images (batch, height, width, channels).
        scale, offset: vectors (channels,).
        mean, variance: the moments to use outside training.
        epsilon: added to the variance; at least 1.001e-5.
        data_format: "NHWC" or "NCHW".
        is_training: whether the moments of the batch are used.
        name: the name of the node.

    Returns:
        (normalized images, mean, unbiased variance).

    Raises:
        ValueError: moments are given for training.
    """
    x = convert_to_tensor(x, name="input")
    scale = convert_to_tensor(scale, name="scale")
    offset = convert_to_tensor(offset, name="offset")
    if is_training and (mean is not None or variance is not None):
        raise ValueError("Both 'mean' and 'variance' must be None if is_training is True.")
    if mean is None:
        mean = constant([])
    if variance is None:
        variance = constant([])
    outputs = g.fused_batch_norm_v3(
        x,
        scale,
        offset,
        mean,
        variance,
        epsilon=max(epsilon, 1.001e-5),
        data_format=data_format,
        is_training=is_training,
        name=name,
    )
    return outputs[0], outputs[1], outputs[2]


def batch_norm_with_global_normalization(
    t: Any = None,
    m: Any = None,
    v: Any = None,
    beta: Any = None,
    gamma: Any = None,
    variance_epsilon: Any = None,
    scale_after_normalization: bool | None = None,
    name: str | None = None,
    input: Any = None,
    mean: Any = None,
    variance: Any = None,
) -> Tensor:
    """`batch_normalization`, with other names and an optional scale.

    Args:
        t, m, v: the older names of `input`, `mean` and `variance`.
        beta, gamma: offset and scale.
        variance_epsilon: a small number that keeps the divisor away from 0.
        scale_after_normalization: whether `gamma` is used.
        name: a scope for the nodes.
        input, mean, variance: a tensor and its moments.
    """
    input = renamed("input", input, "t", t)
    mean = renamed("mean", mean, "m", m)
    variance = renamed("variance", variance, "v", v)
    scale = gamma if scale_after_normalization else None
    return batch_normalization(input, mean, variance, beta, scale, variance_epsilon, name)


# -- local response normalization -------------------------------------------------


def lrn(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Tensor:
    """Divide each value by (bias + alpha * the squares of its neighbours among the channels)^beta.

    Args:
        input: images (batch, height, width, channels).
        depth_radius: how many channels on each side count.
        bias, alpha, beta: the constants of the formula.
        name: the name of the node.
    """
    return g.lrn(input, depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta, name=name)


local_response_normalization = lrn


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
        total = reduce_sum(unary.square(x), axis, keepdims=True)
        inverse = unary.rsqrt(binary.maximum(total, epsilon))
        return binary.multiply(x, inverse, name=name)
