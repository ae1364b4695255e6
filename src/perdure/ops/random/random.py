"""Random numbers: uniform, normal, truncated normal, shuffles and categories.

The stateful ops draw from `rng`, the stream of one op in one session (`ops.philox.Stream`), and
reserve exactly as many samples as TensorFlow's kernels do, so that a run continues the stream
where TensorFlow's would.  The stateless ones make key and counter from their `seed` input.
How numbers are drawn is in `ops.philox` and `arrays/random_numpy.py`.
"""

import math

import numpy as np

from perdure.arrays import philox
from perdure.graph.shapes import format_shape, with_rank, with_size
from perdure.ops.checks import invalid, scalar
from perdure.ops.registry import op
from perdure.ops.traits import RANDOM

# -- shared by the family ---------------------------------------------------------


def sizes_of(shape):
    """The `shape` input of a draw as a tuple of sizes."""
    if shape.ndim != 1:
        raise invalid(f"shape must be a vector of {{int32,int64}}, got shape {format_shape(shape.shape)}")
    for i, size in enumerate(shape.tolist()):
        if size < 0:
            raise invalid(
                f"Dimension {i} must be >= 0, but the shape asked for is {format_shape(shape.tolist())}"
            )
    return tuple(shape.tolist())


def known_shape(shape):
    """`shape` as far as it is known; ValueError for a negative size."""
    if shape is not None and any(size is not None and size < 0 for size in shape):
        raise ValueError(f"Dimensions must be >= 0, but the shape is {format_shape(shape)}")
    return shape


def check_range(xp, minval, maxval):
    """Refuse a range [minval, maxval) that is not of two numbers or is empty."""
    for name, value in (("minval", minval), ("maxval", maxval)):
        if np.ndim(value):
            raise invalid(f"{name} must be 0-D, got shape {format_shape(np.shape(value))}")
    xp.require(minval < maxval, lambda: f"Need minval < maxval, got {minval} >= {maxval}")


def check_seed(seed):
    """Refuse a `seed` input of a stateless op that is not two numbers."""
    if np.shape(seed) != (2,):
        raise invalid(f"seed must have shape [2], not {format_shape(np.shape(seed))}")


# -- RandomUniform, RandomStandardNormal, TruncatedNormal -------------------------


def random_shape(shape):
    return known_shape(shape)


def draw(drawn, distribution):
    """Let a stateful op fill a shape from `xp.<distribution>`."""
    drawn.shape(random_shape)

    @drawn.kernel
    def draw_kernel(xp, shape, *, dtype, rng):
        sizes = sizes_of(shape)
        size = math.prod(sizes)
        key, counter = rng.reserve(size * philox.RESERVED_BLOCKS)
        fill = getattr(xp, distribution)
        return fill(key, counter, size, dtype.as_numpy_dtype).reshape(sizes)

    drawn.not_differentiable("the numbers depend on no input")


random_uniform = op("RandomUniform", sizes=["shape"], draws=True, work=RANDOM)
random_standard_normal = op("RandomStandardNormal", sizes=["shape"], draws=True, work=RANDOM)
truncated_normal = op("TruncatedNormal", sizes=["shape"], draws=True, work=RANDOM)
draw(random_uniform, "random_uniform")
draw(random_standard_normal, "random_normal")
draw(truncated_normal, "random_truncated_normal")

# -- RandomUniformInt -------------------------------------------------------------

random_uniform_int = op("RandomUniformInt", sizes=["shape"], draws=True, work=RANDOM)


@random_uniform_int.shape
def random_uniform_int_shape(shape, minval, maxval):
    with_rank(minval, 0)
    with_rank(maxval, 0)
    return known_shape(shape)


@random_uniform_int.kernel
def random_uniform_int_kernel(xp, shape, minval, maxval, *, Tout, rng):
    sizes = sizes_of(shape)
    size = math.prod(sizes)
    if size == 0:  # any range is good enough for no numbers
        return np.zeros(sizes, Tout.as_numpy_dtype)
    check_range(xp, minval, maxval)
    key, counter = rng.reserve(size * philox.RESERVED_BLOCKS)
    return xp.random_integers(key, counter, size, minval, maxval).reshape(sizes)


random_uniform_int.not_differentiable("returns integers")

# -- RandomShuffle ----------------------------------------------------------------

random_shuffle = op("RandomShuffle", draws=True)


@random_shuffle.shape
def random_shuffle_shape(value):
    return value


@random_shuffle.kernel
def random_shuffle_kernel(xp, value, *, rng):
    shape = np.shape(value)
    if not shape or shape[0] <= 1 or math.prod(shape) <= 1:
        return value
    swaps = shape[0] - 1
    key, counter = rng.reserve((swaps + 3) // 4)
    return xp.asarray(value)[xp.shuffled_order(xp.random_words(key, counter, swaps))]


random_shuffle.refuse_gradient()

# -- Multinomial ------------------------------------------------------------------

multinomial = op("Multinomial", static=["num_samples"], ranks={"num_samples": 0}, draws=True)


def multinomial_shape(logits, num_samples):
    rows, _ = with_rank(logits, 2)
    return (rows, None if num_samples is None else scalar(num_samples, "num_samples"))


multinomial.shape(multinomial_shape)


def checked_samples(logits, num_samples):
    """`num_samples` as an int, if it and `logits` can be drawn from."""
    if np.ndim(logits) != 2:
        raise invalid(f"logits should be a matrix, got shape {format_shape(np.shape(logits))}")
    if np.ndim(num_samples):
        raise invalid(f"num_samples should be a scalar, got shape {format_shape(np.shape(num_samples))}")
    if num_samples < 0:
        raise invalid(f"num_samples should be nonnegative, got {num_samples}")
    if np.shape(logits)[1] == 0:
        raise invalid("num_classes should be positive, got 0")
    return int(num_samples)


def pick_classes(xp, key, counter, logits, samples, dtype):
    """`samples` classes for each row of `logits`, which need not be normalized.

    The rows draw from the stream one after the other, as in a TensorFlow that uses one thread
    for them; with more threads, large batches start each thread's rows at a place of its own.
    """
    finite = xp.isfinite(logits)
    wide = logits.astype(np.float64)
    largest = xp.max(xp.where(finite, wide, -np.inf), axis=1, keepdims=True)
    weights = xp.where(finite, xp.exp(xp.where(finite, wide - largest, 0.0)), 0.0)
    cumulative = xp.cumsum(weights, axis=1)
    drawn = xp.random_uniform(key, counter, len(logits) * samples, np.float64)
    found = xp.pick(cumulative, drawn.reshape(len(logits), samples) * cumulative[:, -1:])
    return found.astype(dtype)


@multinomial.kernel
def multinomial_kernel(xp, logits, num_samples, *, output_dtype, rng):
    samples = checked_samples(logits, num_samples)
    dtype = output_dtype.as_numpy_dtype
    if samples == 0 or len(logits) == 0:
        return np.zeros((len(logits), samples), dtype)
    # TensorFlow counts two words for a number, and rounds the numbers of a row up to fours.
    reserved = len(logits) * ((samples + 3) // 4 * 4) * 2 * philox.RESERVED_BLOCKS
    key, counter = rng.reserve(reserved)
    return pick_classes(xp, key, counter, logits, samples, dtype)


multinomial.not_differentiable("returns classes")

# -- StatelessRandomUniform, StatelessRandomNormal, StatelessTruncatedNormal ------


def stateless_shape(shape, seed):
    with_size(with_rank(seed, 1)[0], 2)
    return known_shape(shape)


def stateless_draw(drawn, distribution):
    """Let a stateless op fill a shape from `xp.<distribution>`."""
    drawn.shape(stateless_shape)

    @drawn.kernel
    def stateless_draw_kernel(xp, shape, seed, *, dtype):
        sizes = sizes_of(shape)
        check_seed(seed)
        key, counter = philox.scrambled(xp, seed)
        fill = getattr(xp, distribution)
        return fill(key, counter, math.prod(sizes), dtype.as_numpy_dtype).reshape(sizes)

    drawn.not_differentiable("the numbers depend on the seed alone")


stateless_random_uniform = op("StatelessRandomUniform", sizes=["shape"], work=RANDOM)
stateless_random_normal = op("StatelessRandomNormal", sizes=["shape"], work=RANDOM)
stateless_truncated_normal = op("StatelessTruncatedNormal", sizes=["shape"], work=RANDOM)
stateless_draw(stateless_random_uniform, "random_uniform")
stateless_draw(stateless_random_normal, "random_normal")
stateless_draw(stateless_truncated_normal, "random_truncated_normal")

# -- StatelessRandomUniformInt ----------------------------------------------------

stateless_random_uniform_int = op("StatelessRandomUniformInt", sizes=["shape"], work=RANDOM)


@stateless_random_uniform_int.shape
def stateless_random_uniform_int_shape(shape, seed, minval, maxval):
    with_rank(minval, 0)
    with_rank(maxval, 0)
    return stateless_shape(shape, seed)


@stateless_random_uniform_int.kernel
def stateless_random_uniform_int_kernel(xp, shape, seed, minval, maxval, *, dtype):
    sizes = sizes_of(shape)
    check_seed(seed)
    size = math.prod(sizes)
    if size == 0:
        return np.zeros(sizes, dtype.as_numpy_dtype)
    check_range(xp, minval, maxval)
    key, counter = philox.scrambled(xp, seed)
    return xp.random_integers(key, counter, size, minval, maxval).reshape(sizes)


stateless_random_uniform_int.not_differentiable("returns integers")

# -- StatelessMultinomial ---------------------------------------------------------

stateless_multinomial = op("StatelessMultinomial", static=["num_samples"], ranks={"num_samples": 0})


@stateless_multinomial.shape
def stateless_multinomial_shape(logits, num_samples, seed):
    with_size(with_rank(seed, 1)[0], 2)
    return multinomial_shape(logits, num_samples)


@stateless_multinomial.kernel
def stateless_multinomial_kernel(xp, logits, num_samples, seed, *, output_dtype):
    samples = checked_samples(logits, num_samples)
    check_seed(seed)
    dtype = output_dtype.as_numpy_dtype
    if samples == 0 or len(logits) == 0:
        return np.zeros((len(logits), samples), dtype)
    key, counter = philox.scrambled(xp, seed)
    return pick_classes(xp, key, counter, logits, samples, dtype)


stateless_multinomial.not_differentiable("returns classes")
