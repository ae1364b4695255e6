"""Functions of the normal and the Laplace distribution.

The normal quantile is Cephes' (S. L. Moshier, `ndtri`); the logarithm of its integral far below zero an
asymptotic series (Abramowitz and Stegun, 26.2.12).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.functional.array.array import fill, shape, zeros_like
from perdure.functional.array.gathering import where_v2
from perdure.functional.math.binary import greater, less, maximum, minimum
from perdure.functional.math.unary import abs as absolute
from perdure.functional.math.unary import erf, erfc, exp, log, log1p, sqrt, square
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

# Below the first the series is used, above the second the integral is nearly one.
_SEGMENTS = {np.float64: (np.float64(-20), np.float64(8)), np.float32: (np.float32(-10), np.float32(5))}

# Coefficients of Cephes, the constant first: numerator and denominator near the middle, and of the tails.
_MIDDLE = (
    (-1.23916583867381258016, 13.931260938727968, -56.67628574690703, 98.00107541859997, -59.96335010141079),
    (
        -1.1833162112133, 15.90562251262117, -82.03722561683334, 200.26021238006066, -225.46268785411937,
        86.36024213908905, 4.676279128988815, 1.9544885833814176, 1.0,
    ),
)  # fmt: skip
_TAIL = (
    (
        -0.0008574567851546854, -0.03504246268278482, -0.1402560791713545, 2.1866330685079025,
        14.684956192885803, 44.08050738932008, 57.16281922464213, 31.525109459989388, 4.0554489230596245,
    ),
    (
        -0.0009332594808954574, -0.03808064076915783, -0.14218292285478779, 2.504649462083094,
        15.04253856929075, 41.3172038254672, 45.39076351288792, 15.779988325646675, 1.0,
    ),
)  # fmt: skip
_FAR_TAIL = (
    (
        6.239745391849833e-09, 2.6580697468673755e-06, 0.00030158155350823543, 0.012371663481782003,
        0.20148538954917908, 1.3330346081580755, 3.9388102529247444, 6.915228890689842, 3.2377489177694603,
    ),
    (
        6.790194080099813e-09, 2.8924786474538068e-06, 0.00032801446468212774, 0.013420400608854318,
        0.21623699359449663, 1.3770209948908132, 3.6798356385616087, 6.02427039364742, 1.0,
    ),
)  # fmt: skip


def _checked(value: Any, name: str) -> Tensor:
    tensor = convert_to_tensor(value, name=name)
    if tensor.dtype.as_numpy_dtype not in _SEGMENTS:
        raise TypeError(f"{name}.dtype={tensor.dtype} is not handled, see docstring for supported types.")
    return tensor


def ndtr(x: Any, name: str = "ndtr") -> Tensor:
    """The integral of the standard normal density up to `x`, a float32 or float64.

    Raises:
        TypeError: it has another type.
    """
    with name_scope(name, values=[x]):
        return _ndtr(_checked(x, "x"))


def _ndtr(x: Tensor) -> Tensor:
    half_sqrt_2 = constant(0.5 * np.sqrt(2.0), dtype=x.dtype, name="half_sqrt_2")
    w = x * half_sqrt_2
    z = absolute(w)
    near = less(z, half_sqrt_2)
    in_middle = 1.0 + erf(w)
    right = greater(w, 0.0)
    return 0.5 * where_v2(near, in_middle, where_v2(right, 2.0 - erfc(z), erfc(z)))


def ndtri(p: Any, name: str = "ndtri") -> Tensor:
    """The number up to which the standard normal density integrates to `p`, a float32 or float64.

    Raises:
        TypeError: it has another type.
    """
    with name_scope(name, values=[p]):
        return _ndtri(_checked(p, "p"))


def _polynomial(x: Tensor, coefficients: Sequence[float]) -> Any:
    numbers = np.array(coefficients, x.dtype.as_numpy_dtype)

    def of(rest: np.ndarray) -> Any:
        return rest[0] + of(rest[1:]) * x if rest.size else zeros_like(x)

    return of(numbers)


def _ndtri(p: Tensor) -> Tensor:
    kind = p.dtype.as_numpy_dtype
    lower = where_v2(p > -np.expm1(-2.0), 1.0 - p, p)
    # One half where there is no result, so that gradients there are numbers.
    lower = where_v2(lower <= 0.0, fill(shape(p), np.array(0.5, kind)), lower)
    w = lower - 0.5
    ww = w**2
    in_middle = w + w * ww * (_polynomial(ww, _MIDDLE[0]) / _polynomial(ww, _MIDDLE[1]))
    in_middle *= -np.sqrt(2.0 * np.pi)
    z = sqrt(-2.0 * log(lower))
    first = z - log(z) / z
    far, not_far = (
        _polynomial(1.0 / z, above) / _polynomial(1.0 / z, below) / z for above, below in (_FAR_TAIL, _TAIL)
    )
    in_far_tail = first - far
    in_tail = first - not_far
    x = where_v2(lower > np.exp(-2.0), in_middle, where_v2(z >= 8.0, in_far_tail, in_tail))
    x = where_v2(p > 1.0 - np.exp(-2.0), x, -x)
    number = constant(np.inf, dtype=p.dtype)
    infinity = fill(shape(p), number)
    return where_v2(p <= 0.0, -infinity, where_v2(p >= 1.0, infinity, x))


def log_ndtr(x: Any, series_order: int = 3, name: str = "log_ndtr") -> Tensor:
    """The logarithm of `ndtr(x)`, also where that is too small for its type.

    Args:
        x: a float32 or float64.
        series_order: how many terms of the series far below zero are added, up to 30.
        name: the name scope of the new operations.

    Raises:
        TypeError: `x` has another type, or the order is no integer.
        ValueError: the order is negative or too large.
    """
    if not isinstance(series_order, int):
        raise TypeError("series_order must be a Python integer.")
    if series_order < 0:
        raise ValueError("series_order must be non-negative.")
    if series_order > 30:
        raise ValueError("series_order must be <= 30.")
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        if x.dtype.as_numpy_dtype not in _SEGMENTS:
            raise TypeError(f"x.dtype={x.dtype} is not supported.")
        below, above = _SEGMENTS[x.dtype.as_numpy_dtype]
        is_above = greater(x, above)
        nearly_zero = -_ndtr(-x)
        is_not_below = greater(x, below)
        as_it_is = log(_ndtr(maximum(x, below)))
        far_below = _log_ndtr_lower(minimum(x, below), series_order)
        return where_v2(is_above, nearly_zero, where_v2(is_not_below, as_it_is, far_below))


def _log_ndtr_lower(x: Tensor, series_order: int) -> Tensor:
    squared = square(x)
    scale = -0.5 * squared - log(-x) - 0.5 * np.log(2.0 * np.pi)
    return scale + log(_series(x, series_order))


def _series(x: Tensor, order: int) -> Any:
    kind = x.dtype.as_numpy_dtype
    if order <= 0:
        return np.array(1, kind)
    squared = square(x)
    even, odd = zeros_like(x), zeros_like(x)
    power = squared
    for n in range(1, order + 1):
        term = np.array(np.prod(np.arange(2 * n - 1, 1, -2)), kind) / power
        if n % 2:
            odd += term
        else:
            even += term
        power *= squared
    return 1.0 + even - odd


def erfinv(x: Any, name: str = "erfinv") -> Tensor:
    """The inverse of the error function of `x`, a float32 or float64.

    Raises:
        TypeError: it has another type.
    """
    with name_scope(name, values=[x]):
        x = _checked(x, "x")
        return ndtri((x + 1.0) / 2.0) / np.sqrt(2)


def log_cdf_laplace(x: Any, name: str = "log_cdf_laplace") -> Tensor:
    """The logarithm of the integral of the standard Laplace density up to `x`."""
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        below = -np.log(2.0) + x
        above = log1p(-0.5 * exp(-absolute(x)))
        return where_v2(x < 0.0, below, above)
