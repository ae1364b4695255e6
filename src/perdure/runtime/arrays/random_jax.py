"""Draws of random numbers in XLA: the functions of `random_numpy`, for the compiled tier."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from perdure.ops import philox


def _fill(key, counter, size, dtype, convert):
    count = -(-size // philox.numbers_per_block(dtype))
    words = philox.blocks(jnp, key, counter, jnp.arange(count, dtype=np.uint64))
    return philox.in_order(jnp, convert(words)).reshape(-1)[:size].astype(dtype)


def log_of_c(x):
    return jnp.log(x)


def random_words(key, counter, size):
    return _fill(key, counter, size, np.uint32, lambda words: words)


def random_uniform(key, counter, size, dtype):
    return _fill(key, counter, size, dtype, lambda words: philox.uniform(jnp, words, dtype))


def random_integers(key, counter, size, low, high):
    low = jnp.asarray(low)
    convert = partial(philox.integers, jnp, low=low, high=high)
    return _fill(key, counter, size, low.dtype, convert)


def random_normal(key, counter, size, dtype):
    return _fill(key, counter, size, dtype, lambda words: philox.normal(jnp, words, dtype, log_of_c))


def random_truncated_normal(key, counter, size, dtype):
    group = philox.numbers_per_block(dtype)
    count = -(-size // group)
    first = jnp.arange(count, dtype=np.uint64) * np.uint64(group * philox.RESERVED_BLOCKS // 4)

    def attempt(state):
        number, filled, taken = state
        words = philox.blocks(jnp, key, counter, first + number)
        numbers = philox.in_order(jnp, philox.normal(jnp, words, dtype, log_of_c))
        for candidate in numbers.reshape(count, group).T:
            accepted = jnp.abs(candidate) < 2
            taken = [jnp.where(accepted & (filled == slot), candidate, old)
                     for slot, old in enumerate(taken)]
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
