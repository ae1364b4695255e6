"""Elementary arithmetic in XLA: the functions of `arithmetic_numpy`, for the compiled tier."""

import jax
import jax.numpy as jnp
import numpy as np


def larger(x, y):
    return jnp.where(x < y, y, x)


def smaller(x, y):
    return jnp.where(y < x, y, x)


def reduce_sum(input, axis, keepdims, dtype):
    return jnp.sum(input, axis=axis, keepdims=keepdims, dtype=dtype)


def reduce_max(input, axis, keepdims):
    start = lowest(input.dtype)
    counted = input if input.dtype.kind in "iu" else jnp.where(jnp.isnan(input), start, input)
    return jnp.max(counted, axis=axis, keepdims=keepdims, initial=start)


def reduce_min(input, axis, keepdims):
    start = highest(input.dtype)
    counted = input if input.dtype.kind in "iu" else jnp.where(jnp.isnan(input), start, input)
    return jnp.min(counted, axis=axis, keepdims=keepdims, initial=start)


def lowest(dtype):
    return dtype.type(np.iinfo(dtype).min if dtype.kind in "iu" else -np.inf)


def highest(dtype):
    return dtype.type(np.iinfo(dtype).max if dtype.kind in "iu" else np.inf)


def truncate_divide(x, y):
    return jax.lax.div(*jnp.broadcast_arrays(x, y))


def complex_of(real, imag):
    return jax.lax.complex(*jnp.broadcast_arrays(real, imag))


def convert(x, dtype):
    dtype = np.dtype(dtype)
    if x.dtype.kind == "c" and dtype.kind != "c":
        x = x.real
    if x.dtype.kind in "iubc" or dtype.kind not in "iu":
        return x.astype(dtype)
    # XLA saturates where C overflows: convert to a wide integer whose overflow is its minimum, then wrap.
    if dtype == np.uint64:
        half = x.dtype.type(2.0**63)
        low = _to_signed(x, np.int64).astype(dtype)
        high = _to_signed(x - half, np.int64).astype(dtype) ^ np.uint64(2**63)
        return jnp.where(x >= half, high, low)
    wide = np.int64 if dtype.itemsize == 8 or dtype == np.uint32 else np.int32
    return _to_signed(x, wide).astype(dtype)


def _to_signed(x, wide):
    limit = x.astype(jnp.float32).dtype.type(2.0 ** (np.iinfo(wide).bits - 1))
    fits = (x >= -limit) & (x < limit)
    return jnp.where(fits, jnp.where(fits, x, 0).astype(wide), np.iinfo(wide).min)


def without_low_bits(x, count):
    if x.dtype.kind == "c":
        return jax.lax.complex(without_low_bits(x.real, count), without_low_bits(x.imag, count))
    bits = jax.lax.bitcast_convert_type(x, np.dtype(f"u{x.dtype.itemsize}"))
    return jnp.where(jnp.isnan(x), x, jax.lax.bitcast_convert_type(bits >> count << count, x.dtype))


def cumulative(input, axis, *, multiply, exclusive, reverse):
    axis = axis % input.ndim
    scan = jax.lax.cumprod if multiply else jax.lax.cumsum
    if exclusive and input.shape[axis]:
        widths = [(0, 0)] * input.ndim
        widths[axis] = (0, 1) if reverse else (1, 0)
        padded = jnp.pad(input, widths, constant_values=1 if multiply else 0)
        size = input.shape[axis]
        kept = slice(1, None) if reverse else slice(0, size)
        input = padded[tuple(kept if i == axis else slice(None) for i in range(input.ndim))]
    return scan(input, axis=axis, reverse=reverse)


def cumulative_logsumexp(input, axis, *, exclusive, reverse):
    axis = axis % input.ndim
    output = jax.lax.cumlogsumexp(input, axis=axis, reverse=reverse)
    if exclusive and input.shape[axis]:
        output = jnp.moveaxis(jnp.roll(output, -1 if reverse else 1, axis), axis, 0)
        output = output.at[-1 if reverse else 0].set(jnp.finfo(input.dtype).min)
        output = jnp.moveaxis(output, 0, axis)
    return output


def popcount(x):
    return jax.lax.population_count(x).astype(jnp.uint8)


def sum_in_order(arrays):
    total = arrays[0]
    for array in arrays[1:]:
        total = total + array
    return total


def matrix_product(a, b):
    return jnp.matmul(a, b)
