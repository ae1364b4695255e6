"""Fourier transforms with JAX: see `spectral_numpy`."""

import jax.numpy as jnp


def fft(array, rank):
    """The transform over the last `rank` axes, of complex numbers."""
    return jnp.fft.fftn(array, axes=tuple(range(-rank, 0)))


def ifft(array, rank):
    """The inverse transform over the last `rank` axes."""
    return jnp.fft.ifftn(array, axes=tuple(range(-rank, 0)))


def rfft(array, sizes):
    """Half of the transform of real numbers, over as many last axes as there are sizes."""
    return jnp.fft.rfftn(array, s=sizes, axes=tuple(range(-len(sizes), 0)))


def irfft(array, sizes):
    """Real numbers of these sizes from half of their transform."""
    return jnp.fft.irfftn(array, s=sizes, axes=tuple(range(-len(sizes), 0)))
