"""Functions of one tensor, element by element: `tf.exp`, `tf.abs`, `tf.sigmoid`, `tf.is_nan`."""

from __future__ import annotations

from typing import Any

from perdure.functional.plain import function_of
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

negative = function_of("Neg", "negative", "x", says="-x for each element.", sparse=True)


sign = function_of("Sign", "sign", "x", says="-1, 0 or 1; x / |x| for complex x.", sparse=True)


square = function_of("Square", "square", "x", says="x * x for each element.", sparse=True)


sqrt = function_of("Sqrt", "sqrt", "x", says="The square root of each element.", sparse=True)


rsqrt = function_of("Rsqrt", "rsqrt", "x", says="1 / sqrt(x) for each element.")


exp = function_of("Exp", "exp", "x", says="e to the power of each element.")


expm1 = function_of("Expm1", "expm1", "x", says="exp(x) - 1, accurate near 0.")


log = function_of("Log", "log", "x", says="The natural logarithm of each element.")


log1p = function_of("Log1p", "log1p", "x", says="log(1 + x), accurate near 0.")


sin = function_of("Sin", "sin", "x", says="The sine of each element.")


cos = function_of("Cos", "cos", "x", says="The cosine of each element.")


tan = function_of("Tan", "tan", "x", says="The tangent of each element.")


asin = function_of("Asin", "asin", "x", says="The inverse sine of each element.")


acos = function_of("Acos", "acos", "x", says="The inverse cosine of each element.")


atan = function_of("Atan", "atan", "x", says="The inverse tangent of each element.")


sinh = function_of("Sinh", "sinh", "x", says="The hyperbolic sine of each element.")


cosh = function_of("Cosh", "cosh", "x", says="The hyperbolic cosine of each element.")


tanh = function_of("Tanh", "tanh", "x", says="The hyperbolic tangent of each element.", sparse=True)


asinh = function_of("Asinh", "asinh", "x", says="The inverse hyperbolic sine of each element.")


acosh = function_of("Acosh", "acosh", "x", says="The inverse hyperbolic cosine of each element.")


atanh = function_of("Atanh", "atanh", "x", says="The inverse hyperbolic tangent of each element.")


reciprocal = function_of("Reciprocal", "reciprocal", "x", says="1 / x for each element.")


erf = function_of("Erf", "erf", "x", says="The Gauss error function of each element.", sparse=True)


erfc = function_of("Erfc", "erfc", "x", says="1 - erf(x), accurate for large x.")


lgamma = function_of("Lgamma", "lgamma", "x", says="log(|gamma(x)|) for each element.")


digamma = function_of("Digamma", "digamma", "x", says="The derivative of lgamma.")


bessel_i0e = function_of(
    "BesselI0e",
    "bessel_i0e",
    "x",
    sparse=True,
    says="exp(-|x|) times the modified Bessel function of order 0.",
)


bessel_i1e = function_of(
    "BesselI1e",
    "bessel_i1e",
    "x",
    sparse=True,
    says="exp(-|x|) times the modified Bessel function of order 1.",
)


floor = function_of("Floor", "floor", "x", says="The largest whole number not above x.")


ceil = function_of("Ceil", "ceil", "x", says="The smallest whole number not below x.")


rint = function_of("Rint", "rint", "x", says="The nearest whole number; the even one of two.")


is_nan = function_of("IsNan", "is_nan", "x", says="Which elements are NaN.")


is_inf = function_of("IsInf", "is_inf", "x", says="Which elements are infinite.")


is_finite = function_of("IsFinite", "is_finite", "x", says="Which elements are neither infinite nor NaN.")


logical_not = function_of("LogicalNot", "logical_not", "x", says="The negation of each truth value.")


invert = function_of("Invert", "invert", "x", says="All bits flipped.")


def abs(x: Any, name: str | None = None) -> Any:
    """The absolute value of each element, real also for complex numbers; of a SparseTensor's values."""
    if isinstance(x, SparseTensor):
        return SparseTensor(x.indices, abs(x.values, name), x.dense_shape)
    with name_scope(name, "Abs", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        if x.dtype.is_complex:
            return g.complex_abs(x, Tout=x.dtype.real_dtype, name=scope)
        return g.abs(x, name=scope)


def round(x: Any, name: str | None = None) -> Tensor:
    """The nearest whole number, of two the even one; integers are returned as they are."""
    x = convert_to_tensor(x, name="x")
    return x if x.dtype.is_integer else g.round(x, name=name)


def sigmoid(x: Any, name: str | None = None) -> Tensor:
    """1 / (1 + exp(-x)) for each element."""
    with name_scope(name, "Sigmoid", [x]) as scope:
        return g.sigmoid(convert_to_tensor(x, name="x"), name=scope)


def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """log(sigmoid(x)), accurate for very negative x."""
    with name_scope(name, "LogSigmoid", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return g.neg(g.softplus(-x), name=scope)


def bessel_i0(x: Any, name: str | None = None) -> Tensor:
    """The modified Bessel function of order 0."""
    with name_scope(name, "bessel_i0", [x]):
        return exp(abs(x)) * bessel_i0e(x)


def bessel_i1(x: Any, name: str | None = None) -> Tensor:
    """The modified Bessel function of order 1."""
    with name_scope(name, "bessel_i1", [x]):
        return exp(abs(x)) * bessel_i1e(x)
