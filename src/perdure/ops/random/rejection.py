"""Random numbers by rejection: RandomGamma with its gradient, RandomPoissonV2.

Each number has a stream of its own, `philox.RESERVED_BLOCKS` behind that of the number before it,
and takes as many blocks as it needs.  The facts are of TensorFlow 1.15.5 (core/kernels/random_op.cc,
random_poisson_op.cc): all computation is in double precision, and the numbers of a block are used
from the last to the first.
"""

import math

import numpy as np

from perdure.arrays import philox
from perdure.graph import dtypes
from perdure.graph.shapes import broadcast, concat_shapes
from perdure.ops.checks import invalid
from perdure.ops.random.random import known_shape, sizes_of
from perdure.ops.registry import op

# -- shared by the family ---------------------------------------------------------


class Draws:
    """Uniform and normal float64 numbers from many streams that advance independently."""

    def __init__(self, xp, key, counter, count):
        self._xp, self._key, self._counter = xp, key, counter
        self._position = np.arange(count, dtype=np.uint64) * np.uint64(philox.RESERVED_BLOCKS)
        # For each kind, the numbers of the last block of each stream and how many are left of them.
        self._numbers = {kind: np.empty((count, 2)) for kind in ("uniform", "normal")}
        self._left = {kind: np.zeros(count, np.intp) for kind in ("uniform", "normal")}

    def uniform(self, streams):
        """The next number in [0, 1) of each of these streams."""
        return self._take("uniform", streams)

    def normal(self, streams):
        """The next standard normal number of each of these streams."""
        return self._take("normal", streams)

    def _take(self, kind, streams):
        numbers, left = self._numbers[kind], self._left[kind]
        empty = streams[left[streams] == 0]
        if len(empty):
            words = philox.blocks(np, self._key, self._counter, self._position[empty])
            self._position[empty] += np.uint64(1)
            pair = philox.uniform_float64(*words[:2]), philox.uniform_float64(*words[2:])
            if kind == "normal":
                pair = philox.normal_float64(np, *pair, self._xp.log_of_c)
            numbers[empty] = np.stack(pair, axis=1)
            left[empty] = 2
        left[streams] -= 1
        return numbers[streams, left[streams]]


def samples_shape(shape, parameter):
    """One number for each place of `shape` and each parameter."""
    return concat_shapes(known_shape(shape), parameter)


def draw_all(xp, shape, parameter, dtype, rng, draw):
    """Numbers of shape `shape + parameter.shape`, drawn parameter by parameter."""
    sizes = sizes_of(shape)
    count, parameters = math.prod(sizes), np.ravel(parameter)
    out_shape = sizes + np.shape(parameter)
    if count * parameters.size == 0:
        return np.zeros(out_shape, dtype)
    key, counter = rng.reserve(count * parameters.size * philox.RESERVED_BLOCKS)
    draws = Draws(xp, key, counter, count * parameters.size)
    with np.errstate(all="ignore"):
        drawn = draw(xp, draws, np.repeat(parameters.astype(np.float64), count))
        return drawn.astype(dtype).reshape(parameters.size, count).T.reshape(out_shape)


# -- RandomGamma ------------------------------------------------------------------

random_gamma = op("RandomGamma", sizes=["shape"], host=True, draws=True)


@random_gamma.shape
def random_gamma_shape(shape, alpha):
    return samples_shape(shape, alpha)


def _power(base, exponent):
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return math.inf


def draw_gamma(xp, draws, alpha):
    """One number for each alpha, by Marsaglia and Tsang, "A simple method for generating gamma
    variables", 2000; small alphas are raised by one and the result scaled down."""
    out = np.empty(alpha.size)
    exponential = np.flatnonzero(alpha == 1)
    out[exponential] = -xp.log_of_c(1.0 - draws.uniform(exponential))
    small = alpha < 1
    d = alpha + np.where(small, 2.0 / 3, -1.0 / 3)
    c = 1.0 / 3 / np.sqrt(d)
    pending = np.flatnonzero(alpha != 1)
    while pending.size:
        x = draws.normal(pending)
        v = 1 + c[pending] * x
        possible = ~(v <= 0)  # as TensorFlow asks it: a NaN, of an alpha below zero, is no reason to go on
        tried, x, v = pending[possible], x[possible], v[possible]
        v = v * v * v
        u = draws.uniform(tried)
        bound = 0.5 * x * x + d[tried] * (1 - v + xp.log_of_c(v))
        accepted = (u < 1 - 0.0331 * (x * x) * (x * x)) | (xp.log_of_c(u) < bound)
        done = tried[accepted]
        out[done] = d[done] * v[accepted]
        scaled = done[small[done]]
        # NumPy's power differs from the C library's in the last bit of some numbers.
        powers = map(_power, draws.uniform(scaled).tolist(), (1 / alpha[scaled]).tolist())
        out[scaled] *= np.fromiter(powers, np.float64, scaled.size)
        pending = np.setdiff1d(pending, done, assume_unique=True)
    return out


@random_gamma.kernel
def random_gamma_kernel(xp, shape, alpha, *, T, rng):
    if np.size(alpha) == 0 and math.prod(sizes_of(shape)):
        raise invalid("Input alpha should have non-zero element count, got: 0")
    return draw_all(xp, shape, alpha, T.as_numpy_dtype, rng, draw_gamma)


@random_gamma.gradient
def random_gamma_gradient(g, d_output, shape, alpha, output):
    # Implicit reparameterization (Figurnov et al., 2018).
    with g.control_dependencies([d_output]):
        dimensions = g.shape(shape)[0]
        ones = g.ones([dimensions], dtype=dtypes.int32)
        spread = g.reshape(alpha, g.concat([ones, g.shape(alpha)], axis=0))
        slope = g.random_gamma_grad(spread, output)
        return {"alpha": g.reduce_sum(d_output * slope, axis=g.range(dimensions))}


# -- RandomPoissonV2 --------------------------------------------------------------

random_poisson_v2 = op("RandomPoissonV2", sizes=["shape"], host=True, draws=True)


@random_poisson_v2.shape
def random_poisson_v2_shape(shape, rate):
    return samples_shape(shape, rate)


def draw_poisson(xp, draws, rate, highest):
    """One number for each rate: small rates by counting, large ones by transformed rejection."""
    out = np.full(rate.size, np.inf)
    small = rate < 10
    count_events(draws, np.flatnonzero(small), rate, highest, out)
    transformed_rejection(xp, draws, np.flatnonzero(~small & (rate < np.inf)), rate, highest, out)
    return out


def count_events(draws, pending, rate, highest, out):
    """Knuth: how many uniform numbers can be multiplied before the product is below exp(-rate)."""
    limit, product, events = np.exp(-rate), np.ones(rate.size), np.zeros(rate.size)
    while pending.size:
        product[pending] *= draws.uniform(pending)
        done = (product[pending] <= limit[pending]) & (events[pending] <= highest)
        out[pending[done]] = events[pending[done]]
        pending = pending[~done]
        events[pending] += 1


def transformed_rejection(xp, draws, pending, rate, highest, out):
    """Hormann, "The transformed rejection method for generating Poisson random variables", 1993."""
    b = 0.931 + 2.53 * np.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    while pending.size:
        r, a_, b_ = rate[pending], a[pending], b[pending]
        u = draws.uniform(pending) - 0.5
        v = draws.uniform(pending)
        shifted = 0.5 - np.abs(u)
        k = np.floor((2 * a_ / shifted + b_) * u + r + 0.43)
        fits = k <= highest
        at_once = fits & (shifted >= 0.07) & (v <= 0.9277 - 3.6224 / (b_ - 2))
        possible = fits & (k >= 0) & ~((shifted < 0.013) & (v > shifted))
        left = np.log(v * inverse_alpha[pending] / (a_ / (shifted * shifted) + b_))
        right = -r + k * np.log(r) - xp.lgamma(np.where(possible, k, 0.0) + 1)
        done = at_once | (possible & (left <= right))
        out[pending[done]] = k[done]
        pending = pending[~done]


@random_poisson_v2.kernel
def random_poisson_v2_kernel(xp, shape, rate, *, dtype, rng):
    dtype = np.dtype(dtype.as_numpy_dtype)
    highest = float(np.iinfo(dtype).max if dtype.kind == "i" else np.finfo(dtype).max)

    def draw(xp, draws, rate):
        return draw_poisson(xp, draws, rate, highest)

    return draw_all(xp, shape, rate, dtype, rng, draw)


random_poisson_v2.not_differentiable("TensorFlow 1.15 has no gradient for it")

# -- RandomGammaGrad --------------------------------------------------------------

random_gamma_grad = op("RandomGammaGrad")


@random_gamma_grad.shape
def random_gamma_grad_shape(alpha, sample):
    return broadcast(alpha, sample)


@random_gamma_grad.kernel
def random_gamma_grad_kernel(xp, alpha, sample):
    # By the implicit function theorem on P(alpha, sample) = const: the slope of the distribution
    # function for alpha over its density.
    log_density = (alpha - 1) * xp.log(sample) - sample - xp.lgamma(alpha)
    return (-xp.igamma_grad_a(alpha, sample) / xp.exp(log_density)).astype(alpha.dtype)


random_gamma_grad.not_differentiable("TensorFlow 1.15 has no second gradient for it")
