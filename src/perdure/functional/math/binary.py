"""Functions of two tensors, element by element: `tf.add`, `tf.divide`, `tf.less`, `tf.logical_and`."""

from __future__ import annotations

from typing import Any

from perdure.functional.plain import function_of
from perdure.graph import operators
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

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


bitwise_and = function_of("BitwiseAnd", "bitwise_and", "x", "y", says="The bits set in both.")


bitwise_or = function_of("BitwiseOr", "bitwise_or", "x", "y", says="The bits set in either.")


bitwise_xor = function_of("BitwiseXor", "bitwise_xor", "x", "y", says="The bits set in exactly one.")


left_shift = function_of("LeftShift", "left_shift", "x", "y", says="The bits of x shifted left by y.")


right_shift = function_of(
    "RightShift", "right_shift", "x", "y", says="The bits of x shifted right by y, keeping the sign."
)


def approximate_equal(x: Any, y: Any, tolerance: float = 1e-05, name: str | None = None) -> Tensor:
    """Where |x - y| < tolerance; x and y have one shape."""
    return g.approximate_equal(x, y, tolerance=tolerance, name=name)


def logical_xor(x: Any, y: Any, name: str | None = "LogicalXor") -> Tensor:
    """Where exactly one of x and y is true."""
    return operators.logical_xor(x, y, name)


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
