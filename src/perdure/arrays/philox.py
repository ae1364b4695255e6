"""Philox 4x32-10 and the distributions drawn from it, with TensorFlow's bits.

A stream is a 64-bit key and a 128-bit counter; each counter value gives one block of four
32-bit words (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).  How keys
and counters follow from seeds, how words become numbers and how many blocks a draw reserves
are facts of TensorFlow 1.15.5 (lib/random/philox_random.h, lib/random/random_distributions.h,
util/guarded_philox_random.cc), so that equal seeds give equal bits.

All functions work over `xp`, NumPy or jax.numpy with 64-bit types.  A key is a uint32 array of
shape (2,), a counter one of shape (4,) with the lowest word first.
"""

import os
import threading

import numpy as np

from perdure.graph.forking import free_in_children

# Blocks that a draw of one number reserves, used or not; rejection may need more than one.
RESERVED_BLOCKS = 256

ROUNDS = 10
MULTIPLIERS = np.array([[0xD2511F53], [0xCD9E8D57]], np.uint64)
KEY_STEPS = np.array([[0x9E3779B9], [0xBB67AE85]], np.uint64)
WORD = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
_LONG = 2**64 - 1


class Stream:
    """The random numbers of one op in one session, from its `seed` and `seed2` attributes.

    Two zeros mean that nobody chose a seed: the stream is then seeded by the operating system.
    Thread-safe.
    """

    def __init__(self, seed: int, seed2: int) -> None:
        if seed == 0 and seed2 == 0:
            seed, seed2 = (int.from_bytes(os.urandom(8), "little") for _ in range(2))
        self.key = _words(seed & _LONG, 2)
        self._counter = (seed2 & _LONG) << 64
        self._lock = free_in_children(threading.RLock())

    def reserve(
        self, samples: int, noted: list[tuple["Stream", int, int]] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Take the next `samples` blocks.

        Args:
            samples: how many blocks of four words, as TensorFlow reserves them for a draw.
            noted: gets the stream and the arguments for `take_back`, before anything is taken.

        Returns:
            The key and the counter of the first block.
        """
        with self._lock:
            first = self._counter
            if noted is not None:
                noted.append((self, first, samples))
            self._counter = (first + samples) % (1 << 128)
        return self.key, _words(first, 4)

    def take_back(self, first: int, samples: int) -> None:
        """Let the blocks of a draw come again, if they were taken and no others since."""
        with self._lock:
            if self._counter == (first + samples) % (1 << 128):
                self._counter = first

    @property
    def position(self) -> int:
        """The counter of the next block."""
        return self._counter


def _words(number: int, count: int) -> np.ndarray:
    return np.array([number >> 32 * i & 0xFFFFFFFF for i in range(count)], np.uint32)


def blocks(xp, key, counter, offsets):
    """The blocks at `offsets` behind `counter`.

    Args:
        xp: the array namespace.
        key: uint32 (2,).
        counter: uint32 (4,); its lower 64 bits plus the largest offset must stay below 2**64.
        offsets: uint64 (n,).

    Returns:
        The four words of each block, uint64 (n,) each.
    """
    counter = counter.astype(np.uint64)
    key0, key1 = key.astype(np.uint64)
    position = (counter[0] | counter[1] << HALF) + offsets
    word0, word1 = position & WORD, position >> HALF
    word2, word3 = counter[2], counter[3]
    for _ in range(ROUNDS):
        product0, product1 = word0 * MULTIPLIERS[0, 0], word2 * MULTIPLIERS[1, 0]
        word0, word1 = product1 >> HALF ^ word1 ^ key0, product1 & WORD
        word2, word3 = product0 >> HALF ^ word3 ^ key1, product0 & WORD
        key0, key1 = key0 + KEY_STEPS[0, 0] & WORD, key1 + KEY_STEPS[1, 0] & WORD
    return word0, word1, word2, word3


def scrambled(xp, seed):
    """The key and counter that a stateless op draws with, from its `seed` input.

    Args:
        xp: the array namespace.
        seed: int32 or int64 of shape (2,).

    Returns:
        The key and the counter (core/kernels/stateless_random_ops.cc, GenerateKey).
    """
    seed = xp.asarray(seed).astype(np.int64).astype(np.uint64)
    counter = xp.stack([seed & WORD, seed >> HALF], axis=1).reshape(-1).astype(np.uint32)
    key = xp.asarray(np.array([0x3EC8F720, 0x02461E29], np.uint32))
    mix = xp.concatenate(blocks(xp, key, counter, xp.zeros(1, np.uint64))).astype(np.uint32)
    return mix[:2], xp.concatenate([xp.zeros(2, np.uint32), mix[2:]])


# -- words to uniform numbers -----------------------------------------------------

# These take the even words of blocks (0 and 2) and the odd ones (1 and 3), in arrays of any shape,
# and return the numbers in columns: a block's words 0 and 1 give the first number of each column.
# The random bits fill the mantissa of a number in [1, 2); then 1 is taken away.


def uniform_float32(word):
    """float32 in [0, 1) from 23 bits of a word."""
    bits = word.astype(np.uint32) & np.uint32(0x7FFFFF) | np.uint32(0x3F800000)
    return bits.view(np.float32) - np.float32(1)


def uniform_float64(high, low):
    """float64 in [0, 1) from 52 bits of two words."""
    bits = (high & np.uint64(0xFFFFF)) << HALF | low | np.uint64(0x3FF << 52)
    return bits.view(np.float64) - np.float64(1)


def uniform(even, odd, dtype):
    """Uniform numbers in [0, 1).

    Args:
        even, odd: words, uint64.
        dtype: float16, bfloat16, float32 or float64.

    Returns:
        A tuple of columns.
    """
    dtype = np.dtype(dtype)
    if dtype == np.float64:
        return (uniform_float64(even, odd),)
    if dtype == np.float32:
        return uniform_float32(even), uniform_float32(odd)
    # Exact in float32, and so is the conversion: float16 has 10 bits of mantissa, bfloat16 7.
    bits = 10 if dtype == np.float16 else 7
    kept, scale = np.uint64((1 << bits) - 1), np.float32(2.0**-bits)
    return tuple(((word & kept).astype(np.float32) * scale).astype(dtype) for word in (even, odd))


def integers(even, odd, low, high):
    """Integers in [low, high), slightly biased as TensorFlow's: random bits modulo the range.

    Args:
        even, odd: words, uint64.
        low: the smallest number, an int32 or int64 array of no dimensions.
        high: the first number too large, of the same type.

    Returns:
        A tuple of columns.
    """
    if low.dtype == np.int32:
        unsigned, bits = np.uint32, (even.astype(np.uint32), odd.astype(np.uint32))
    else:
        unsigned, bits = np.uint64, (even | odd << HALF,)
    span = high.astype(unsigned) - low.astype(unsigned)
    return tuple((word % span + low.astype(unsigned)).astype(low.dtype) for word in bits)


# -- words to normal numbers ------------------------------------------------------

# TensorFlow's CPU kernels call logf and sincosf of the C library.  Since glibc 2.27 those are
# Arm's optimized routines: table and polynomial in double precision, rounded once.  NumPy's and
# XLA's own float32 functions differ from them in the last bit for one number in fifty, so the same
# steps are taken here.  Only 2**23 arguments can occur; all of them were compared.

_LOG_TABLE = np.array(
    [
        [float.fromhex(number) for number in line.split()]
        for line in """
    0x1.661ec79f8f3bep+0 -0x1.57bf7808caadep-2
    0x1.571ed4aaf883dp+0 -0x1.2bef0a7c06ddbp-2
    0x1.49539f0f010bp+0  -0x1.01eae7f513a67p-2
    0x1.3c995b0b80385p+0 -0x1.b31d8a68224e9p-3
    0x1.30d190c8864a5p+0 -0x1.6574f0ac07758p-3
    0x1.25e227b0b8eap+0  -0x1.1aa2bc79c81p-3
    0x1.1bb4a4a1a343fp+0 -0x1.a4e76ce8c0e5ep-4
    0x1.12358f08ae5bap+0 -0x1.1973c5a611cccp-4
    0x1.0953f419900a7p+0 -0x1.252f438e10c1ep-5
    0x1p+0               0x0p+0
    0x1.e608cfd9a47acp-1 0x1.aa5aa5df25984p-5
    0x1.ca4b31f026aap-1  0x1.c5e53aa362eb4p-4
    0x1.b2036576afce6p-1 0x1.526e57720db08p-3
    0x1.9c2d163a1aa2dp-1 0x1.bc2860d22477p-3
    0x1.886e6037841edp-1 0x1.1058bc8a07ee1p-2
    0x1.767dcf5534862p-1 0x1.4043057b6ee09p-2
""".split("\n")[1:-1]
    ]
).T.copy()
_LOG = [
    float.fromhex(number)
    for number in (
        "0x1.62e42fefa39efp-1",
        "-0x1.ffffef20a4123p-2",
        "0x1.5575b0be00b6ap-2",
        "-0x1.00ea348b88334p-2",
    )
]
_SINE = [
    float.fromhex(number)
    for number in ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13")
]
_COSINE = [
    float.fromhex(number)
    for number in (
        "-0x1.ffffffd0c621cp-2",
        "0x1.55553e1068f19p-5",
        "-0x1.6c087e89a359dp-10",
        "0x1.99343027bf8c3p-16",
    )
]
_QUARTER = float.fromhex("0x1.921fb54442d18p0")
_QUARTERS_PER_RADIAN = float.fromhex("0x1.45f306dc9c883p+23")  # times 2**24
_SMALLEST = 1.0e-7


def log_float32(xp, x):
    """The natural logarithm of positive, normal float32 numbers, with the bits of `logf`."""
    bits = x.view(np.int32)
    shifted = bits - np.int32(0x3F330000)
    interval = shifted >> np.int32(19) & np.int32(15)
    exponent = shifted >> np.int32(23)
    fraction = (bits - (exponent << np.int32(23))).view(np.float32).astype(np.float64)
    table = xp.asarray(_LOG_TABLE)
    rest = fraction * table[0][interval] - 1.0
    known = table[1][interval] + exponent.astype(np.float64) * _LOG[0]
    square = rest * rest
    tail = _LOG[3] * square + (_LOG[2] * rest + _LOG[1])
    return (tail * square + (known + rest)).astype(np.float32)


def sine_and_cosine_float32(xp, angle):
    """Sine and cosine of float32 angles in [0, 2 pi], with the bits of `sincosf`."""
    wide = angle.astype(np.float64)
    quarter = (wide * _QUARTERS_PER_RADIAN).astype(np.int32) + np.int32(0x800000) >> np.int32(24)
    x = wide - quarter * np.float64(_QUARTER)
    x2 = x * x
    x3, x4 = x2 * x, x2 * x2
    sine = (x + x3 * _SINE[0]) + x3 * x2 * (_SINE[1] + x2 * _SINE[2])
    cosine = ((1.0 + x2 * _COSINE[0]) + x4 * _COSINE[1]) + x4 * x2 * (_COSINE[2] + x2 * _COSINE[3])
    sine, cosine = sine.astype(np.float32), cosine.astype(np.float32)
    swapped = (quarter & np.int32(1)).astype(bool)
    # Signs by quadrant: + + - - for the sine, + - - + for the cosine.
    sign_of_sine = (1 - (quarter & np.int32(2))).astype(np.float32)
    sign_of_cosine = (1 - (quarter + np.int32(1) & np.int32(2))).astype(np.float32)
    return (xp.where(swapped, cosine, sine) * sign_of_sine, xp.where(swapped, sine, cosine) * sign_of_cosine)


def normal_float32(xp, even, odd):
    """Standard normal float32 numbers, two columns from even and odd words (Box and Muller)."""
    ring = xp.maximum(uniform_float32(even), np.float32(_SMALLEST))
    radius = xp.sqrt(np.float32(-2) * log_float32(xp, ring))
    turn = uniform_float32(odd).astype(np.float64)
    sine, cosine = sine_and_cosine_float32(xp, (turn * (2 * np.pi)).astype(np.float32))
    return sine * radius, cosine * radius


def normal_float64(xp, first, second, log):
    """Standard normal float64 numbers, two columns (Box and Muller).

    Args:
        xp: the array namespace.
        first, second: uniform numbers from words 0 and 1 and from words 2 and 3 of each block.
        log: the logarithm of float64 arrays as the C library has it.
    """
    radius = xp.sqrt(-2.0 * log(xp.maximum(first, _SMALLEST)))
    angle = second * (2 * np.pi)
    return xp.sin(angle) * radius, xp.cos(angle) * radius


def numbers_per_block(dtype) -> int:
    """How many numbers of `dtype` a block gives."""
    return 2 if np.dtype(dtype).itemsize == 8 else 4
