"""Special functions of several tensors, and polynomials: `tf.igamma`, `tf.lbeta`, `tf.math.polyval`."""

from __future__ import annotations

from typing import Any

from perdure.functional.array import array
from perdure.functional.math.unary import lgamma
from perdure.functional.plain import function_of
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

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
