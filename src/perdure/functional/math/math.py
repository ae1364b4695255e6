"""Elementwise arithmetic: `tf.add`, `tf.exp`, `tf.cast`, `tf.range` and their like."""

from __future__ import annotations

from typing import Any

from perdure.functional.array import array
from perdure.functional.plain import function_of
from perdure.graph import dtypes, operators
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, SparseTensor, convert_to_tensor_or_indexed_slices
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.platform import logging

# -- functions that are one op ----------------------------------------------------

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

add = function_of("Add", "add", "x", "y", says="x + y for each element, broadcast.")
multiply = function_of("Mul", "multiply", "x", "y", says="x * y for each element, broadcast.")
subtract = function_of("Sub", "subtract", "x", "y", says="x - y for each element, broadcast.")
realdiv = function_of("RealDiv", "realdiv", "x", "y", says="x / y for real numbers.")
truncatediv = function_of("TruncateDiv", "truncatediv", "x", "y", says="x / y rounded towards 0.")
floor_div = function_of("FloorDiv", "floor_div", "x", "y", says="x / y rounded down.")
truncatemod = function_of(
    "TruncateMod", "truncatemod", "x", "y", says="The remainder of `truncatediv`, with the sign of x."
)
floormod = function_of(
    "FloorMod", "floormod", "x", "y", says="The remainder of `floor_div`, with the sign of y."
)
mod = floormod
maximum = function_of("Maximum", "maximum", "x", "y", says="The larger of x and y, broadcast.")
minimum = function_of("Minimum", "minimum", "x", "y", says="The smaller of x and y, broadcast.")
squared_difference = function_of(
    "SquaredDifference", "squared_difference", "x", "y", says="(x - y) squared, broadcast."
)
atan2 = function_of("Atan2", "atan2", "y", "x", says="The angle of the point (x, y).")
xdivy = function_of("Xdivy", "xdivy", "x", "y", says="x / y, and 0 where x is 0.")
xlogy = function_of("Xlogy", "xlogy", "x", "y", says="x * log(y), and 0 where x is 0.")
nextafter = function_of(
    "NextAfter", "nextafter", "x1", "x2", says="The number next to x1 in the direction of x2."
)
equal = function_of("Equal", "equal", "x", "y", says="Where x equals y.")
not_equal = function_of("NotEqual", "not_equal", "x", "y", says="Where x differs from y.")
less = function_of("Less", "less", "x", "y", says="Where x < y.")
less_equal = function_of("LessEqual", "less_equal", "x", "y", says="Where x <= y.")
greater = function_of("Greater", "greater", "x", "y", says="Where x > y.")
greater_equal = function_of("GreaterEqual", "greater_equal", "x", "y", says="Where x >= y.")
logical_and = function_of("LogicalAnd", "logical_and", "x", "y", says="Where both are true.")
logical_or = function_of("LogicalOr", "logical_or", "x", "y", says="Where at least one is true.")
cross = function_of(
    "Cross", "cross", "a", "b", says="The cross products of vectors of size 3 on the last axis."
)

igamma = function_of(
    "Igamma", "igamma", "a", "x", says="The lower regularized incomplete gamma function P(a, x)."
)
igammac = function_of(
    "Igammac", "igammac", "a", "x", says="The upper regularized incomplete gamma function Q(a, x)."
)
zeta = function_of("Zeta", "zeta", "x", "q", says="The Hurwitz zeta function.")
polygamma = function_of("Polygamma", "polygamma", "a", "x", says="The a-th derivative of digamma at x.")
betainc = function_of(
    "Betainc", "betainc", "a", "b", "x", says="The regularized incomplete beta function I_x(a, b)."
)

bitwise_and = function_of("BitwiseAnd", "bitwise_and", "x", "y", says="The bits set in both.")
bitwise_or = function_of("BitwiseOr", "bitwise_or", "x", "y", says="The bits set in either.")
bitwise_xor = function_of("BitwiseXor", "bitwise_xor", "x", "y", says="The bits set in exactly one.")
invert = function_of("Invert", "invert", "x", says="All bits flipped.")
left_shift = function_of("LeftShift", "left_shift", "x", "y", says="The bits of x shifted left by y.")
right_shift = function_of(
    "RightShift", "right_shift", "x", "y", says="The bits of x shifted right by y, keeping the sign."
)
lin_space = linspace = function_of(
    "LinSpace",
    "lin_space",
    "start",
    "stop",
    "num",
    says="`num` values from `start` to `stop`, both included, at equal distances.",
)


def approximate_equal(x: Any, y: Any, tolerance: float = 1e-05, name: str | None = None) -> Tensor:
    """Where |x - y| < tolerance; x and y have one shape."""
    return g.approximate_equal(x, y, tolerance=tolerance, name=name)


def logical_xor(x: Any, y: Any, name: str | None = "LogicalXor") -> Tensor:
    """Where exactly one of x and y is true."""
    return operators.logical_xor(x, y, name)


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


def pow(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x to the power of y for each element, broadcast."""
    with name_scope(name, "Pow", [x]) as scope:
        return g.pow(x, y, name=scope)


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """`scalar` times a tensor or an IndexedSlices.

    Raises:
        ValueError: `scalar` is not of rank 0.
    """
    scalar = convert_to_tensor(scalar, dtype=x.dtype.base_dtype, name="scalar")
    shape = scalar.get_shape()
    if shape.ndims != 0:
        raise ValueError(f"Only scalar multiply works, got shape {shape}")
    if isinstance(x, IndexedSlices):
        return IndexedSlices(g.mul(scalar, x.values, name=name), x.indices, x.dense_shape)
    return g.mul(scalar, x, name=name)


# -- division ---------------------------------------------------------------------


def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y as Python 3 divides: integers are cast to floats first.

    Raises:
        TypeError: the types differ, or cannot be divided.
    """
    return operators.true_divide(x, y, name)


def divide(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python divides the two."""
    return x / y if name is None else operators.true_divide(x, y, name)


def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y rounded down."""
    with name_scope(name, "floordiv", [x, y]) as scope:
        return g.floor_div(x, y, name=scope)


def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y as Python 2 divides: integers are rounded down.

    Raises:
        ValueError: they are tensors of different types.
    """
    with name_scope(name, "div", [x, y]) as scope:
        x, y = _same_types(x, y)
        if x.dtype.is_floating or x.dtype.is_complex:
            return g.real_div(x, y, name=scope)
        return g.floor_div(x, y, name=scope)


def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, and 0 where y is 0.

    Raises:
        ValueError: they are tensors of different types.
    """
    with name_scope(name, "div_no_nan", [x, y]) as scope:
        x, y = _same_types(x, y)
        return g.div_no_nan(x, y, name=scope)


divide_no_nan = div_no_nan


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * y, and 0 where y is 0 even if x is infinite or NaN.

    Raises:
        ValueError: they are tensors of different types.
    """
    with name_scope(name, "multiply_no_nan", [x, y]) as scope:
        x, y = _same_types(x, y)
        return g.mul_no_nan(x, y, name=scope)


mul_no_nan = function_of("MulNoNan", "mul_no_nan", "x", "y", says="x * y, and 0 where y is 0.")


def reciprocal_no_nan(x: Any, name: str | None = None) -> Tensor:
    """1 / x, and 0 where x is 0."""
    with name_scope(name, "reciprocal_no_nan", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        one = constant(1, dtype=x.dtype.base_dtype, name="one")
        return g.div_no_nan(one, x, name=scope)


def _same_types(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    x = convert_to_tensor(x, name="x")
    y = convert_to_tensor(y, name="y", dtype=x.dtype.base_dtype)
    return x, y  # the conversion refuses a tensor of another type


# -- complex numbers --------------------------------------------------------------


def complex(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """The complex numbers with these real and imaginary parts.

    Raises:
        TypeError: the parts are not both float32 or both float64.
    """
    real = convert_to_tensor(real, name="real")
    imag = convert_to_tensor(imag, name="imag")
    with name_scope(name, "Complex", [real, imag]) as scope:
        types = (real.dtype, imag.dtype)
        if types == (dtypes.float64, dtypes.float64):
            result_type = dtypes.complex128
        elif types == (dtypes.float32, dtypes.float32):
            result_type = dtypes.complex64
        else:
            raise TypeError(f"real and imag have incorrect types: {real.dtype.name} {imag.dtype.name}")
        return g.complex(real, imag, Tout=result_type, name=scope)


def real(input: Any, name: str | None = None) -> Tensor:
    """The real part of each element; real tensors are returned as they are."""
    with name_scope(name, "Real", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        return g.real(input, Tout=input.dtype.real_dtype, name=scope) if input.dtype.is_complex else input


def imag(input: Any, name: str | None = None) -> Tensor:
    """The imaginary part of each element, 0 for real tensors."""
    with name_scope(name, "Imag", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        if input.dtype.is_complex:
            return g.imag(input, Tout=input.dtype.real_dtype, name=scope)
        return array.zeros_like(input)


def angle(input: Any, name: str | None = None) -> Tensor:
    """The angle of each element in the complex plane, 0 for real tensors (also negative ones)."""
    with name_scope(name, "Angle", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        if input.dtype.is_complex:
            return g.angle(input, Tout=input.dtype.real_dtype, name=scope)
        return array.zeros_like(input)


def conj(x: Any, name: str | None = None) -> Tensor:
    """The complex conjugate of each element; real tensors are returned as they are.

    Raises:
        TypeError: the elements are no numbers.
    """
    if isinstance(x, Tensor) and (x.dtype.is_floating or x.dtype.is_integer):
        return x
    with name_scope(name, "Conj", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        if x.dtype.is_complex or x.dtype == dtypes.variant:
            return g.conj(x, name=scope)
        if x.dtype.is_floating or x.dtype.is_integer:
            return x
        raise TypeError(f"Expected numeric or variant tensor, got dtype {x.dtype!r}")


# -- types ------------------------------------------------------------------------


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """`x` as another type, by C's rules: fractions are cut off, integers wrap around.

    Args:
        x: a tensor, or a SparseTensor or IndexedSlices, whose values are cast.
        dtype: the type of the result; a tensor that has it is returned as it is.
        name: the name of the node.
    """
    base_type = dtypes.as_dtype(dtype).base_dtype
    if (isinstance(x, Tensor) or _is_resource_variable(x)) and x.dtype == base_type:
        return x
    with name_scope(name, "Cast", [x]) as scope:
        if isinstance(x, SparseTensor):
            x = SparseTensor(x.indices, cast(x.values, base_type, name=scope), x.dense_shape)
        elif isinstance(x, IndexedSlices):
            x = IndexedSlices(cast(x.values, base_type, name=scope), x.indices, x.dense_shape)
        else:
            x = convert_to_tensor(x, name="x")
            if x.dtype.base_dtype != base_type:
                if x.dtype.is_complex and base_type.is_floating:
                    logging.warn("Casting complex to real discards imaginary part.")
                x = g.cast(x, DstT=base_type, name=scope)
        return x


def _is_resource_variable(value: Any) -> bool:
    return getattr(value, "handle", None) is not None and hasattr(value, "read_value")


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """`value` as another type, where what does not fit becomes the nearest value that does."""
    with name_scope(name, "saturate_cast", [value]) as scope:
        value = convert_to_tensor(value, name="value")
        target = dtypes.as_dtype(dtype).base_dtype
        if value.dtype.min < target.min:
            value = g.maximum(value, convert_to_tensor(target.min, dtype=value.dtype, name="min"))
        if value.dtype.max > target.max:
            value = g.minimum(value, convert_to_tensor(target.max, dtype=value.dtype, name="max"))
        return cast(value, target, name=scope)


def to_float(x: Any, name: str | None = "ToFloat") -> Any:
    """`tf.cast(x, tf.float32)`."""
    return cast(x, dtypes.float32, name=name)


def to_double(x: Any, name: str | None = "ToDouble") -> Any:
    """`tf.cast(x, tf.float64)`."""
    return cast(x, dtypes.float64, name=name)


def to_int32(x: Any, name: str | None = "ToInt32") -> Any:
    """`tf.cast(x, tf.int32)`."""
    return cast(x, dtypes.int32, name=name)


def to_int64(x: Any, name: str | None = "ToInt64") -> Any:
    """`tf.cast(x, tf.int64)`."""
    return cast(x, dtypes.int64, name=name)


def to_bfloat16(x: Any, name: str | None = "ToBFloat16") -> Any:
    """`tf.cast(x, tf.bfloat16)`."""
    return cast(x, dtypes.bfloat16, name=name)


def to_complex64(x: Any, name: str | None = "ToComplex64") -> Any:
    """`tf.cast(x, tf.complex64)`."""
    return cast(x, dtypes.complex64, name=name)


def to_complex128(x: Any, name: str | None = "ToComplex128") -> Any:
    """`tf.cast(x, tf.complex128)`."""
    return cast(x, dtypes.complex128, name=name)


# -- sequences --------------------------------------------------------------------

_RANGE_TYPES = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)  # the last given wins


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range") -> Tensor:
    """The numbers from `start` up to but not including `limit`, in steps of `delta`.

    Args:
        start: the first number; the limit, counting from 0, if `limit` is None.
        limit: where to stop.
        delta: the step, which may be negative.
        dtype: the type; otherwise the widest of the three (int32, int64, float32, float64).
        name: the name of the node.

    Raises:
        TypeError: `dtype` is None and an argument has another type than those four.
    """
    if limit is None:
        start, limit = 0, start
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        start = convert_to_tensor(start, dtype=dtype, name="start")
        limit = convert_to_tensor(limit, dtype=dtype, name="limit")
        delta = convert_to_tensor(delta, dtype=dtype, name="delta")
        if dtype is None:
            given = [start.dtype.base_dtype, limit.dtype.base_dtype, delta.dtype.base_dtype]
            for found in given:
                if found not in _RANGE_TYPES:
                    raise TypeError(
                        f"tf.range needs int32, int64, float32 or float64, or a dtype; got {found.name}"
                    )
            widest: DType = max(given, key=_RANGE_TYPES.index)
            start, limit, delta = cast(start, widest), cast(limit, widest), cast(delta, widest)
        return g.range(start, limit, delta, name=scope)


# -- sums of many tensors ---------------------------------------------------------


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """The sum of a list of tensors (or IndexedSlices) of one shape and type.

    Raises:
        ValueError: the list is empty or no list, or something in it is no tensor.
    """
    problem = "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape"
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise ValueError(problem)
    inputs = [convert_to_tensor_or_indexed_slices(value) for value in inputs]
    if not all(isinstance(value, (Tensor, IndexedSlices)) for value in inputs):
        raise ValueError(problem)
    if len(inputs) == 1:
        value = inputs[0]
        if isinstance(value, IndexedSlices):
            value = convert_to_tensor(value)
        return array.identity(value, name=name) if name else value
    return g.add_n(inputs, name=name)


def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """The sum of a list of tensors, added as they become known.

    Raises:
        ValueError: the list is empty or no list, or its tensors differ in type.
        TypeError: they do not have `tensor_dtype`.
    """
    problem = "inputs must be a list of at least one Tensor with the same dtype and shape"
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise ValueError(problem)
    inputs = [convert_to_tensor_or_indexed_slices(value) for value in inputs]
    if not all(isinstance(value, Tensor) and value.dtype == inputs[0].dtype for value in inputs):
        raise ValueError(problem)
    known = TensorShape(None) if shape is None else as_shape(shape)
    for value in inputs:
        known = known.merge_with(value.get_shape())
    if tensor_dtype is not None and tensor_dtype != inputs[0].dtype:
        raise TypeError(f"tensor_dtype is {tensor_dtype}, but input is of type {inputs[0].dtype}")
    if len(inputs) == 1:
        return inputs[0] if name is None else array.identity(inputs[0], name=name)
    return g.accumulate_nv2(inputs, shape=known, name=name)


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Tensor:
    """The polynomial with these coefficients, highest power first, at x."""
    with name_scope(name, "polyval", [*coeffs, x]) as scope:
        x = convert_to_tensor(x, name="x")
        if not coeffs:
            return array.zeros_like(x, name=scope)
        coeffs = [convert_to_tensor(coeff, name=f"coeff_{i}") for i, coeff in enumerate(coeffs)]
        result = coeffs[0]
        for coeff in coeffs[1:]:
            result = coeff + result * x
        return result


def lbeta(x: Any, name: str | None = None) -> Tensor:
    """log of the multivariate beta function along the last axis."""
    from perdure.functional.math.reductions import reduce_sum

    with name_scope(name, "lbeta", [x]):
        x = convert_to_tensor(x, name="x")
        log_of_product = reduce_sum(lgamma(x), axis=[-1])
        return log_of_product - lgamma(reduce_sum(x, axis=[-1]))


def bessel_i0(x: Any, name: str | None = None) -> Tensor:
    """The modified Bessel function of order 0."""
    with name_scope(name, "bessel_i0", [x]):
        return exp(abs(x)) * bessel_i0e(x)


def bessel_i1(x: Any, name: str | None = None) -> Tensor:
    """The modified Bessel function of order 1."""
    with name_scope(name, "bessel_i1", [x]):
        return exp(abs(x)) * bessel_i1e(x)


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """`t` (a tensor or IndexedSlices) with values below the minimum or above the maximum replaced by those.

    Raises:
        ValueError: a limit would broadcast `t` to a larger shape.
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        values = convert_to_tensor(t.values if isinstance(t, IndexedSlices) else t, name="t")
        below = minimum(values, clip_value_max)
        values.shape.merge_with(below.shape)
        clipped = maximum(below, clip_value_min, name=scope)
        values.shape.merge_with(clipped.shape)
        return IndexedSlices(clipped, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else clipped
