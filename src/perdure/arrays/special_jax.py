"""Special functions in XLA: the functions of `special_numpy`, for the compiled tier."""

import jax
import jax.numpy as jnp
from jax.scipy import special


def erf(x):
    return special.erf(x)


def erfc(x):
    return special.erfc(x)


def lgamma(x):
    return special.gammaln(x)


def digamma(x):
    return jnp.where((x <= 0) & (x == jnp.floor(x)), jnp.inf, special.digamma(x)).astype(x.dtype)


def bessel_i0e(x):
    return special.i0e(x)


def bessel_i1e(x):
    return special.i1e(x)


def _nan_outside(domain, result):
    return jnp.where(domain, result, jnp.nan).astype(result.dtype)


def igamma(a, x):
    return _nan_outside((a > 0) & (x >= 0), special.gammainc(a, x))


def igammac(a, x):
    return _nan_outside((a > 0) & (x >= 0), special.gammaincc(a, x))


def igamma_grad_a(a, x):
    a, x = jnp.broadcast_arrays(a, x)
    return _nan_outside((a > 0) & (x >= 0), jnp.where(x == 0, 0, jax.lax.igamma_grad_a(a, x)))


def betainc(a, b, x):
    a, b, x = jnp.broadcast_arrays(a, b, x)
    return _nan_outside((a > 0) & (b > 0) & (x >= 0) & (x <= 1), special.betainc(a, b, x))


def zeta(x, q):
    # Poles and points outside the domain as in Cephes, which TensorFlow and SciPy follow.
    value = special.zeta(jnp.where(x > 1, x, 2), jnp.where(q > 0, q, 1))
    shift = jnp.where(q > 0, 0, 1 - jnp.floor(q))  # to the first argument that is positive
    whole = q == jnp.floor(q)
    left = jnp.where(whole, jnp.inf, jnp.where(x == jnp.floor(x), _zeta_left(x, q, shift), jnp.nan))
    value = jnp.where(q > 0, value, left)
    return jnp.where(x == 1, jnp.inf, jnp.where(x < 1, jnp.nan, value)).astype(x.dtype)


def _zeta_left(x, q, shift):
    """zeta(x, q) for negative, fractional q: the terms left of zero, then the rest."""

    def add_term(k, total):
        # Whole x only: the power of a negative number is then real.
        base = q + k
        power = jnp.abs(base) ** -x * jnp.where((base < 0) & (x % 2 == 1), -1, 1)
        return total + jnp.where(k < shift, power, 0)

    rest = special.zeta(jnp.where(x > 1, x, 2), jnp.where(q > 0, q, q + shift))
    return jax.lax.fori_loop(0, jnp.max(shift, initial=0).astype(jnp.int32), add_term, rest)


def polygamma(n, x):
    higher = (-1.0) ** (n + 1) * jnp.exp(special.gammaln(n + 1)) * zeta(n + 1, x)
    result = jnp.where(n == 0, digamma(x), higher).astype(x.dtype)
    return _nan_outside((n == jnp.floor(n)) & (n >= 0), result)
