"""Roots of positive semi-definite matrices, by iteration."""

from __future__ import annotations

from typing import Any

from perdure.functional.control.loops import while_loop
from perdure.functional.linalg.matrix import eye
from perdure.functional.math.binary import logical_and, pow
from perdure.functional.math.cast import cast
from perdure.functional.math.products import matmul
from perdure.functional.math.reductions import norm, reduce_max, reduce_sum
from perdure.functional.math.unary import abs, sqrt
from perdure.graph.dtypes import int32
from perdure.graph.tensor import Tensor


def matrix_square_root(
    mat_a: Tensor, mat_a_size: Any, iter_count: int = 100, ridge_epsilon: float = 1e-4
) -> Tensor:
    """The square root of a matrix, by Newton's iteration for it and its inverse.

    Reference: Higham, "Stable iterations for the matrix square root", 1997.

    Args:
        mat_a: a symmetric positive semi-definite matrix.
        mat_a_size: its number of rows.
        iter_count: the most iterations; it ends before if the error grows.
        ridge_epsilon: added to the diagonal.
    """

    def goes_on(i: Any, y: Any, old_y: Any, z: Any, old_z: Any, error: Any, old_error: Any) -> Tensor:
        return logical_and(i < iter_count, error < old_error)

    def body(i: Any, y: Any, old_y: Any, z: Any, old_z: Any, error: Any, old_error: Any) -> tuple[Any, ...]:
        iterate = 0.5 * (3.0 * identity - matmul(z, y))
        next_y = matmul(y, iterate)
        next_z = matmul(iterate, z)
        root = next_y * sqrt(size)
        residual = mat_a - matmul(root, root)
        next_error = sqrt(reduce_sum(residual * residual)) / size
        return i + 1, next_y, y, next_z, z, next_error, error

    identity = eye(cast(mat_a_size, int32))
    mat_a = mat_a + ridge_epsilon * identity
    size = sqrt(reduce_sum(mat_a * mat_a))
    start = mat_a / size
    found = while_loop(goes_on, body, [0, start, start, identity, identity, size, size + 1.0])
    return found[2] * sqrt(size)


def matrix_inverse_pth_root(
    mat_g: Tensor,
    mat_g_size: Any,
    alpha: float,
    iter_count: int = 100,
    epsilon: float = 1e-6,
    ridge_epsilon: float = 1e-6,
) -> Tensor:
    """`mat_g ** alpha`, by the coupled Newton iteration.

    Reference: Higham, "Functions of Matrices", chapter 7; Guo and Higham, "A Schur-Newton method for the
    matrix p-th root and its inverse", 2006.

    Args:
        mat_g: a symmetric positive semi-definite matrix.
        mat_g_size: its number of rows.
        alpha: the exponent, -1/p for a whole p.
        iter_count: the most iterations.
        epsilon: how near to the identity it ends.
        ridge_epsilon: added to the diagonal.
    """
    identity = eye(cast(mat_g_size, int32))

    def goes_on(i: Any, m: Any, x: Any) -> Tensor:
        return logical_and(i < iter_count, reduce_max(abs(m - identity)) > epsilon)

    def body(i: Any, m: Any, x: Any) -> tuple[Any, ...]:
        factor = (1 - alpha) * identity + alpha * m
        return i + 1, matmul(_power(factor, -1.0 / alpha), m), matmul(x, factor)

    if mat_g_size == 1:
        return pow(mat_g + ridge_epsilon, alpha)
    damped = mat_g + ridge_epsilon * identity
    z = (1 - 1 / alpha) / (2 * norm(damped))
    return while_loop(goes_on, body, [0, damped * z, identity * pow(z, -alpha)])[2]


def _power(matrix: Tensor, exponent: float) -> Tensor:
    """A whole power above 0, by repeated squares."""
    assert exponent == int(exponent) and exponent > 0
    power = None
    left = int(exponent)
    while left > 0:
        if left % 2 == 1:
            power = matrix if power is None else matmul(matrix, power)
        left //= 2
        matrix = matmul(matrix, matrix)
    assert power is not None
    return power
