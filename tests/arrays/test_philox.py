"""Philox against its authors' test vectors, and streams."""

import threading

import numpy as np
import pytest

from perdure.arrays import jax_arrays, normal_numpy, numpy_arrays, philox, random_numpy

# From the known answers of Random123, the generator's reference implementation.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_known_answers(counter, key, expected):
    """A block is the one that the generator's authors publish."""
    words = philox.blocks(np, np.array(key, np.uint32), np.array(counter, np.uint32), np.zeros(1, np.uint64))
    assert tuple(word[0] for word in words) == expected


def test_offsets_carry():
    """Offsets carry from the first word of the counter into the second."""
    key, counter = np.array([1, 2], np.uint32), np.array([0xFFFFFFFE, 3, 4, 5], np.uint32)
    ahead = philox.blocks(np, key, counter, np.array([3], np.uint64))
    there = philox.blocks(np, key, np.array([1, 4, 4, 5], np.uint32), np.zeros(1, np.uint64))
    np.testing.assert_array_equal(ahead, there)


def test_stream_seeds():
    """The first seed is the key, the second the upper half of the counter; negative ones wrap."""
    key, counter = philox.Stream(2**33 + 5, -1).reserve(0)
    assert key.tolist() == [5, 2]
    assert counter.tolist() == [0, 0, 0xFFFFFFFF, 0xFFFFFFFF]


def test_stream_advances():
    """A reservation starts where the one before it ended, over all 128 bits."""
    stream = philox.Stream(1, 2)
    stream.reserve(2**32 + 7)
    assert stream.reserve(2**64)[1].tolist() == [7, 1, 2, 0]
    assert stream.reserve(1)[1].tolist() == [7, 1, 3, 0]


def test_unseeded_streams_differ():
    """Two zero seeds are seeded by the operating system."""
    keys = {tuple(philox.Stream(0, 0).key) for _ in range(3)}
    assert len(keys) == 3


def test_streams_are_thread_safe():
    """No two reservations overlap."""
    stream, taken = philox.Stream(1, 2), []

    def reserve():
        for _ in range(200):
            taken.append(int(stream.reserve(3)[1][0]))

    threads = [threading.Thread(target=reserve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(0, 3 * 800, 3))


def test_chunks_join():
    """A draw does not depend on how many blocks are made at a time."""
    xp = numpy_arrays()
    key, counter = philox.Stream(1, 2).reserve(0)
    whole = xp.random_truncated_normal(key, counter, 20000, np.float32)
    few = xp.random_truncated_normal(key, counter, 11, np.float32)
    np.testing.assert_array_equal(whole[:11], few)
    assert np.abs(whole).max() < 2


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_nothing(dtype):
    """A draw of no numbers."""
    import jax

    key, counter = philox.Stream(1, 2).reserve(0)
    for xp in (numpy_arrays(), jax_arrays()):
        for draw in (xp.random_uniform, xp.random_normal, xp.random_truncated_normal):
            with jax.enable_x64(True):
                assert draw(key, counter, 0, np.dtype(dtype)).shape == (0,)


def test_logarithm_of_small_and_large_arguments():
    """The float32 logarithm at the ends of its range of use."""
    x = np.array([1e-7, 1.0, np.nextafter(np.float32(1), np.float32(0))], np.float32)
    np.testing.assert_allclose(philox.log_float32(np, x), np.log(x.astype(np.float64)), rtol=1e-7, atol=0)


def test_in_place_blocks():
    """NumPy's in-place blocks are the same blocks."""
    key, counter = np.array([7, 8], np.uint32), np.array([0xFFFFFFFE, 3, 4, 5], np.uint32)
    offsets = np.arange(9, dtype=np.uint64) * np.uint64(2**31)
    even, odd = random_numpy._blocks(key, counter, offsets, normal_numpy.Scratch(12))
    words = even[0], odd[0], even[1], odd[1]
    np.testing.assert_array_equal(words, philox.blocks(np, key, counter, offsets))


@pytest.mark.parametrize("first", range(3))
def test_in_place_normal_numbers(first):
    """NumPy's in-place normal numbers are the same numbers, as all 2**23 arguments were found to be."""
    words = np.arange(first, 2**23, 2**10 - 1, dtype=np.uint64)
    quarters = np.arange(9, dtype=np.uint64) * np.uint64(2**20) - np.uint64(first)
    words = np.concatenate([words, quarters, np.arange(32, dtype=np.uint64)])
    even = words[: len(words) // 2 * 2].reshape(2, -1)
    odd = even[::-1, ::-1].copy()
    found = normal_numpy.normal_float32(even, odd, normal_numpy.Scratch(even.shape[1] + 5))
    for column, expected in zip(found, philox.normal_float32(np, even, odd), strict=True):
        np.testing.assert_array_equal(column.view(np.int32), expected.view(np.int32))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_tiers_truncate_alike(dtype):
    """Groups that take several attempts, in several chunks, have the numbers that XLA gives them."""
    import jax

    key, counter = philox.Stream(3, 4).reserve(0)
    count = 8 * random_numpy._CHUNK + 3 if dtype == "float32" else 9999
    found = numpy_arrays().random_truncated_normal(key, counter, count, np.dtype(dtype))
    with jax.enable_x64(True):
        expected = jax_arrays().random_truncated_normal(key, counter, count, np.dtype(dtype))
    np.testing.assert_allclose(found, np.asarray(expected), rtol=0 if dtype == "float32" else 1e-3)
