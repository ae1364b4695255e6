"""Hashes of byte strings that are the same everywhere and for ever, as TensorFlow's string ops give them.

Each function takes many strings at once: those of one length are hashed together, as rows of a matrix.  All
arithmetic is that of unsigned numbers of 64 bits, modulo 2**64.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

# A number of each of the strings of one length.
Words: TypeAlias = Any
Pair: TypeAlias = tuple[Words, Words]

_U64 = np.uint64


def _of_each_length(strings: Sequence[bytes], function: Callable[[np.ndarray, int], Words]) -> np.ndarray:
    """Apply a function of (bytes, length) to the strings of each length; results in the strings' order."""
    places = defaultdict(list)
    for place, string in enumerate(strings):
        places[len(string)].append(place)
    result = np.empty(len(strings), _U64)
    for length, where in places.items():
        rows = np.frombuffer(b"".join([strings[place] for place in where]), np.uint8)
        with np.errstate(over="ignore"):
            result[where] = function(rows.reshape(len(where), length), length)
    return result


def _word(rows: np.ndarray, start: int, size: int = 8) -> Words:
    """The little-endian number of `size` bytes that begins in column `start`."""
    columns = np.zeros((len(rows), 8), np.uint8)
    columns[:, :size] = rows[:, start : start + size]
    return columns.view("<u8")[:, 0]


def _rotated(x: Words, right: int) -> Words:
    return x >> _U64(right) | x << _U64(64 - right)


def _mixed(x: Words) -> Words:
    return x ^ x >> _U64(47)


# -- FarmHash -----------------------------------------------------------------------------

_K0, _K1, _K2 = _U64(0xC3A5C85C97CB3127), _U64(0xB492B66FBE98F273), _U64(0x9AE16A3B2F90404F)


# The multiplier of MurmurHash64A, by which fingerprints are put together.
_CAT = _U64(0xC6A4A7935BD1E995)


def fingerprint64(strings: Sequence[bytes]) -> np.ndarray:
    """FarmHash's Fingerprint64 of byte strings, which is also TensorFlow's.

    Args:
        strings: n byte strings.

    Returns:
        n numbers, uint64.

    The algorithm is that of farmhashna::Hash64 in github.com/google/farmhash.
    """
    return _of_each_length(strings, _farm)


def concatenated(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The fingerprint of a pair of fingerprints (TensorFlow's FingerprintCat64).

    Args:
        first, second: numbers of one shape, uint64.
    """
    with np.errstate(over="ignore"):
        result = np.asarray(first, _U64) ^ _CAT
        result = (result ^ (_mixed(np.asarray(second, _U64) * _CAT) * _CAT)) * _CAT
        return _mixed(_mixed(result) * _CAT)


def _farm(rows: np.ndarray, length: int) -> Words:
    if length <= 16:
        return _farm_to_16(rows, length)
    if length <= 32:
        return _farm_to_32(rows, length)
    if length <= 64:
        return _farm_to_64(rows, length)
    return _farm_long(rows, length)


def _folded(u: Words, v: Words, factor: Words) -> Words:
    """HashLen16: two words to one."""
    return _mixed((v ^ _mixed((u ^ v) * factor)) * factor) * factor


def _farm_to_16(rows: np.ndarray, length: int) -> Words:
    factor = _K2 + _U64(2 * length)
    if length >= 8:
        a, b = _word(rows, 0) + _K2, _word(rows, length - 8)
        return _folded(_rotated(b, 37) * factor + a, (_rotated(a, 25) + b) * factor, factor)
    if length >= 4:
        start, end = _word(rows, 0, 4), _word(rows, length - 4, 4)
        return _folded(_U64(length) + (start << _U64(3)), end, factor)
    if length:
        first, middle, last = (_word(rows, place, 1) for place in (0, length >> 1, length - 1))
        y, z = first + (middle << _U64(8)), _U64(length) + (last << _U64(2))
        return _mixed(y * _K2 ^ z * _K0) * _K2
    return np.full(len(rows), _K2)


def _halves(rows: np.ndarray, length: int, first_factor: Words) -> tuple[Words, ...]:
    """What strings of 17 to 64 bytes begin with: factor, a, b, and the two words of their outer 32 bytes."""
    factor = _K2 + _U64(2 * length)
    a, b = _word(rows, 0) * first_factor, _word(rows, 8)
    c, d = _word(rows, length - 8) * factor, _word(rows, length - 16) * _K2
    return factor, a, b, _rotated(a + b, 43) + _rotated(c, 30) + d, a + _rotated(b + _K2, 18) + c


def _farm_to_32(rows: np.ndarray, length: int) -> Words:
    factor, _, _, y, z = _halves(rows, length, _K1)
    return _folded(y, z, factor)


def _farm_to_64(rows: np.ndarray, length: int) -> Words:
    factor, a, _, y, z = _halves(rows, length, _K2)
    z = _folded(y, z, factor)
    e, f = _word(rows, 16) * factor, _word(rows, 24)
    g = (y + _word(rows, length - 32)) * factor
    h = (z + _word(rows, length - 24)) * factor
    return _folded(_rotated(e + f, 43) + _rotated(g, 30) + h, e + _rotated(f + a, 18) + g, factor)


def _seeded(rows: np.ndarray, start: int, a: Words, b: Words) -> Pair:
    """WeakHashLen32WithSeeds: 32 bytes and two words to two words."""
    w, x, y, z = (_word(rows, start + 8 * i) for i in range(4))
    a = a + w
    b = _rotated(b + a + z, 21)
    whole = a + x + y
    return whole + z, b + _rotated(whole, 44) + a


def _farm_long(rows: np.ndarray, length: int) -> Words:
    seed = np.full(len(rows), _U64(81))
    x, y = seed * _K2 + _word(rows, 0), seed * _K1 + _U64(113)
    z = _mixed(y * _K2 + _U64(113)) * _K2
    v = w = (np.zeros_like(seed), np.zeros_like(seed))
    blocks = (length - 1) // 64
    for block in range(blocks + 1):
        is_last = block == blocks
        start = length - 64 if is_last else 64 * block
        factor, weight = _K1, _U64(1)
        if is_last:
            factor, weight = _K1 + ((z & _U64(0xFF)) << _U64(1)), _U64(9)
            w = w[0] + _U64((length - 1) & 63), w[1]
            v = v[0] + w[0], v[1]
            w = w[0] + v[0], w[1]
        x = _rotated(x + y + v[0] + _word(rows, start + 8), 37) * factor
        y = _rotated(y + v[1] + _word(rows, start + 48), 42) * factor
        x = x ^ w[1] * weight
        y = y + v[0] * weight + _word(rows, start + 40)
        z = _rotated(z + w[0], 33) * factor
        v = _seeded(rows, start, v[1] * factor, x + w[0])
        w = _seeded(rows, start + 32, z + w[1], y + _word(rows, start + 16))
        z, x = x, z
    return _folded(_folded(v[0], w[0], factor) + _mixed(y) * _K0 + z, _folded(v[1], w[1], factor) + x, factor)


# -- TensorFlow's Hash64 ------------------------------------------------------------------

_HASH64_SEED, _HASH64_FACTOR = 0xDECAFCAFFE, _U64(0xC6A4A7935BD1E995)


def hash64(strings: Sequence[bytes]) -> np.ndarray:
    """TensorFlow's Hash64 of byte strings, a MurmurHash64A (tensorflow/core/lib/hash/hash.cc).

    Args:
        strings: n byte strings.

    Returns:
        n numbers, uint64.
    """
    return _of_each_length(strings, _murmur)


def _murmur(rows: np.ndarray, length: int) -> Words:
    state = np.full(len(rows), _U64(_HASH64_SEED)) ^ _U64(length) * _HASH64_FACTOR
    whole = length - length % 8
    for start in range(0, whole, 8):
        word = _word(rows, start) * _HASH64_FACTOR
        state = (state ^ _mixed(word) * _HASH64_FACTOR) * _HASH64_FACTOR
    if whole < length:
        state = (state ^ _word(rows, whole, length - whole)) * _HASH64_FACTOR
    return _mixed(_mixed(state) * _HASH64_FACTOR)


# -- SipHash ------------------------------------------------------------------------------

_SIP_START = tuple(
    int.from_bytes(text, "big") for text in (b"somepseu", b"dorandom", b"lygenera", b"tedbytes")
)


def siphash(strings: Sequence[bytes], key: tuple[int, int]) -> np.ndarray:
    """SipHash-2-4 of byte strings (Aumasson and Bernstein, 2012).

    Args:
        strings: n byte strings.
        key: two numbers of 64 bits.

    Returns:
        n numbers, uint64.
    """
    words = [_U64(word % 2**64) for word in key]

    def hashed(rows: np.ndarray, length: int) -> Words:
        state = [np.full(len(rows), _U64(start) ^ words[i % 2]) for i, start in enumerate(_SIP_START)]
        whole = length - length % 8
        blocks = [_word(rows, start) for start in range(0, whole, 8)]
        blocks.append(_word(rows, whole, length - whole) | _U64((length & 0xFF) << 56))
        for block in blocks:
            state[3] = state[3] ^ block
            _sip_rounds(state, 2)
            state[0] = state[0] ^ block
        state[2] = state[2] ^ _U64(0xFF)
        _sip_rounds(state, 4)
        return state[0] ^ state[1] ^ state[2] ^ state[3]

    return _of_each_length(strings, hashed)


def _sip_rounds(state: list[Words], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a, c = a + b, c + d
        b, d = _rotated(b, 51) ^ a, _rotated(d, 48) ^ c
        a = _rotated(a, 32)
        c, a = c + b, a + d
        b, d = _rotated(b, 47) ^ c, _rotated(d, 43) ^ a
        c = _rotated(c, 32)
    state[:] = a, b, c, d
