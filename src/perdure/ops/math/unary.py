"""Elementwise functions of one tensor, and the ops that TensorFlow uses in their gradients.

Gradients follow math_grad.py of TensorFlow 1.15: the same nodes, made under a control dependency
on the incoming gradient where it makes them so.  `g.conj` makes no node for real types.
"""

import math

from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import TRANSCENDENTAL

# -- shared by the family ---------------------------------------------------------


def same_shape(x):
    return x


def same_shape_input(input):
    return input


def after(g, d):
    """The scope of nodes that TensorFlow holds back until the incoming gradient `d` is there."""
    return g.control_dependencies([d])


def elementwise(type, compute, **traits):
    """Define an op y = compute(xp, x) and return it, so that its gradient can follow."""
    new = op(type, **traits)
    new.shape(same_shape)

    def kernel(xp, x):
        return compute(xp, x)

    new.kernel(kernel)
    return new


def local_gradient(new):
    """Register the decorated d_y, x -> d_x as the gradient of an op; its nodes wait for d_y."""

    def register(function):
        def gradient(g, d_y, x):
            with after(g, d_y):
                return {"x": function(g, d_y, g.conj(x))}

        new.gradient(gradient)
        return function

    return register


def no_slope(g):
    return {"x": None}


NOT_CONTINUOUS = "its result does not change continuously with its input"

# -- Abs, Neg, Sign ---------------------------------------------------------------

abs_ = elementwise("Abs", lambda xp, x: xp.abs(x))


@abs_.gradient
def abs_gradient(g, d_y, x):
    return {"x": d_y * g.sign(x)}


neg = elementwise("Neg", lambda xp, x: xp.negative(x))


@neg.gradient
def neg_gradient(g, d_y):
    return {"x": -d_y}


sign = op("Sign")
sign.shape(same_shape)


@sign.kernel
def sign_kernel(xp, x, *, T):
    if T.is_complex:
        size = xp.abs(x)
        return (x / xp.where(size == 0, 1, size)).astype(x.dtype)
    if T.is_floating:
        return xp.where(xp.isnan(x), 0, xp.sign(x)).astype(x.dtype)  # not NaN, as np.sign
    return xp.sign(x)


@sign.gradient
def sign_gradient(g, x):
    return {"x": g.zeros(g.shape(x), dtype=x.dtype.base_dtype)}


# -- Square, Sqrt, Rsqrt, Reciprocal, Inv -----------------------------------------

square = elementwise("Square", lambda xp, x: xp.square(x))


@square.gradient
def square_gradient(g, d_y, x):
    with after(g, d_y):
        x = g.conj(x)
        two = g.constant(2.0, dtype=x.dtype.base_dtype)
        return {"x": g.mul(d_y, g.mul(x, two))}


sqrt = elementwise("Sqrt", lambda xp, x: xp.sqrt(x))


@sqrt.gradient
def sqrt_gradient(g, d_y, y):
    return {"x": g.sqrt_grad(y, d_y)}


rsqrt = elementwise("Rsqrt", lambda xp, x: 1 / xp.sqrt(x))


@rsqrt.gradient
def rsqrt_gradient(g, d_y, y):
    return {"x": g.rsqrt_grad(y, d_y)}


def reciprocal_kernel(xp, x, *, T):
    if T.is_integer:
        xp.require(xp.all(x != 0), "Integer division by zero")
        return xp.truncate_divide(xp.ones_like(x), x)
    return 1 / x


def reciprocal_gradient(g, d_y, y):
    return {"x": g.reciprocal_grad(y, d_y)}


for _reciprocal in (op("Reciprocal"), op("Inv")):
    _reciprocal.shape(same_shape)
    _reciprocal.kernel(reciprocal_kernel)
    _reciprocal.gradient(reciprocal_gradient)

# -- Exp, Expm1, Log, Log1p -------------------------------------------------------

exp = elementwise("Exp", lambda xp, x: xp.exp(x), work=TRANSCENDENTAL)


@exp.gradient
def exp_gradient(g, d_y, y):
    with after(g, d_y):
        return {"x": d_y * g.conj(y)}


expm1 = elementwise("Expm1", lambda xp, x: xp.expm1(x), work=TRANSCENDENTAL)


@local_gradient(expm1)
def expm1_gradient(g, d_y, x):
    return d_y * g.exp(x)


log = elementwise("Log", lambda xp, x: xp.log(x), work=TRANSCENDENTAL)


@local_gradient(log)
def log_gradient(g, d_y, x):
    return d_y * g.reciprocal(x)


log1p = elementwise("Log1p", lambda xp, x: xp.log1p(x), work=TRANSCENDENTAL)


@local_gradient(log1p)
def log1p_gradient(g, d_y, x):
    return d_y * g.reciprocal(1 + x)


# -- Sin, Cos, Tan ----------------------------------------------------------------

sin = elementwise("Sin", lambda xp, x: xp.sin(x), work=TRANSCENDENTAL)


@local_gradient(sin)
def sin_gradient(g, d_y, x):
    return d_y * g.cos(x)


cos = elementwise("Cos", lambda xp, x: xp.cos(x), work=TRANSCENDENTAL)


@local_gradient(cos)
def cos_gradient(g, d_y, x):
    return -d_y * g.sin(x)


def of_real_numbers(type, compute, **traits):
    """Define an op that the table allows for integers, for which TensorFlow has no kernel either."""

    def kernel(xp, x, *, T):
        if T.is_integer:
            raise invalid(f"No kernel of {type} for {T.name}; cast to a floating-point type first")
        return compute(xp, x)

    new = op(type, **traits)
    new.shape(same_shape)
    new.kernel(kernel)
    return new


tan = of_real_numbers("Tan", lambda xp, x: xp.tan(x), work=TRANSCENDENTAL)


@local_gradient(tan)
def tan_gradient(g, d_y, x):
    return g.square(g.reciprocal(g.cos(x))) * d_y


# -- Asin, Acos, Atan -------------------------------------------------------------


def one_like(g, d_y):
    return g.constant(1, dtype=d_y.dtype.base_dtype)


def root_slope(g, d_y, x):
    """1 / sqrt(1 - x^2)."""
    x2 = g.square(x)
    return g.reciprocal(g.sqrt(g.sub(one_like(g, d_y), x2)))


asin = of_real_numbers("Asin", lambda xp, x: xp.arcsin(x))


@local_gradient(asin)
def asin_gradient(g, d_y, x):
    return d_y * root_slope(g, d_y, x)


acos = of_real_numbers("Acos", lambda xp, x: xp.arccos(x))


@local_gradient(acos)
def acos_gradient(g, d_y, x):
    slope = root_slope(g, d_y, x)
    return -d_y * slope


atan = of_real_numbers("Atan", lambda xp, x: xp.arctan(x))


@local_gradient(atan)
def atan_gradient(g, d_y, x):
    x2 = g.square(x)
    return d_y * g.reciprocal(g.add(one_like(g, d_y), x2))


# -- Sinh, Cosh, Tanh, Asinh, Acosh, Atanh ----------------------------------------

sinh = elementwise("Sinh", lambda xp, x: xp.sinh(x))


@local_gradient(sinh)
def sinh_gradient(g, d_y, x):
    return d_y * g.cosh(x)


cosh = elementwise("Cosh", lambda xp, x: xp.cosh(x))


@local_gradient(cosh)
def cosh_gradient(g, d_y, x):
    return d_y * g.sinh(x)


tanh = elementwise("Tanh", lambda xp, x: xp.tanh(x), work=TRANSCENDENTAL)


@tanh.gradient
def tanh_gradient(g, d_y, y):
    with after(g, d_y):
        return {"x": g.tanh_grad(g.conj(y), d_y)}


asinh = elementwise("Asinh", lambda xp, x: xp.arcsinh(x))


@asinh.gradient
def asinh_gradient(g, d_y, y):
    with after(g, d_y):
        return {"x": d_y / g.cosh(g.conj(y))}


acosh = elementwise("Acosh", lambda xp, x: xp.arccosh(x))


@acosh.gradient
def acosh_gradient(g, d_y, y):
    with after(g, d_y):
        return {"x": d_y / g.sinh(g.conj(y))}


atanh = elementwise("Atanh", lambda xp, x: xp.arctanh(x))


@local_gradient(atanh)
def atanh_gradient(g, d_y, x):
    x2 = g.square(x)
    return d_y * g.reciprocal(g.sub(one_like(g, d_y), x2))


# -- Sigmoid, Erf, Erfc -----------------------------------------------------------

sigmoid = elementwise("Sigmoid", lambda xp, x: 1 / (1 + xp.exp(-x)), work=TRANSCENDENTAL)


@sigmoid.gradient
def sigmoid_gradient(g, d_y, y):
    with after(g, d_y):
        return {"x": g.sigmoid_grad(g.conj(y), d_y)}


def gaussian_gradient(factor):
    """The gradient of the error functions: factor * exp(-x^2), whose constant is not held back."""

    def gradient(g, d_y, x):
        scale = g.constant(factor, dtype=d_y.dtype.base_dtype)
        with after(g, d_y):
            return {"x": d_y * scale * g.exp(-g.square(g.conj(x)))}

    return gradient


erf = elementwise("Erf", lambda xp, x: xp.erf(x), work=TRANSCENDENTAL)
erf.gradient(gaussian_gradient(2 / math.sqrt(math.pi)))

erfc = elementwise("Erfc", lambda xp, x: xp.erfc(x), work=TRANSCENDENTAL)
erfc.gradient(gaussian_gradient(-2 / math.sqrt(math.pi)))

# -- Lgamma, Digamma, BesselI0e, BesselI1e ----------------------------------------

lgamma = elementwise("Lgamma", lambda xp, x: xp.lgamma(x), work=TRANSCENDENTAL)


@local_gradient(lgamma)
def lgamma_gradient(g, d_y, x):
    return d_y * g.digamma(x)


digamma = elementwise("Digamma", lambda xp, x: xp.digamma(x), work=TRANSCENDENTAL)


@local_gradient(digamma)
def digamma_gradient(g, d_y, x):
    return d_y * g.polygamma(g.constant(1, dtype=x.dtype.base_dtype), x)


bessel_i0e = elementwise("BesselI0e", lambda xp, x: xp.bessel_i0e(x))


@bessel_i0e.gradient
def bessel_i0e_gradient(g, d_y, x, y):
    with after(g, d_y):
        slope = g.bessel_i1e(x) - g.sign(x) * y
        return {"x": d_y * slope}


bessel_i1e = elementwise("BesselI1e", lambda xp, x: xp.bessel_i1e(x))


@bessel_i1e.gradient
def bessel_i1e_gradient(g, d_y, x, y):
    with after(g, d_y):
        # The slope at 0 is 1/2, but its formula divides by x there.
        eps = 2.0 ** -{"float16": 10, "bfloat16": 7, "float32": 23, "float64": 52}[x.dtype.base_dtype.name]
        zeros = g.zeros_like(x)
        is_not_tiny = g.abs(x) > eps
        safe_x = g.where(is_not_tiny, x, eps + zeros)
        slope = g.bessel_i0e(safe_x) - y * (g.sign(safe_x) + g.reciprocal(safe_x))
        return {"x": d_y * g.where(is_not_tiny, slope, 0.5 + zeros)}


# -- Floor, Ceil, Round, Rint -----------------------------------------------------

floor = elementwise("Floor", lambda xp, x: xp.floor(x))
floor.gradient(no_slope)

ceil = elementwise("Ceil", lambda xp, x: xp.ceil(x))
ceil.gradient(no_slope)

round_ = op("Round")
round_.shape(same_shape)


@round_.kernel
def round_kernel(xp, x, *, T):
    return x if T.is_integer else xp.rint(x)


round_.gradient(no_slope)

rint = elementwise("Rint", lambda xp, x: xp.rint(x))
rint.gradient(no_slope)

# -- IsNan, IsInf, IsFinite, LogicalNot, Invert, PopulationCount ------------------

is_nan = elementwise("IsNan", lambda xp, x: xp.isnan(x))
is_nan.not_differentiable(NOT_CONTINUOUS)

is_inf = elementwise("IsInf", lambda xp, x: xp.isinf(x))
is_inf.not_differentiable(NOT_CONTINUOUS)

is_finite = elementwise("IsFinite", lambda xp, x: xp.isfinite(x))
is_finite.not_differentiable(NOT_CONTINUOUS)

logical_not = elementwise("LogicalNot", lambda xp, x: xp.logical_not(x))
logical_not.not_differentiable(NOT_CONTINUOUS)

invert = elementwise("Invert", lambda xp, x: xp.invert(x))
invert.not_differentiable(NOT_CONTINUOUS)

population_count = elementwise("PopulationCount", lambda xp, x: xp.popcount(x))
population_count.not_differentiable(NOT_CONTINUOUS)

# -- the ops that gradients are made of -------------------------------------------


def grad_shape(y, dy):
    return y if dy is None else dy


def gradient_op(type, compute):
    """Define an op z = compute(xp, y, dy): what dy at the result y means at the argument."""
    new = op(type)
    new.shape(grad_shape)

    def kernel(xp, y, dy):
        return compute(xp, y, dy)

    new.kernel(kernel)
    return new


sigmoid_grad = gradient_op("SigmoidGrad", lambda xp, y, dy: dy * y * (1 - y))


@sigmoid_grad.gradient
def sigmoid_grad_gradient(g, d_z, y, dy):
    with after(g, d_z):
        y, dy = g.conj(y), g.conj(dy)
        scaled = d_z * dy
        return {"y": scaled - 2.0 * scaled * y, "dy": g.sigmoid_grad(y, d_z)}


tanh_grad = gradient_op("TanhGrad", lambda xp, y, dy: dy * (1 - y * y))


@tanh_grad.gradient
def tanh_grad_gradient(g, d_z, y, dy):
    with after(g, d_z):
        y, dy = g.conj(y), g.conj(dy)
        return {"y": d_z * -2.0 * dy * y, "dy": g.tanh_grad(y, d_z)}


sqrt_grad = gradient_op("SqrtGrad", lambda xp, y, dy: dy / (2 * xp.conj(y)))


@sqrt_grad.gradient
def sqrt_grad_gradient(g, d_z, y, z):
    with after(g, d_z):
        share = d_z / y
        return {"y": -g.conj(share) * z, "dy": 0.5 * share}


rsqrt_grad = gradient_op("RsqrtGrad", lambda xp, y, dy: -(dy * (xp.conj(y) * xp.conj(y) * xp.conj(y)) / 2))


@rsqrt_grad.gradient
def rsqrt_grad_gradient(g, d_z, y, dy):
    with after(g, d_z):
        y, d_z_conj = g.conj(y), g.conj(d_z)
        d_y = -1.5 * d_z_conj * dy * g.square(y)
        return {"y": d_y, "dy": g.rsqrt_grad(y, d_z)}


reciprocal_grad = gradient_op("ReciprocalGrad", lambda xp, y, dy: -dy * (xp.conj(y) * xp.conj(y)))
inv_grad = gradient_op("InvGrad", lambda xp, y, dy: -dy * (xp.conj(y) * xp.conj(y)))


def reciprocal_grad_gradient(g, d_z, y, dy):
    with after(g, d_z):
        y, d_z_conj = g.conj(y), g.conj(d_z)
        return {"y": d_z_conj * -2.0 * dy * y, "dy": g.reciprocal_grad(y, d_z)}


reciprocal_grad.gradient(reciprocal_grad_gradient)
inv_grad.gradient(reciprocal_grad_gradient)
