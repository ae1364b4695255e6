"""Samples of classes: UniformCandidateSampler and its like, ComputeAccidentalHits.

A sampler node draws from its own stream, `philox.Stream`, as TensorFlow's kernel does
(core/kernels/candidate_sampler_ops.cc): it reserves 2048 words for each class, draws classes one
after the other, and with `unique` passes over those it has.  Here words are made for several runs ahead,
because a call of NumPy costs more than the numbers of one run; what follows from a class alone is kept.
"""

import numpy as np

from perdure.graph.shapes import format_shape, with_rank, with_size
from perdure.ops.checks import invalid
from perdure.ops.nn import range_samplers
from perdure.ops.registry import op
from perdure.resources.resource import Resource, Sharing

_RESERVED_BLOCKS = 512  # for each class
_BLOCKS_AHEAD = 1024
# Logarithms of so many classes at most are kept: 1 MB.
_MOST_KEPT = 2**18

# -- shared by the family ---------------------------------------------------------


class Sampling(Resource):
    """What a node keeps between runs: its distribution, and words for its next runs."""

    kind = "sampler"
    sharing = Sharing.NODE

    def __init__(self, name, make):
        super().__init__(name)
        self.sampler = make()
        # The counter of the first run, blocks from one run to the next, words of each run, their classes.
        self._ahead = (0, 1, np.empty((0, 0), np.uint32), None)
        self._most_draws = 0
        self._logs = None

    def draw(self, xp, key, counter, count, unique):
        """Draw `count` classes with a stream.

        Returns:
            The classes, and how many draws it took.
        """
        words, values = self._values(xp, key, counter, count)
        if not unique:
            while len(values) < count:  # some words were dropped
                words, values = self._longer(xp, key, counter, words)
            return values[:count], count
        picked, draws, values = {}, 0, values.tolist()
        while len(picked) < count:
            if draws == len(values):
                words, values = self._longer(xp, key, counter, words)
                values = values.tolist()
            # No more than are missing: the last of them completes the sample only if all are new.
            new = values[draws : draws + count - len(picked)]
            picked.update(dict.fromkeys(new))
            draws += len(new)
        self._most_draws = max(draws, self._most_draws)
        return np.array(list(picked), np.int64), draws

    def _values(self, xp, key, counter, count):
        """The first words of the run that starts at `counter`, and their classes."""
        start = int.from_bytes(counter.astype("<u4").tobytes(), "little")
        first, stride, rows, classes = self._ahead
        run, rest = divmod(start - first, stride)
        if rest or not 0 <= run < len(rows):
            # As a guess, a quarter more than without repetitions; then what it took so far and a little more.
            draws = max(count * 5 // 4, self._most_draws * 17 // 16)
            blocks = (self.sampler.words * draws + 7) // 4
            stride, runs = count * _RESERVED_BLOCKS, max(1, _BLOCKS_AHEAD // blocks)
            offsets = np.add.outer(np.arange(runs) * stride, np.arange(blocks)).reshape(-1)
            rows, run = xp.random_words_at(key, counter, offsets).reshape(runs, -1), 0
            classes = None
            if self.sampler.keeps_all:
                classes = self.sampler.values(rows.reshape(-1)).reshape(runs, -1)
            self._ahead = start, stride, rows, classes
        return rows[run], self.sampler.values(rows[run]) if classes is None else classes[run]

    def _longer(self, xp, key, counter, words):
        """Twice the words of a run, and their classes."""
        done = len(words) // 4
        more = xp.random_words_at(key, counter, np.arange(done, 2 * done))
        words = np.concatenate([words, more])
        return words, self.sampler.values(words)

    def expected_counts(self, classes, count, draws):
        """How often each of `classes` is expected among the candidates.

        Args:
            classes: any classes; those of the candidates are in range.
            count: how many candidates there are.
            draws: how many were drawn to find them; `count` if they need not be distinct.
        """
        sampler = self.sampler
        if draws == count:
            return sampler.probability(classes) * np.float32(count)
        # One comparison of unsigned numbers is two of signed ones.
        if sampler.changes or sampler.range > _MOST_KEPT or classes.view(np.uint64).max() >= sampler.range:
            logs = log1p_float32(-sampler.probability(classes))
        else:
            if self._logs is None:
                self._logs = log1p_float32(-sampler.probability(np.arange(sampler.range)))
            logs = self._logs[classes]
        return -expm1_float32(np.float32(draws) * logs)


# TensorFlow's kernel calls log1pf and expm1f of the C library, which come from Sun Microsystems' fdlibm.
# NumPy's own differ from them in the last bit for one number in four.  A sample is small, so calls count:
# with an array of no axes they take 0.27 µs, with a scalar 0.42 µs.


def _constants(*numbers):
    return [np.array(number, np.float32) for number in numbers]


def _of_bits(*words):
    return _constants(*np.array(words, np.uint32).view(np.float32))


_HALF, _ONE, _TWO, _THREE, _SIX = _constants(0.5, 1, 2, 3, 6)
_LN2_HIGH, _LN2_LOW, _PER_LN2, _ROOT_HALF = _of_bits(0x3F317180, 0x3717F7D1, 0x3FB8AA3B, 0x3F3504F7)
_EXPM1 = _of_bits(0xBD088889, 0x3AD00D01, 0xB8A670CD, 0x36867E54, 0xB457EDBB)
_LOG1P = _of_bits(0x3F2AAAAB, 0x3ECCCCCD, 0x3E924925, 0x3E638E29, 0x3E3A3325, 0x3E1CD04F, 0x3E178897)
# From the first on exp(x) is nothing beside 1.
_ALL_LOST, _TWO_THIRDS, _TINY = _constants(-27 * np.log(2), 2 / 3, 2**-20)


def log1p_float32(x):
    """log(1 + x) for float32 numbers from -1 to 0, with the bits of `log1pf`.

    1 + x is (1 + f) 2**k, a little more than the number that represents it; the series is of f / (2 + f).
    """
    if not len(x) or x.min() > np.float32(-0.29):
        return _log_of_one_and(x)
    sum = _ONE + x
    lost = (x - (sum - _ONE)) / sum
    fraction, k = np.frexp(sum)
    doubled = fraction < _ROOT_HALF
    fraction, k = np.where(doubled, fraction + fraction, fraction), (k - doubled).astype(np.float32)
    f = fraction - _ONE
    square = _HALF * f * f
    s = f / (_TWO + f)
    series = s * (square + _log1p_series(s * s))
    far = k * _LN2_HIGH - ((square - (series + (k * _LN2_LOW + lost))) - f)
    close = square * (_ONE - _TWO_THIRDS * f)
    at_power = k * _LN2_HIGH - ((close - (k * _LN2_LOW + lost)) - f)
    far = np.where(np.abs(f) < _TINY, at_power, far)
    far = np.where(x == -_ONE, np.float32(-np.inf), far)
    near = x.view(np.int32) <= np.array(0xBE95F61F, np.uint32).view(np.int32)
    return np.where(near, _log_of_one_and(x), far)


def _log_of_one_and(f):
    square = _HALF * f * f
    s = f / (_TWO + f)
    return f - (square - s * (square + _log1p_series(s * s)))


def _log1p_series(z):
    result = _LOG1P[6]
    for coefficient in _LOG1P[5::-1]:
        result = coefficient + z * result
    return z * result


def expm1_float32(x):
    """exp(x) - 1 for float32 numbers up to 0, with the bits of `expm1f`.

    x is k log 2 + r; a polynomial gives exp(r) - 1.
    """
    x = np.asarray(x)
    clipped = np.maximum(x, _ALL_LOST)
    k = (clipped * _PER_LN2 - _HALF).astype(np.int32)
    steps = k.astype(np.float32)
    high, low = clipped - steps * _LN2_HIGH, steps * _LN2_LOW
    r = high - low
    lost = (high - r) - low
    half_r = _HALF * r
    square = r * half_r
    q1, q2, q3, q4, q5 = _EXPM1
    series = _ONE + square * (q1 + square * (q2 + square * (q3 + square * (q4 + square * q5))))
    t = _THREE - series * half_r
    e = square * ((series - t) / (_SIX - r * t))
    e = r * (e - lost) - lost - square
    rest = r - e
    result = np.ldexp(_ONE + rest, k) - _ONE
    np.copyto(result, _HALF * rest - _HALF, where=k == -1)
    np.copyto(result, rest, where=k == 0)
    np.copyto(result, -_ONE, where=x < _ALL_LOST)
    return result


def sampled_shape(true_classes, *, num_true, num_sampled):
    batch = with_rank(true_classes, 2)[0]
    return [(num_sampled,), (batch, num_true), (num_sampled,)]


def check_true_classes(true_classes, num_true):
    """Refuse what is no matrix with a column for each true class."""
    if np.ndim(true_classes) != 2:
        raise invalid("true_classes must be a matrix")
    if true_classes.shape[1] != num_true:
        raise invalid(
            f"true_classes must have num_true columns, expected: {true_classes.shape[1]} was: {num_true}"
        )


def sample(xp, sampling, true_classes, num_true, num_sampled, unique, rng):
    """Candidates, and the expected counts of the true classes and of the candidates."""
    check_true_classes(true_classes, num_true)
    sampler = sampling.sampler
    if unique and num_sampled > sampler.range:
        raise invalid("Sampler's range is too small.")
    key, counter = rng.reserve(num_sampled * _RESERVED_BLOCKS)
    candidates, draws = sampling.draw(xp, key, counter, num_sampled, unique)
    classes = np.concatenate([true_classes.reshape(-1), candidates])
    counts = sampling.expected_counts(classes, num_sampled, draws)
    sampler.update(classes[: true_classes.size])
    return [candidates, counts[: true_classes.size].reshape(true_classes.shape), counts[true_classes.size :]]


# -- samplers of a range ----------------------------------------------------------


def candidate_sampler(type, distribution):
    """The op that draws from a distribution that its range determines."""
    sampler = op(type, host=True, draws=True, makes=Sampling)
    sampler.shape(sampled_shape)

    @sampler.kernel
    def sampler_kernel(xp, true_classes, *, num_true, num_sampled, unique, range_max, rng, obtain):
        sampling = obtain(make=lambda: distribution(range_max))
        return sample(xp, sampling, true_classes, num_true, num_sampled, unique, rng)

    sampler.refuse_gradient()
    return sampler


uniform_candidate_sampler = candidate_sampler("UniformCandidateSampler", range_samplers.UniformSampler)
log_uniform_candidate_sampler = candidate_sampler(
    "LogUniformCandidateSampler", range_samplers.LogUniformSampler
)
learned_unigram_candidate_sampler = candidate_sampler(
    "LearnedUnigramCandidateSampler", range_samplers.UnigramSampler
)
thread_unsafe_unigram_candidate_sampler = candidate_sampler(
    "ThreadUnsafeUnigramCandidateSampler", range_samplers.UnigramSampler
)

# -- FixedUnigramCandidateSampler -------------------------------------------------

fixed_unigram_candidate_sampler = op("FixedUnigramCandidateSampler", host=True, draws=True, makes=Sampling)
fixed_unigram_candidate_sampler.shape(sampled_shape)


@fixed_unigram_candidate_sampler.kernel
def fixed_unigram_candidate_sampler_kernel(
    xp,
    true_classes,
    *,
    num_true,
    num_sampled,
    unique,
    range_max,
    vocab_file,
    distortion,
    num_reserved_ids,
    num_shards,
    shard,
    unigrams,
    rng,
    obtain,
    files,
):
    def make():
        if not vocab_file and not unigrams:
            raise invalid("Must provide either vocab_file or unigrams.")
        if vocab_file and unigrams:
            raise invalid("Must only provide one of vocab_file and unigrams.")
        if shard >= num_shards:
            raise invalid(f"shard must be below num_shards, {num_shards}, but is {shard}")
        weights = unigrams or range_samplers.weights_of_file(vocab_file, files)
        return range_samplers.FixedUnigramSampler(
            range_max, weights, distortion, num_reserved_ids, num_shards, shard
        )

    return sample(xp, obtain(make=make), true_classes, num_true, num_sampled, unique, rng)


fixed_unigram_candidate_sampler.refuse_gradient()

# -- AllCandidateSampler ----------------------------------------------------------

all_candidate_sampler = op("AllCandidateSampler")
all_candidate_sampler.shape(sampled_shape)


@all_candidate_sampler.kernel
def all_candidate_sampler_kernel(xp, true_classes, *, num_true, num_sampled):
    check_true_classes(true_classes, num_true)
    return [
        np.arange(num_sampled),
        xp.ones(np.shape(true_classes), np.float32),
        np.ones(num_sampled, np.float32),
    ]


all_candidate_sampler.refuse_gradient()

# -- ComputeAccidentalHits --------------------------------------------------------

compute_accidental_hits = op("ComputeAccidentalHits", host=True)


@compute_accidental_hits.shape
def compute_accidental_hits_shape(true_classes, sampled_candidates, *, num_true):
    with_size(with_rank(true_classes, 2)[1], num_true)
    with_rank(sampled_candidates, 1)
    return [(None,), (None,), (None,)]


@compute_accidental_hits.kernel
def compute_accidental_hits_kernel(xp, true_classes, sampled_candidates, *, num_true):
    if np.ndim(true_classes) != 2 or true_classes.shape[1] != num_true:
        raise invalid("true_candidates must be a batch_size * num_true matrix")
    if np.ndim(sampled_candidates) != 1:
        raise invalid(
            "sampled_candidates must be a vector, which is typically an output from CandidateSampler, "
            f"not one of shape {format_shape(np.shape(sampled_candidates))}"
        )
    classes = true_classes.reshape(-1)
    order = np.argsort(sampled_candidates, kind="stable")
    # Of equal candidates the last one counts.
    found = np.searchsorted(sampled_candidates, classes, side="right", sorter=order) - 1
    places = order[found] if order.size else found
    hits = np.flatnonzero(sampled_candidates[places] == classes) if order.size else places[:0]
    rows = (hits // num_true).astype(np.int32)
    return [rows, places[hits], np.full(len(hits), -np.finfo(np.float32).max)]


compute_accidental_hits.refuse_gradient()
