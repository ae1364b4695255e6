"""Reductions of segments in XLA: the functions of `segments_numpy`, for the compiled tier."""

import jax.numpy as jnp


def _start(data, ids, num_segments, initial):
    row = data.shape[ids.ndim :]
    data, ids = data.reshape((ids.size, *row)), ids.reshape(-1)
    # JAX counts a negative index from the end; one past the end is dropped.
    ids = jnp.where(ids < 0, num_segments, ids)
    return jnp.full((num_segments, *row), initial, data.dtype).at[ids], data


def segment_sum(data, ids, num_segments):
    output, data = _start(data, ids, num_segments, 0)
    return output.add(data, mode="drop")


def segment_prod(data, ids, num_segments):
    output, data = _start(data, ids, num_segments, 1)
    return output.multiply(data, mode="drop")


def segment_max(data, ids, num_segments, initial):
    # As if every segment began with `initial`, the lowest value there is.
    output, data = _start(data, ids, num_segments, initial)
    return output.max(data, mode="drop")


def segment_min(data, ids, num_segments, initial):
    output, data = _start(data, ids, num_segments, initial)
    return output.min(data, mode="drop")


def count_by_id(ids, weights, size):
    ids = ids.reshape(-1)
    if weights is None:
        return jnp.zeros(size, jnp.int64).at[ids].add(1, mode="drop")
    return jnp.zeros(size, weights.dtype).at[ids].add(weights.reshape(-1), mode="drop")
