"""Draws of random numbers in XLA: the functions of `random_numpy`, for the compiled tier."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from perdure.arrays import philox


def _fill(key, counter, size, dtype, convert):
    count = -(-size // philox.numbers_per_block(dtype))
    words = philox.blocks(jnp, key, counter, jnp.arange(count, dtype=np.uint64))
    return jnp.stack(_by_halves(convert, words), axis=1).reshape(-1)[:size].astype(dtype)


def _interleaved(columns, size, dtype):
    # Without the barrier XLA computes all columns anew for each of them: 17 ns a number against 5.
    columns = jax.lax.optimization_barrier(tuple(columns))
    return jnp.stack(columns, axis=1).reshape(-1)[:size].astype(dtype)


def _by_halves(convert, words):
    # XLA makes faster code of four arrays of words than of two arrays of pairs.
    return (*convert(*words[:2]), *convert(*words[2:]))


def log_of_c(x):
    return jnp.log(x)


def random_words(key, counter, size):
    return _fill(key, counter, size, np.uint32, lambda even, odd: (even, odd))


def random_uniform(key, counter, size, dtype):
    return _fill(key, counter, size, dtype, lambda even, odd: philox.uniform(even, odd, dtype))


def random_integers(key, counter, size, low, high):
    convert = partial(philox.integers, low=jnp.asarray(low), high=jnp.asarray(high))
    return _fill(key, counter, size, low.dtype, convert)


def random_normal(key, counter, size, dtype):
    count = -(-size // philox.numbers_per_block(dtype))
    numbers = _normal(dtype, key, counter, jnp.arange(count, dtype=np.uint64))
    return _interleaved(numbers, size, dtype)


def _normal(dtype, key, counter, offsets):
    words = philox.blocks(jnp, key, counter, offsets)
    if np.dtype(dtype) == np.float64:
        first, second = philox.uniform_float64(*words[:2]), philox.uniform_float64(*words[2:])
        return philox.normal_float64(jnp, first, second, log_of_c)
    return _by_halves(partial(philox.normal_float32, jnp), words)


def random_truncated_normal(key, counter, size, dtype):
    group = philox.numbers_per_block(dtype)
    count = -(-size // group)
    first = jnp.arange(count, dtype=np.uint64) * np.uint64(group * philox.RESERVED_BLOCKS // 4)

    def attempt(state):
        number, filled, taken = state
        for candidate in _normal(dtype, key, counter, first + number):
            accepted = jnp.abs(candidate) < 2
            taken = [jnp.where(accepted & (filled == slot), candidate, old) for slot, old in enumerate(taken)]
            filled = filled + accepted
        return number + np.uint64(1), filled, tuple(taken)

    wide = np.float64 if np.dtype(dtype) == np.float64 else np.float32
    nothing = jnp.zeros(count, wide)
    state = jnp.uint64(0), jnp.zeros(count, np.int32), (nothing,) * group
    state = jax.lax.while_loop(lambda state: (state[1] < group).any(), attempt, state)
    return jnp.stack(state[2], axis=1).reshape(-1)[:size].astype(dtype)


def shuffled_order(draws):
    count = len(draws) + 1
    steps = (draws % jnp.arange(count, 1, -1, dtype=np.uint32)).astype(np.int32)

    def swap(i, order):
        other = i + steps[i]
        return order.at[i].set(order[other]).at[other].set(order[i])

    return jax.lax.fori_loop(0, count - 1, swap, jnp.arange(count))


def pick(cumulative, draws):
    return jax.vmap(partial(jnp.searchsorted, side="right"))(cumulative, draws)
