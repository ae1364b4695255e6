"""Special functions with SciPy, which is imported when the first of them runs.

Results have the type of the inputs; types narrower than float32 are computed in float32.  Where
a function has no value (a pole, an argument outside its domain) the result is what TensorFlow's
kernels give, which is not always SciPy's.  `special_jax` has the same functions.
"""

import numpy as np


def _scipy(name, *arrays):
    from scipy import special

    result_type = arrays[0].dtype
    if result_type.itemsize < 4:
        arrays = [array.astype(np.float32) for array in arrays]
    return getattr(special, name)(*arrays).astype(result_type, copy=False)


def erf(x):
    return _scipy("erf", x)


def erfc(x):
    return _scipy("erfc", x)


def lgamma(x):
    return np.where(np.isneginf(x), x.dtype.type(np.inf), _scipy("gammaln", x))


def digamma(x):
    # TensorFlow's digamma is +inf at every pole; SciPy's is NaN or -inf there.
    return np.where((x <= 0) & (x == np.floor(x)), np.inf, _scipy("psi", x)).astype(x.dtype, copy=False)


def bessel_i0e(x):
    return _scipy("i0e", x)


def bessel_i1e(x):
    return _scipy("i1e", x)


def _nan_outside(domain, result):
    return np.where(domain, result, np.nan).astype(result.dtype, copy=False)


def igamma(a, x):
    """The lower regularized incomplete gamma function; NaN unless a > 0 and x >= 0."""
    return _nan_outside((a > 0) & (x >= 0), _scipy("gammainc", a, x))


def igammac(a, x):
    """The upper regularized incomplete gamma function; NaN unless a > 0 and x >= 0."""
    return _nan_outside((a > 0) & (x >= 0), _scipy("gammaincc", a, x))


def igamma_grad_a(a, x):
    """The derivative of `igamma` for `a`.

    From the series P(a, x) = sum over n of x^(a+n) e^-x / gamma(a+n+1), whose terms are all
    positive: the n-th is differentiated as term * (log x - digamma(a+n+1)).
    """
    from scipy import special

    result_type = np.result_type(a)
    a, x = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(x, np.float64))
    # Far to the right of its rise P is 1 to double precision, and the derivative 0.
    matters = (a > 0) & (x > 0) & (x < a + 40 * np.sqrt(a) + 100)
    safe_a, safe_x = np.where(matters, a, 1.0), np.where(matters, x, 1.0)
    log_x = np.log(safe_x)
    term = np.exp(safe_a * log_x - safe_x - special.gammaln(safe_a + 1))
    slope = log_x - special.psi(safe_a + 1)
    total = term * slope
    for n in range(1, int(np.max(safe_x, initial=0) + 20 * np.sqrt(np.max(safe_x, initial=0)) + 60)):
        term = term * (safe_x / (safe_a + n))
        slope = slope - 1 / (safe_a + n)
        total = total + term * slope
    result = np.where(matters, total, np.where((a > 0) & (x >= 0), 0.0, np.nan))
    return result.astype(result_type)


def betainc(a, b, x):
    """The regularized incomplete beta function; NaN unless a, b > 0 and 0 <= x <= 1."""
    return _nan_outside((a > 0) & (b > 0) & (x >= 0) & (x <= 1), _scipy("betainc", a, b, x))


def zeta(x, q):
    """The Hurwitz zeta function."""
    return _scipy("zeta", x, q)


def polygamma(n, x):
    """The n-th derivative of digamma; NaN unless n is a whole number that is not negative."""
    from scipy import special

    higher = (-1.0) ** (n + 1) * special.gamma(n + 1.0) * special.zeta(n + 1.0, x)
    result = np.where(n == 0, digamma(x), higher).astype(x.dtype)
    return _nan_outside((n == np.floor(n)) & (n >= 0), result)
