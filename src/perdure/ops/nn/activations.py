"""Activation functions of neural networks, softmax, and adding a bias.

Gradients follow nn_grad.py of TensorFlow 1.15.  Where TensorFlow's formulas decide a special value
(relu keeps NaN, relu'(0) = 0, softsign of infinity is NaN) the kernels use the same formulas.
"""

import numpy as np

from perdure.graph.shapes import (
    format_shape,
    merge,
    merge_size,
    with_rank,
    with_rank_at_least,
)
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import TRANSCENDENTAL, Algebra

# -- shared by the family ---------------------------------------------------------

# Klambauer et al., Self-Normalizing Neural Networks (2017).
SELU_SCALE = 1.0507009873554804934193349852946
SELU_SCALE_ALPHA = 1.7580993408473768599402175208123


def same_shape(features):
    return features


def merged_shape(gradients, features):
    return merge(gradients, features)


def check_same_sizes(gradients, features):
    if gradients.shape != features.shape:
        raise invalid(
            "Inputs must have the same size and shape. Input 0: "
            f"{format_shape(gradients.shape)} != input 1: {format_shape(features.shape)}"
        )


def activation(type, compute, **traits):
    """Define an op activations = compute(xp, features) and return it."""
    new = op(type, **traits)
    new.shape(same_shape)

    def kernel(xp, features):
        return compute(xp, features)

    new.kernel(kernel)
    return new


def activation_gradient(type, compute):
    """Define an op backprops = compute(xp, gradients, features) and return it."""
    new = op(type)
    new.shape(merged_shape)

    def kernel(xp, gradients, features):
        check_same_sizes(gradients, features)
        return compute(xp, gradients, features)

    new.kernel(kernel)
    return new


def activation_gradient_by_output(type, compute):
    """Define an op backprops = compute(xp, gradients, outputs) and return it."""
    new = op(type)

    @new.shape
    def shape(gradients, outputs):
        return merge(gradients, outputs)

    @new.kernel
    def kernel(xp, gradients, outputs):
        check_same_sizes(gradients, outputs)
        return compute(xp, gradients, outputs)

    return new


def zeros_like(g, tensor):
    return g.zeros(g.shape(tensor), dtype=tensor.dtype)


# -- Relu, ReluGrad ---------------------------------------------------------------

relu = activation("Relu", lambda xp, x: xp.maximum(x, x.dtype.type(0)))


@relu.gradient
def relu_gradient(g, d_activations, activations):
    return {"features": g.relu_grad(d_activations, activations)}


relu_grad = activation_gradient("ReluGrad", lambda xp, d, x: d * (x > 0))


@relu_grad.gradient
def relu_grad_gradient(g, d_backprops, features):
    return {"gradients": g.relu_grad(d_backprops, features), "features": zeros_like(g, features)}


# -- Relu6, Relu6Grad -------------------------------------------------------------

relu6 = activation("Relu6", lambda xp, x: xp.minimum(xp.maximum(x, x.dtype.type(0)), x.dtype.type(6)))


@relu6.gradient
def relu6_gradient(g, d_activations, activations):
    return {"features": g.relu6_grad(d_activations, activations)}


relu6_grad = activation_gradient("Relu6Grad", lambda xp, d, x: d * ((x > 0) & (x < 6)))


@relu6_grad.gradient
def relu6_grad_gradient(g, d_backprops, features):
    return {"gradients": g.relu6_grad(d_backprops, features), "features": zeros_like(g, features)}


# -- LeakyRelu, LeakyReluGrad -----------------------------------------------------

leaky_relu = op("LeakyRelu")
leaky_relu.shape(same_shape)


@leaky_relu.kernel
def leaky_relu_kernel(xp, features, *, alpha):
    return xp.where(features > 0, features, features * features.dtype.type(alpha))


@leaky_relu.gradient
def leaky_relu_gradient(g, d_activations, features, *, alpha):
    return {"features": g.leaky_relu_grad(d_activations, features, alpha=alpha)}


leaky_relu_grad = op("LeakyReluGrad")
leaky_relu_grad.shape(merged_shape)


@leaky_relu_grad.kernel
def leaky_relu_grad_kernel(xp, gradients, features, *, alpha):
    check_same_sizes(gradients, features)
    return xp.where(features > 0, gradients, gradients * gradients.dtype.type(alpha))


@leaky_relu_grad.gradient
def leaky_relu_grad_gradient(g, d_backprops, features, *, alpha):
    return {
        "gradients": g.leaky_relu_grad(d_backprops, features, alpha=alpha),
        "features": zeros_like(g, features),
    }


# -- Elu, EluGrad -----------------------------------------------------------------


def compute_elu(xp, x):
    # The exponent of what is not negative is not used, and must not overflow.
    return xp.where(x < 0, xp.expm1(xp.minimum(x, x.dtype.type(0))), x)


elu = activation("Elu", compute_elu, work=TRANSCENDENTAL)


@elu.gradient
def elu_gradient(g, d_activations, activations):
    return {"features": g.elu_grad(d_activations, activations)}


elu_grad = activation_gradient_by_output(
    "EluGrad", lambda xp, d, y: xp.where(y < 0, (y + y.dtype.type(1)) * d, d)
)


@elu_grad.gradient
def elu_grad_gradient(g, d_backprops, gradients, outputs):
    first = g.elu_grad(d_backprops, outputs)
    is_negative = outputs < 0
    second = g.where(is_negative, d_backprops * gradients, g.zeros_like(outputs))
    return {"gradients": first, "outputs": second}


# -- Selu, SeluGrad ---------------------------------------------------------------


def compute_selu(xp, x):
    number = x.dtype.type
    below = number(SELU_SCALE_ALPHA) * xp.expm1(xp.minimum(x, number(0)))
    return xp.where(x < 0, below, x * number(SELU_SCALE))


def compute_selu_grad(xp, d, y):
    number = y.dtype.type
    return xp.where(y < 0, d * (y + number(SELU_SCALE_ALPHA)), d * number(SELU_SCALE))


selu = activation("Selu", compute_selu, work=TRANSCENDENTAL)


@selu.gradient
def selu_gradient(g, d_activations, activations):
    return {"features": g.selu_grad(d_activations, activations)}


selu_grad = activation_gradient_by_output("SeluGrad", compute_selu_grad)


@selu_grad.gradient
def selu_grad_gradient(g, d_backprops, gradients, outputs):
    first = g.selu_grad(d_backprops, outputs)
    is_negative = outputs < 0.0
    second = g.where(is_negative, d_backprops * gradients, g.zeros_like(outputs))
    return {"gradients": first, "outputs": second}


# -- Softplus, SoftplusGrad -------------------------------------------------------

softplus = activation("Softplus", lambda xp, x: xp.logaddexp(x, x.dtype.type(0)), work=TRANSCENDENTAL)


@softplus.gradient
def softplus_gradient(g, d_activations, features):
    return {"features": d_activations * g.sigmoid(features)}


softplus_grad = activation_gradient("SoftplusGrad", lambda xp, d, x: d / (xp.exp(-x) + x.dtype.type(1)))


@softplus_grad.gradient
def softplus_grad_gradient(g, d_backprops, gradients, features):
    with g.control_dependencies([d_backprops]):
        first = g.softplus_grad(d_backprops, features)
        curvature = g.exp(-features) + 2.0 + g.exp(features)
        second = d_backprops * gradients / curvature
    return {"gradients": first, "features": second}


# -- Softsign, SoftsignGrad -------------------------------------------------------

softsign = activation("Softsign", lambda xp, x: x / (xp.abs(x) + x.dtype.type(1)))


@softsign.gradient
def softsign_gradient(g, d_activations, features):
    return {"features": g.softsign_grad(d_activations, features)}


softsign_grad = activation_gradient(
    "SoftsignGrad", lambda xp, d, x: d / xp.square(xp.abs(x) + x.dtype.type(1))
)
softsign_grad.refuse_gradient()

# -- Softmax, LogSoftmax ----------------------------------------------------------


def check_logits(logits):
    if logits.ndim < 1:
        raise invalid(f"logits must have >= 1 dimension, got {format_shape(logits.shape)}")


def shifted(xp, logits):
    """Logits with the largest of each row subtracted, in float32 if they are half precision."""
    if logits.dtype.itemsize == 2:
        logits = logits.astype(np.float32)
    return logits - xp.max(logits, axis=-1, keepdims=True) if logits.shape[-1] else logits


softmax = op("Softmax", work=TRANSCENDENTAL)


@softmax.shape
def softmax_shape(logits):
    return with_rank_at_least(logits, 1)


@softmax.kernel
def softmax_kernel(xp, logits):
    check_logits(logits)
    exponents = xp.exp(shifted(xp, logits))
    return (exponents / xp.sum(exponents, axis=-1, keepdims=True)).astype(logits.dtype)


@softmax.gradient
def softmax_gradient(g, d_softmax, softmax):
    total = g.reduce_sum(d_softmax * softmax, -1, keepdims=True)
    return {"logits": (d_softmax - total) * softmax}


log_softmax = op("LogSoftmax", work=TRANSCENDENTAL)


@log_softmax.shape
def log_softmax_shape(logits):
    return with_rank_at_least(logits, 1)


@log_softmax.kernel
def log_softmax_kernel(xp, logits):
    check_logits(logits)
    rows = shifted(xp, logits)
    return (rows - xp.log(xp.sum(xp.exp(rows), axis=-1, keepdims=True))).astype(logits.dtype)


@log_softmax.gradient
def log_softmax_gradient(g, d_logsoftmax, logsoftmax):
    softmax = g.exp(logsoftmax)
    return {"logits": d_logsoftmax - g.reduce_sum(d_logsoftmax, -1, keepdims=True) * softmax}


# -- BiasAdd ----------------------------------------------------------------------


def bias_axis(rank, data_format):
    return 1 if data_format == "NCHW" else rank - 1


def check_rank(value, data_format):
    least = 3 if data_format == "NCHW" else 2
    if value.ndim < least:
        raise invalid(f"Input tensor must be at least {least}D: {format_shape(value.shape)}")


def check_bias(value, bias, axis):
    if bias.ndim != 1:
        raise invalid(f"Biases must be 1D: {format_shape(bias.shape)}")
    if bias.shape[0] != value.shape[axis]:
        which = "last" if axis == value.ndim - 1 else "channel"
        raise invalid(
            f"Must provide as many biases as the {which} dimension of the input tensor: "
            f"{format_shape(bias.shape)} vs. {format_shape(value.shape)}"
        )


def bias_add_shape(value, bias, data_format):
    with_rank_at_least(value, 3 if data_format == "NCHW" else 2)
    (size,) = with_rank(bias, 1)
    if value is None:
        return None
    axis = bias_axis(len(value), data_format)
    return (*value[:axis], merge_size(value[axis], size), *value[axis + 1 :])


bias_add = op("BiasAdd")


@bias_add.shape
def bias_add_shape_rule(value, bias, *, data_format):
    return bias_add_shape(value, bias, data_format)


@bias_add.kernel
def bias_add_kernel(xp, value, bias, *, data_format):
    check_rank(value, data_format)
    axis = bias_axis(value.ndim, data_format)
    check_bias(value, bias, axis)
    return value + bias.reshape(-1, *(1,) * (value.ndim - 1 - axis))


@bias_add.gradient
def bias_add_gradient(g, d_output, *, data_format):
    return {"value": d_output, "bias": g.bias_add_grad(d_output, data_format=data_format)}


# -- BiasAddGrad ------------------------------------------------------------------

bias_add_grad = op("BiasAddGrad", algebra=Algebra.SUM_OF_ROWS)


@bias_add_grad.shape
def bias_add_grad_shape(out_backprop, *, data_format):
    with_rank_at_least(out_backprop, 3 if data_format == "NCHW" else 2)
    if out_backprop is None:
        return (None,)
    return (out_backprop[bias_axis(len(out_backprop), data_format)],)


@bias_add_grad.kernel
def bias_add_grad_kernel(xp, out_backprop, *, data_format):
    check_rank(out_backprop, data_format)
    axis = bias_axis(out_backprop.ndim, data_format)
    others = tuple(i for i in range(out_backprop.ndim) if i != axis)
    is_half = out_backprop.dtype.itemsize == 2 and out_backprop.dtype.kind not in "iu"
    wide = np.float32 if is_half else out_backprop.dtype
    return xp.sum(out_backprop, axis=others, dtype=wide).astype(out_backprop.dtype)


@bias_add_grad.gradient
def bias_add_grad_gradient(g, d_output, out_backprop, *, data_format):
    shape, bias_shape = g.shape(out_backprop), g.shape(d_output)
    if data_format == "NCHW":
        expanded = g.concat([g.ones_like(shape[:1]), bias_shape, g.ones_like(shape[2:])], 0)
        repeats = g.concat([shape[:1], [1], shape[2:]], 0)
    else:
        expanded = g.concat([g.ones_like(shape[:-1]), bias_shape], 0)
        repeats = g.concat([shape[:-1], [1]], 0)
    return {"out_backprop": g.tile(g.reshape(d_output, expanded), repeats)}


# -- BiasAddV1 --------------------------------------------------------------------

bias_add_v1 = op("BiasAddV1")


@bias_add_v1.shape
def bias_add_v1_shape(value, bias):
    return bias_add_shape(value, bias, "NHWC")


@bias_add_v1.kernel
def bias_add_v1_kernel(xp, value, bias):
    check_rank(value, "NHWC")
    check_bias(value, bias, value.ndim - 1)
    return value + bias


@bias_add_v1.gradient
def bias_add_v1_gradient(g, d_output):
    axes = g.range(g.rank(d_output) - 1)
    return {"value": d_output, "bias": g.reduce_sum(d_output, axes)}
