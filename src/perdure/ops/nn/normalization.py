"""Batch normalization, local response normalization, and half the sum of squares (L2Loss).

Gradients follow nn_grad.py of TensorFlow 1.15.  On the CPU TensorFlow normalizes channels last only.
"""

import numpy as np

from perdure.graph.errors import InternalError
from perdure.graph.shapes import format_shape, merge, merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.nn.windows import (
    as_format,
    channels,
    channels_last,
    is_channels_first,
    refuse_channels_first,
    require_rank,
)
from perdure.ops.registry import op
from perdure.ops.traits import WINDOW

# -- shared by the family ---------------------------------------------------------


def with_channels(shape, size, data_format):
    """`shape` with its channels replaced."""
    axis = 1 if is_channels_first(data_format) else 3
    return (*shape[:axis], size, *shape[axis + 1 :])


def wide(array):
    """Half precision as float32, in which TensorFlow computes it."""
    return array.astype(np.float32) if array.dtype.itemsize == 2 else array


def check_channels(x, vectors):
    """InvalidArgumentError unless each vector has one value per channel of `x` (channels last)."""
    for name, vector in vectors.items():
        if vector.shape != x.shape[-1:]:
            raise invalid(
                f"{name} must have one value per channel, shape {format_shape(x.shape[-1:])}, "
                f"but has shape {format_shape(vector.shape)}"
            )


def rows_of(x):
    return wide(x).reshape(-1, x.shape[-1])


# -- FusedBatchNorm, FusedBatchNormV2, FusedBatchNormV3 ---------------------------


def fused_shapes(x, scale, offset, mean, variance, data_format, is_training):
    x = with_rank(x, 4)
    size = channels(x, data_format)
    for vector in (scale, offset) if is_training else (scale, offset, mean, variance):
        size = merge_size(size, with_rank(vector, 1)[0])
    return [with_channels(x, size, data_format), *[(size,)] * 4]


def fused_kernel(xp, x, scale, offset, mean, variance, epsilon, data_format, is_training):
    refuse_channels_first(
        xp,
        data_format,
        InternalError,
        "The CPU implementation of FusedBatchNorm only supports NHWC tensor format for now.",
    )
    require_rank(x, 4, "input")
    result_type, x = x.dtype, channels_last(xp, x, data_format)
    check_channels(x, {"scale": scale, "offset": offset})
    rows = rows_of(x)
    epsilon = np.float32(epsilon)
    if is_training:
        if mean.size or variance.size:
            which, given = ("mean", mean) if mean.size else ("variance", variance)
            raise invalid(f"estimated_{which} must be empty for training{format_shape(given.shape)}")
        count = rows.shape[0]
        mean = xp.sum(rows, axis=0) / np.float32(count)  # NaN for an empty batch
        centered = rows - mean
        saved = xp.sum(centered * centered, axis=0) / np.float32(count)
        # The running average wants the unbiased variance, the gradient the biased one.
        unbiased = saved * np.float32(count / max(count - 1, 1))
    else:
        check_channels(x, {"mean": mean, "variance": variance})
        centered, saved, unbiased = rows - mean, variance, variance
    y = centered * (scale / xp.sqrt(saved + epsilon)) + offset
    y = as_format(xp, y.reshape(x.shape).astype(result_type), data_format)
    return y, mean, unbiased, mean, saved


def fused_gradient(constructor, d_y, x, scale, mean, variance, statistics, attrs, more=()):
    """The nodes of a gradient; `statistics` are the reserved outputs of the forward op."""
    g, grad = constructor
    if attrs["is_training"]:
        found = grad(d_y, x, scale, *statistics, *more, **attrs)
        return dict(zip(("x", "scale", "offset", "mean", "variance"), found, strict=True))
    if attrs["data_format"] == "NCHW":
        x = g.transpose(x, [0, 2, 3, 1])
        d_y = g.transpose(d_y, [0, 2, 3, 1])
    d_x, d_scale, d_offset, _, _ = grad(
        d_y, x, scale, mean, variance, *more, **{**attrs, "data_format": "NHWC"}
    )
    if attrs["data_format"] == "NCHW":
        d_x = g.transpose(d_x, [0, 3, 1, 2])
    return {"x": d_x, "scale": d_scale, "offset": d_offset}


def fused_batch_norm_shape(x, scale, offset, mean, variance, *, data_format, is_training):
    return fused_shapes(x, scale, offset, mean, variance, data_format, is_training)


def fused_batch_norm_kernel(xp, x, scale, offset, mean, variance, *, epsilon, data_format, is_training):
    return fused_kernel(xp, x, scale, offset, mean, variance, epsilon, data_format, is_training)


def fused_batch_norm_gradient(
    g,
    d_y,
    x,
    scale,
    mean,
    variance,
    reserve_space_1,
    reserve_space_2,
    *,
    epsilon,
    data_format,
    is_training,
    node,
):
    is_first = node.type == "FusedBatchNorm"
    grad = g.fused_batch_norm_grad if is_first else g.fused_batch_norm_grad_v2
    attrs = {"epsilon": epsilon, "data_format": data_format, "is_training": is_training}
    return fused_gradient((g, grad), d_y, x, scale, mean, variance, (reserve_space_1, reserve_space_2), attrs)


for _fused in (
    op("FusedBatchNorm", work=WINDOW),
    op("FusedBatchNormV2", work=WINDOW),
):
    _fused.shape(fused_batch_norm_shape)
    _fused.kernel(fused_batch_norm_kernel)
    _fused.gradient(fused_batch_norm_gradient)

fused_v3 = op("FusedBatchNormV3", work=WINDOW)


@fused_v3.shape
def fused_batch_norm_v3_shape(x, scale, offset, mean, variance, *, data_format, is_training):
    return [*fused_shapes(x, scale, offset, mean, variance, data_format, is_training), None]


@fused_v3.kernel
def fused_batch_norm_v3_kernel(xp, x, scale, offset, mean, variance, *, epsilon, data_format, is_training):
    outputs = fused_kernel(xp, x, scale, offset, mean, variance, epsilon, data_format, is_training)
    # What cuDNN reserves; on the CPU TensorFlow leaves a zero there.
    return *outputs, xp.zeros((), np.float32)


@fused_v3.gradient
def fused_batch_norm_v3_gradient(
    g,
    d_y,
    x,
    scale,
    mean,
    variance,
    reserve_space_1,
    reserve_space_2,
    reserve_space_3,
    *,
    epsilon,
    data_format,
    is_training,
):
    attrs = {"epsilon": epsilon, "data_format": data_format, "is_training": is_training}
    return fused_gradient(
        (g, g.fused_batch_norm_grad_v3),
        d_y,
        x,
        scale,
        mean,
        variance,
        (reserve_space_1, reserve_space_2),
        attrs,
        (reserve_space_3,),
    )


# -- FusedBatchNormGrad, FusedBatchNormGradV2, FusedBatchNormGradV3 ---------------


def recomputed_gradients(g, d_y, x, scale, mean, variance, epsilon, data_format, is_training):
    """The three gradients of batch normalization out of plain nodes, to be differentiated again."""
    type_of_x, is_first = x.dtype, data_format == "NCHW"
    if type_of_x.name == "float16":
        x, d_y = g.cast(x, "float32"), g.cast(d_y, "float32")
    axes = [0, 2, 3] if is_first else [0, 1, 2]
    if is_training:
        if is_first:
            scale = g.reshape(scale, [1, g.size(scale), 1, 1])
        mean_d_y = g.reduce_mean(d_y, axes, keepdims=is_first)
        mean_x = g.reduce_mean(x, axes, keepdims=is_first)
        squares = g.squared_difference(x, g.stop_gradient(mean_x))
        variance = g.reduce_mean(squares, axes, keepdims=is_first)
        d_y_centered, x_centered = d_y - mean_d_y, x - mean_x
        correlation = g.reduce_mean(d_y * x_centered, axis=axes, keepdims=is_first)
        d_x = (
            scale
            * g.rsqrt(variance + epsilon)
            * (d_y_centered - g.reciprocal(variance + epsilon) * correlation * x_centered)
        )
        d_scale = g.rsqrt(variance + epsilon) * g.reduce_sum(d_y * x_centered, axis=axes, keepdims=is_first)
        if is_first:
            d_scale = g.squeeze(d_scale)
        d_offset = g.reduce_sum(d_y, axis=axes)
    else:
        if is_first:
            shape = [1, g.size(mean), 1, 1]
            mean, variance, scale = (g.reshape(v, shape) for v in (mean, variance, scale))
        d_offset = g.reduce_sum(d_y, axis=axes)
        inverse = g.rsqrt(variance + epsilon)
        d_scale = g.reduce_sum(d_y * (x - mean) * inverse, axis=axes)
        d_x = d_y * scale * inverse
    return g.cast(d_x, type_of_x), d_scale, d_offset


def fused_batch_norm_grad_shape(
    y_backprop, x, scale, reserve_space_1, reserve_space_2, *, data_format, is_training
):
    y_backprop, x = with_rank(y_backprop, 4), with_rank(x, 4)
    size = merge_size(channels(y_backprop, data_format), channels(x, data_format))
    for vector in (scale, reserve_space_1, reserve_space_2):
        size = merge_size(size, with_rank(vector, 1)[0])
    unused = (0,) if is_training else (size,)
    return [with_channels(y_backprop, size, data_format), (size,), (size,), unused, unused]


def fused_batch_norm_grad_kernel(
    xp,
    y_backprop,
    x,
    scale,
    reserve_space_1,
    reserve_space_2,
    *,
    epsilon,
    data_format,
    is_training,
):
    refuse_channels_first(
        xp,
        data_format,
        InternalError,
        "The CPU implementation of FusedBatchNormGrad only supports NHWC tensor format for now.",
    )
    require_rank(x, 4, "input")
    if y_backprop.shape != x.shape:
        raise invalid(
            f"x and y_backprop must have the same shape, but have "
            f"{format_shape(x.shape)} and {format_shape(y_backprop.shape)}"
        )
    result_type, x = x.dtype, channels_last(xp, x, data_format)
    check_channels(
        x, {"scale": scale, "reserve_space_1": reserve_space_1, "reserve_space_2": reserve_space_2}
    )
    d_y = rows_of(channels_last(xp, y_backprop, data_format))
    centered = rows_of(x) - reserve_space_1
    inverse = 1 / xp.sqrt(reserve_space_2 + np.float32(epsilon))
    d_offset = xp.sum(d_y, axis=0)
    correlation = xp.sum(d_y * centered, axis=0)
    d_x = d_y
    if is_training:
        count = np.float32(max(d_y.shape[0], 1))
        d_x = d_y - d_offset / count - centered * (correlation * inverse * inverse / count)
    d_x = (d_x * (scale * inverse)).reshape(x.shape).astype(result_type)
    nothing = xp.zeros((), np.float32)
    return (as_format(xp, d_x, data_format), correlation * inverse, d_offset, nothing, nothing)


def fused_batch_norm_grad_gradient(
    g,
    d_x_backprop,
    d_scale_backprop,
    d_offset_backprop,
    y_backprop,
    x,
    scale,
    reserve_space_1,
    reserve_space_2,
    *,
    epsilon,
    data_format,
    is_training,
):
    sources = [y_backprop, x, scale]
    recomputed = recomputed_gradients(
        g, *sources, reserve_space_1, reserve_space_2, epsilon, data_format, is_training
    )
    incoming = [d_x_backprop, d_scale_backprop, d_offset_backprop]
    # The gradient that came in may depend on x itself; only the formula counts here.
    found = g.gradients(list(recomputed), sources, incoming, stop_gradients=sources)
    return dict(zip(("y_backprop", "x", "scale"), found, strict=True))


for _fused in (
    op("FusedBatchNormGrad", work=WINDOW),
    op("FusedBatchNormGradV2", work=WINDOW),
    op("FusedBatchNormGradV3", work=WINDOW),
):
    _fused.shape(fused_batch_norm_grad_shape)
    _fused.kernel(fused_batch_norm_grad_kernel)
    _fused.gradient(fused_batch_norm_grad_gradient)

# -- BatchNormWithGlobalNormalization: only in GraphDefs older than version 9 -----

global_norm = op("BatchNormWithGlobalNormalization")


@global_norm.shape
def global_norm_shape(t, m, v, beta, gamma):
    t = with_rank(t, 4)
    size = t[3]
    for vector in (m, v, beta, gamma):
        size = merge_size(size, with_rank(vector, 1)[0])
    return (*t[:3], size)


@global_norm.kernel
def global_norm_kernel(xp, t, m, v, beta, gamma, *, variance_epsilon, scale_after_normalization):
    require_rank(t, 4, "input")
    check_channels(t, {"m": m, "v": v, "beta": beta, "gamma": gamma})
    factor = 1 / xp.sqrt(v + v.dtype.type(variance_epsilon))
    if scale_after_normalization:
        factor = factor * gamma
    return (t - m) * factor + beta


@global_norm.gradient
def global_norm_gradient(g, d_result, t, m, v, gamma, *, variance_epsilon, scale_after_normalization):
    found = g.batch_norm_with_global_normalization_grad(
        t,
        m,
        v,
        gamma,
        d_result,
        variance_epsilon=variance_epsilon,
        scale_after_normalization=scale_after_normalization,
    )
    return dict(zip(("t", "m", "v", "beta", "gamma"), found, strict=True))


global_norm_grad = op("BatchNormWithGlobalNormalizationGrad")


@global_norm_grad.shape
def global_norm_grad_shape(t, m, v, gamma, backprop):
    shape = merge(with_rank(t, 4), with_rank(backprop, 4))
    size = shape[3]
    for vector in (m, v, gamma):
        size = merge_size(size, with_rank(vector, 1)[0])
    return [(*shape[:3], size), *[(size,)] * 4]


@global_norm_grad.kernel
def global_norm_grad_kernel(xp, t, m, v, gamma, backprop, *, variance_epsilon, scale_after_normalization):
    check_channels(t, {"m": m, "v": v, "gamma": gamma})
    variance = v + v.dtype.type(variance_epsilon)
    inverse = 1 / xp.sqrt(variance)
    rows, centered = rows_of(backprop), rows_of(t) - m
    d_beta = xp.sum(rows, axis=0)
    correlation = xp.sum(rows * centered, axis=0)
    factor = gamma if scale_after_normalization else xp.ones_like(gamma)
    d_gamma = correlation * inverse if scale_after_normalization else xp.zeros_like(gamma)
    return (
        backprop * (factor * inverse),
        -d_beta * factor * inverse,
        correlation * factor * inverse / variance * v.dtype.type(-0.5),
        d_beta,
        d_gamma,
    )


global_norm_grad.refuse_gradient()

# -- LRN, LRNGrad -----------------------------------------------------------------


def neighbours(xp, values, depth_radius):
    """Sums over the channels within `depth_radius` of each channel."""
    depth = values.shape[-1]
    distance = np.abs(np.arange(depth)[:, None] - np.arange(depth))
    band = (distance <= depth_radius).astype(np.float32)
    return xp.matmul(values, band)


def lrn_norm(xp, image, depth_radius, bias, alpha):
    """bias + alpha * the sums of squares, in float32."""
    return np.float32(bias) + np.float32(alpha) * neighbours(xp, image * image, depth_radius)


lrn = op("LRN", work=WINDOW)


@lrn.shape
def lrn_shape(input):
    return with_rank(input, 4)


@lrn.kernel
def lrn_kernel(xp, input, *, depth_radius, bias, alpha, beta):
    if input.ndim != 4:
        raise invalid("in must be 4-dimensional")
    image = wide(input)
    norm = lrn_norm(xp, image, depth_radius, bias, alpha)
    return (image * norm ** np.float32(-beta)).astype(input.dtype)


@lrn.gradient
def lrn_gradient(g, d_output, input, output, *, depth_radius, bias, alpha, beta):
    return {
        "input": g.lrn_grad(
            d_output, input, output, depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta
        )
    }


lrn_grad = op("LRNGrad", work=WINDOW)


@lrn_grad.shape
def lrn_grad_shape(input_grads, input_image, output_image):
    return merge(merge(with_rank(input_grads, 4), input_image), output_image)


@lrn_grad.kernel
def lrn_grad_kernel(xp, input_grads, input_image, output_image, *, depth_radius, bias, alpha, beta):
    if not input_grads.shape == input_image.shape == output_image.shape or input_grads.ndim != 4:
        raise invalid("input_grads, input_image, and out_image should have the same shape")
    d_output, image, output = wide(input_grads), wide(input_image), wide(output_image)
    norm = lrn_norm(xp, image, depth_radius, bias, alpha)
    # output = image / norm^beta, and every norm within reach depends on this channel of the image.
    shared = neighbours(xp, d_output * output / norm, depth_radius)
    d_image = d_output * norm ** np.float32(-beta) - np.float32(2 * alpha * beta) * image * shared
    return d_image.astype(input_grads.dtype)


lrn_grad.refuse_gradient()

# -- L2Loss -----------------------------------------------------------------------

l2_loss = op("L2Loss")


@l2_loss.shape
def l2_loss_shape():
    return ()


@l2_loss.kernel
def l2_loss_kernel(xp, t):
    values = wide(t).reshape(-1)
    half = values.dtype.type(0.5)
    return (xp.sum(values * values) * half).astype(t.dtype)


@l2_loss.gradient
def l2_loss_gradient(g, d_output, t):
    return {"t": t * d_output}
