"""Elementwise functions of two tensors, broadcast against each other.

Gradients follow math_grad.py of TensorFlow 1.15, node for node; `broadcasting` explains the two
ways in which it sums a gradient back to the shape of an argument.
"""

import operator

import numpy as np

from perdure.graph import shapes
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import format_shape
from perdure.ops.broadcasting import (
    all_same_known_shape,
    broadcast_arguments,
    repetitions,
    sum_to,
)
from perdure.ops.checks import invalid
from perdure.ops.math.unary import after
from perdure.ops.registry import op
from perdure.ops.traits import TRANSCENDENTAL, Algebra

# -- shared by the family ---------------------------------------------------------


def broadcast_shape(x, y):
    return shapes.broadcast(x, y)


def check_broadcast(x, y):
    """Refuse run-time shapes that do not go together, in TensorFlow's words."""
    if x.shape != y.shape and x.ndim and y.ndim:
        for a, b in zip(reversed(x.shape), reversed(y.shape), strict=False):
            if a != b and a != 1 and b != 1:
                raise incompatible(x, y)


def incompatible(x, y):
    """The error for shapes that do not go together."""
    return invalid(f"Incompatible shapes: {format_shape(x.shape)} vs. {format_shape(y.shape)}")


def elementwise(type, compute, **traits):
    """Define an op z = compute(xp, x, y) and return it, so that its gradient can follow."""
    new = op(type, **traits)
    new.shape(broadcast_shape)

    def kernel(xp, x, y):
        try:
            return compute(xp, x, y)
        except (ValueError, TypeError):  # NumPy's and JAX's: checking first would cost every step
            check_broadcast(x, y)
            raise

    new.kernel(kernel)
    return new


def elementwise_by_type(type, whole, real, **traits):
    """Define an op that computes `whole` for integers and `real` for other numbers."""
    new = op(type, **traits)
    new.shape(broadcast_shape)

    def kernel(xp, x, y, *, T):
        try:
            return whole(xp, x, y) if T.is_integer else real(xp, x, y)
        except (ValueError, TypeError):
            check_broadcast(x, y)
            raise

    new.kernel(kernel)
    return new


def checked(compute):
    """`compute` for integers, with TensorFlow's error where `y` is 0."""

    def compute_checked(xp, x, y):
        nonzero = y != 0
        if x.size:  # nothing is divided where the result is empty: `(axes + rank) % rank` of a scalar
            xp.require(xp.all(nonzero), "Integer division by zero")
        return compute(xp, x, xp.where(nonzero, y, 1).astype(y.dtype))

    return compute_checked


floor_divide = checked(lambda xp, x, y: xp.floor_divide(x, y))
truncate_divide = checked(lambda xp, x, y: xp.truncate_divide(x, y))
floor_mod = checked(lambda xp, x, y: xp.mod(x, y))
truncate_mod = checked(lambda xp, x, y: xp.fmod(x, y))


def divide(xp, x, y):
    return x / y


# -- Add, AddV2, Sub, Mul, MulNoNan -----------------------------------------------


def add_gradient(g, d_z, x, y):
    if all_same_known_shape(x, y, d_z):
        return {"x": d_z, "y": d_z}
    of_x, of_y = repetitions(g, x, y, d_z)
    return {"x": of_x.reduce(g, d_z), "y": of_y.reduce(g, d_z)}


def sum_or_joined(x, y):
    """Also of two strings, which NumPy takes out of their arrays."""
    result = x + y
    return np.asarray(result, object) if type(result) is bytes else result


for _add, _plain in (
    (elementwise("Add", lambda xp, x, y: x + y, algebra=Algebra.ADDITION), sum_or_joined),
    (elementwise("AddV2", lambda xp, x, y: x + y, algebra=Algebra.ADDITION), operator.add),
):
    _add.interpret_as(_plain)
    _add.gradient(add_gradient)

sub = elementwise("Sub", lambda xp, x, y: x - y)
sub.interpret_as(operator.sub)


@sub.gradient
def sub_gradient(g, d_z, x, y):
    if all_same_known_shape(x, y, d_z):
        return {"x": d_z, "y": -d_z}
    of_x, of_y = repetitions(g, x, y, d_z)
    return {"x": of_x.reduce(g, d_z), "y": of_y.reduce(g, -d_z)}


mul = elementwise("Mul", lambda xp, x, y: x * y, algebra=Algebra.PRODUCT)
mul.interpret_as(operator.mul)


@mul.gradient
def mul_gradient(g, d_z, x, y):
    if all_same_known_shape(x, y, d_z) and d_z.dtype.name in ("int32", "float32"):
        return {"x": g.mul(d_z, y), "y": g.mul(d_z, x)}
    of_x, of_y = repetitions(g, x, y, d_z)
    x, y = g.conj(x), g.conj(y)
    return {"x": of_x.reduce(g, g.mul(d_z, y)), "y": of_y.reduce(g, g.mul(x, d_z))}


mul_no_nan = elementwise("MulNoNan", lambda xp, x, y: xp.where(y == 0, 0, x * y).astype(x.dtype))


@mul_no_nan.gradient
def mul_no_nan_gradient(g, d_z, x, y):
    if all_same_known_shape(x, y, d_z):
        return {"x": g.mul_no_nan(d_z, y), "y": g.mul_no_nan(x, d_z)}
    (x_shape, x_axes), (y_shape, y_axes) = broadcast_arguments(g, x, y)
    return {
        "x": sum_to(g, g.mul_no_nan(d_z, y), x_axes, x_shape),
        "y": sum_to(g, g.mul_no_nan(x, d_z), y_axes, y_shape),
    }


# -- Div, RealDiv, DivNoNan -------------------------------------------------------


def quotient_gradient(quotient):
    """The gradient of x / y, with its own kind of quotient: d/y and d * (-x/y)/y."""

    def gradient(g, d_z, x, y):
        (x_shape, x_axes), (y_shape, y_axes) = broadcast_arguments(g, x, y)
        x, y = g.conj(x), g.conj(y)
        d_x = sum_to(g, quotient(g, d_z, y), x_axes, x_shape)
        # The negation comes first, as in `d_z * quotient(quotient(-x, y), y)`.
        slope = quotient(g, quotient(g, -x, y), y)
        return {"x": d_x, "y": sum_to(g, d_z * slope, y_axes, y_shape)}

    return gradient


div = elementwise_by_type("Div", truncate_divide, divide)
div.gradient(quotient_gradient(lambda g, x, y: g.divide(x, y)))

real_div = elementwise_by_type("RealDiv", truncate_divide, divide)
real_div.gradient(quotient_gradient(lambda g, x, y: g.real_div(x, y)))


def quotient_or_zero(xp, x, y):
    return xp.where(y == 0, 0, x / y).astype(x.dtype)


div_no_nan = elementwise("DivNoNan", quotient_or_zero)
div_no_nan.gradient(quotient_gradient(lambda g, x, y: g.div_no_nan(x, y)))

# -- TruncateDiv, FloorDiv, and the three remainders ------------------------------


def rounded_quotient(rounding):
    """The rounded quotient of real numbers; complex ones, which the table allows, have no order."""

    def compute(xp, x, y):
        if x.dtype.kind == "c":
            raise invalid(f"No kernel for {x.dtype.name}: complex quotients cannot be rounded")
        return getattr(xp, rounding)(x / y)

    return compute


def no_slope(g):
    return {"x": None, "y": None}


truncate_div = elementwise_by_type("TruncateDiv", truncate_divide, rounded_quotient("trunc"))
truncate_div.gradient(no_slope)

# Not np.floor_divide: TensorFlow rounds the rounded quotient, so -1 // inf is -0.
floor_div = elementwise_by_type("FloorDiv", floor_divide, rounded_quotient("floor"))
floor_div.gradient(no_slope)

mod = elementwise_by_type("Mod", truncate_mod, lambda xp, x, y: xp.fmod(x, y))
mod.refuse_gradient("TensorFlow 1.15 has one for FloorMod only")

truncate_mod_op = elementwise_by_type("TruncateMod", truncate_mod, lambda xp, x, y: xp.fmod(x, y))
truncate_mod_op.refuse_gradient("TensorFlow 1.15 has one for FloorMod only")

floor_mod_op = elementwise_by_type("FloorMod", floor_mod, lambda xp, x, y: xp.mod(x, y))


@floor_mod_op.gradient
def floor_mod_gradient(g, d_z, x, y):
    x, y = g.conj(x), g.conj(y)
    (x_shape, x_axes), (y_shape, y_axes) = broadcast_arguments(g, x, y)
    quotient = g.floor_div(x, y)
    return {"x": sum_to(g, d_z, x_axes, x_shape), "y": sum_to(g, d_z * g.neg(quotient), y_axes, y_shape)}


# -- Pow --------------------------------------------------------------------------


def whole_power(xp, x, y):
    not_negative = y >= 0
    xp.require(xp.all(not_negative), "Integers to negative integer powers are not allowed")
    return xp.power(x, xp.where(not_negative, y, 0).astype(y.dtype))


pow_ = elementwise_by_type("Pow", whole_power, lambda xp, x, y: xp.power(x, y), work=TRANSCENDENTAL)


@pow_.gradient
def pow_gradient(g, d_z, x, y, z):
    of_x, of_y = repetitions(g, x, y, d_z)
    x, y = g.conj(x), g.conj(y)
    d_x = of_x.reduce(g, d_z * y * g.pow(x, y - 1))
    z = g.conj(z)
    # log has no real value left of 0 and none at 0: the gradient for y is 0 there.
    mask = g.not_equal(x, 0) if x.dtype.is_complex else x > 0
    safe_x = g.where(mask, x, g.ones_like(x))
    log_x = g.where(mask, g.log(safe_x), g.zeros_like(x))
    return {"x": d_x, "y": of_y.reduce(g, d_z * z * log_x)}


# -- Maximum, Minimum -------------------------------------------------------------


def choice_gradient(wins):
    """The gradient goes to the argument that was chosen: to x where wins(g, x, y)."""

    def gradient(g, d_z, x, y):
        x_shape, y_shape = g.shape(x), g.shape(y)
        zeros = g.zeros(g.shape(d_z), d_z.dtype)
        x_wins = wins(g, x, y)
        x_axes, y_axes = g.broadcast_gradient_args(x_shape, y_shape)
        d_x = sum_to(g, g.where(x_wins, d_z, zeros), x_axes, x_shape)
        return {"x": d_x, "y": sum_to(g, g.where(x_wins, zeros, d_z), y_axes, y_shape)}

    return gradient


maximum = elementwise("Maximum", lambda xp, x, y: xp.larger(x, y))
maximum.gradient(choice_gradient(lambda g, x, y: g.greater_equal(x, y)))

minimum = elementwise("Minimum", lambda xp, x, y: xp.smaller(x, y))
minimum.gradient(choice_gradient(lambda g, x, y: g.less_equal(x, y)))

# -- SquaredDifference ------------------------------------------------------------


def squared_difference_value(xp, x, y):
    difference = x - y
    return difference * xp.conj(difference) if difference.dtype.kind == "c" else difference * difference


squared_difference = elementwise("SquaredDifference", squared_difference_value)


@squared_difference.gradient
def squared_difference_gradient(g, d_z, x, y):
    with after(g, d_z):
        d_x = g.scalar_mul(2.0, d_z) * (x - y)
    if all_same_known_shape(x, y, d_z):
        return {"x": d_x, "y": -d_x}
    of_x, of_y = repetitions(g, x, y, d_z)
    return {"x": of_x.reduce(g, d_x), "y": -of_y.reduce(g, d_x)}


# -- Atan2, Xdivy, Xlogy ----------------------------------------------------------

atan2 = op("Atan2")
atan2.shape(broadcast_shape)


@atan2.kernel
def atan2_kernel(xp, y, x):
    check_broadcast(y, x)
    return xp.arctan2(y, x)


@atan2.gradient
def atan2_gradient(g, d_z, y, x):
    # Not summed back to the shapes of y and x: TensorFlow 1.15 does not either.
    with after(g, d_z):
        share = d_z / (g.square(x) + g.square(y))
        return {"y": x * share, "x": -y * share}


def zero_unless(compute):
    """compute(xp, x, y) where x is not 0, else 0."""

    def compute_unless_zero(xp, x, y):
        return xp.where(x == 0, 0, compute(xp, x, y)).astype(x.dtype)

    return compute_unless_zero


def x_times_gradient(slope_x, slope_y):
    """The gradients of Xdivy and Xlogy: the slope for x is 0 where x is 0."""

    def gradient(g, d_z, x, y):
        (x_shape, x_axes), (y_shape, y_axes) = broadcast_arguments(g, x, y)
        with after(g, d_z):
            zero = g.cast(0.0, dtype=x.dtype)
            not_zero = g.cast(g.not_equal(x, zero), dtype=x.dtype)
            to_x, to_y = slope_x(g, not_zero, y), slope_y(g, x, y)
            return {"x": sum_to(g, to_x * d_z, x_axes, x_shape), "y": sum_to(g, to_y * d_z, y_axes, y_shape)}

    return gradient


xlogy = elementwise("Xlogy", zero_unless(lambda xp, x, y: x * xp.log(y)))
xlogy.gradient(x_times_gradient(lambda g, one, y: g.xlogy(one, y), lambda g, x, y: g.xdivy(x, y)))

xdivy = elementwise("Xdivy", zero_unless(divide))
xdivy.gradient(x_times_gradient(lambda g, one, y: g.xdivy(one, y), lambda g, x, y: g.xdivy(g.neg(x), y**2)))

# -- comparisons and logic --------------------------------------------------------

TRUTH = "returns a truth value"


def equality_shape(x, y, *, incompatible_shape_error):
    if incompatible_shape_error:
        return shapes.broadcast(x, y)
    try:
        return shapes.broadcast(x, y) if shapes.is_fully_defined(x) and shapes.is_fully_defined(y) else None
    except ValueError:
        return ()


def equality(type, compute, if_incompatible):
    """Define an op z = compute(x, y), which can be told to give one answer for shapes that do not fit."""
    new = op(type)
    new.shape(equality_shape)

    def kernel(xp, x, y, *, incompatible_shape_error):
        try:
            check_broadcast(x, y)
        except InvalidArgumentError:
            if incompatible_shape_error:
                raise
            return xp.asarray(if_incompatible)
        return compute(x, y)

    new.kernel(kernel)
    return new


for _comparison, _plain in (
    (elementwise("Less", lambda xp, x, y: x < y), operator.lt),
    (elementwise("LessEqual", lambda xp, x, y: x <= y), operator.le),
    (elementwise("Greater", lambda xp, x, y: x > y), operator.gt),
    (elementwise("GreaterEqual", lambda xp, x, y: x >= y), operator.ge),
    (elementwise("LogicalAnd", lambda xp, x, y: xp.logical_and(x, y)), operator.and_),
    (elementwise("LogicalOr", lambda xp, x, y: xp.logical_or(x, y)), operator.or_),
):
    _comparison.interpret_as(_plain)
    _comparison.not_differentiable(TRUTH)

for _comparison in (
    equality("Equal", lambda x, y: x == y, False),
    equality("NotEqual", lambda x, y: x != y, True),
):
    _comparison.not_differentiable(TRUTH)

approximate_equal = op("ApproximateEqual")


@approximate_equal.shape
def approximate_equal_shape(x, y):
    return shapes.merge(x, y)


@approximate_equal.kernel
def approximate_equal_kernel(xp, x, y, *, tolerance):
    if x.shape != y.shape:
        raise invalid(
            f"x and y must be of the same shape. x shape: {format_shape(x.shape)}. "
            f"y shape: {format_shape(y.shape)}"
        )
    difference = xp.abs(x - y)
    return difference < difference.dtype.type(tolerance)


approximate_equal.not_differentiable(TRUTH)

# -- bits -------------------------------------------------------------------------


def shift(compute):
    """A shift; distances outside [0, bits) count as the nearest inside, as in TensorFlow."""

    def compute_clamped(xp, x, y):
        return compute(xp, x, xp.clip(y, 0, 8 * x.dtype.itemsize - 1).astype(y.dtype))

    return compute_clamped


for _of_bits in (
    elementwise("BitwiseAnd", lambda xp, x, y: x & y),
    elementwise("BitwiseOr", lambda xp, x, y: x | y),
    elementwise("BitwiseXor", lambda xp, x, y: x ^ y),
    elementwise("LeftShift", shift(lambda xp, x, y: xp.left_shift(x, y))),
    elementwise("RightShift", shift(lambda xp, x, y: xp.right_shift(x, y))),
):
    _of_bits.not_differentiable("works on bits")

# -- NextAfter --------------------------------------------------------------------

next_after = op("NextAfter")


@next_after.shape
def next_after_shape(x1, x2):
    return shapes.broadcast(x1, x2)


@next_after.kernel
def next_after_kernel(xp, x1, x2):
    check_broadcast(x1, x2)
    return xp.nextafter(x1, x2)


@next_after.gradient
def next_after_gradient(g, d_output, x1, x2):
    (shape_1, axes_1), (shape_2, axes_2) = broadcast_arguments(g, x1, x2)
    with after(g, d_output):
        ones = g.ones(shape_1, dtype=x1.dtype.base_dtype)
        zeros = g.zeros(shape_2, dtype=x2.dtype.base_dtype)
        return {
            "x1": sum_to(g, ones * d_output, axes_1, shape_1),
            "x2": sum_to(g, zeros * d_output, axes_2, shape_2),
        }
