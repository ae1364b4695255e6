"""Gathering, scattering and blocks at strided positions with JAX: see `indexing_numpy`."""

import jax.numpy as jnp
from jax import lax

from perdure.arrays.checks_jax import guarded

METHODS = {"update": "set", "add": "add", "sub": "subtract", "mul": "multiply", "min": "min", "max": "max"}


def in_range(indices, limit):
    """Whether every index is at least 0 and below `limit`."""
    return jnp.all((indices >= 0) & (indices < limit))


def take_clipped(array, indices, axis):
    """`array` at `indices` along `axis`; the axis becomes all axes of `indices`."""
    array = jnp.asarray(array)
    if array.size == 0:  # nothing to clip to; legal only if the result is empty or refused
        return jnp.zeros(array.shape[:axis] + jnp.shape(indices) + array.shape[axis + 1 :], array.dtype)
    return jnp.take(array, indices, axis=axis, mode="clip")


def scatter_rows(array, indices, updates, how):
    """`array` with rows `indices` combined with `updates`, in order."""
    array = jnp.asarray(array)
    if how == "div":
        divisor = scatter_rows(jnp.ones_like(array), indices, updates, "mul")
        return _divide(array, divisor)
    indices = guarded(jnp.asarray(indices), array.shape[0])
    shape = indices.shape + array.shape[1:]
    updates = jnp.reshape(updates, shape) if jnp.ndim(updates) else jnp.broadcast_to(updates, shape)
    method = getattr(array.at[indices], METHODS[how])
    return method(updates, mode="drop", wrap_negative_indices=False)


def _divide(array, divisor):
    """Division that keeps the dtype and truncates integers towards zero."""
    return lax.div(array, divisor)


def with_block(array, where, block):
    """`array` in which the positions `where` (a tuple of slices) hold `block`."""
    return jnp.asarray(array).at[where].set(block)


def spread(block, shape, where):
    """Zeros of `shape` with `block` at the positions `where`, one slice for each axis."""
    # One padding with holes between the elements; XLA runs it far faster than a scatter.
    block, padding = jnp.asarray(block), []
    backwards = [axis for axis, at in enumerate(where) if (at.step or 1) < 0]
    if backwards:
        block = jnp.flip(block, backwards)
    for size, count, at in zip(shape, block.shape, where, strict=True):
        positions = range(size)[at]
        if count == 0:
            padding.append((0, size, 0))
            continue
        low, high = min(positions[0], positions[-1]), max(positions[0], positions[-1])
        padding.append((low, size - 1 - high, abs(positions.step) - 1))
    return lax.pad(block, jnp.zeros((), block.dtype), padding)


def bitcast(array, dtype):
    """The same bits as another type; a narrower type adds a last axis, a wider one takes it."""
    return lax.bitcast_convert_type(array, dtype)


def padded(array, pairs, value):
    """`array` with `value` added before and after each axis, one pair of counts an axis."""
    return jnp.pad(array, pairs, constant_values=value)
