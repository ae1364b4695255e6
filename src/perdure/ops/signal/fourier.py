"""Fourier transforms of one, two or three last axes: FFT, RFFT and their inverses.

Gradients make the nodes of TensorFlow's python/ops/signal/fft_ops.py.
"""

import math

import numpy as np

from perdure.graph import dtypes
from perdure.graph.shapes import format_shape, merge, with_rank, with_rank_at_least
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import TRANSCENDENTAL

# -- complex numbers ----------------------------------------------------------------------


def _complex_transform(definition, rank, inverse):
    """Give an op of complex numbers its shape function and kernel."""

    def shape(input):
        with_rank_at_least(input, rank)
        return input

    def kernel(xp, input):
        if input.ndim < rank:
            raise invalid(f"Input must have rank of at least {rank} but got: {format_shape(input.shape)}")
        if not input.size:
            return input
        transform = xp.ifft if inverse else xp.fft
        return transform(input, rank).astype(input.dtype)

    definition.shape(shape)
    definition.kernel(kernel)


def _size(g, tensor, rank):
    """The number of elements that are transformed together."""
    return g.reduce_prod(g.shape(tensor)[-rank:])


def _complex_gradient(rank, inverse):
    """The gradient of a transform: the other one, scaled."""
    forward = {1: "fft", 2: "fft2d", 3: "fft3d"}[rank]

    def fft_gradient(g, d_output):
        size = g.cast(_size(g, d_output, rank), d_output.dtype)
        return {"input": getattr(g, f"i{forward}")(d_output) * size}

    def ifft_gradient(g, d_output):
        size = g.cast(_size(g, d_output, rank), d_output.dtype.real_dtype)
        scale = g.cast(1.0 / size, d_output.dtype)
        return {"input": getattr(g, forward)(d_output) * scale}

    return ifft_gradient if inverse else fft_gradient


for _rank, _forward, _inverse in (
    (1, op("FFT", work=TRANSCENDENTAL), op("IFFT", work=TRANSCENDENTAL)),
    (2, op("FFT2D", work=TRANSCENDENTAL), op("IFFT2D", work=TRANSCENDENTAL)),
    (3, op("FFT3D", work=TRANSCENDENTAL), op("IFFT3D", work=TRANSCENDENTAL)),
):
    for _definition in (_forward, _inverse):
        _complex_transform(_definition, _rank, _definition is _inverse)
        _definition.gradient(_complex_gradient(_rank, _definition is _inverse))

# -- real numbers -------------------------------------------------------------------------


def _real_transform(definition, rank, inverse):
    """Give an op of real numbers its shape function and kernel."""

    def shape(input, fft_length, shape_of_fft_length):
        outer = with_rank_at_least(input, rank)
        merge(with_rank(shape_of_fft_length, 1), (rank,))
        if outer is None:
            return None
        if fft_length is None:
            return (*outer[:-rank], *(None,) * rank)
        inner = np.ravel(fft_length).tolist()
        if not inverse and inner[-1]:
            inner[-1] = inner[-1] // 2 + 1
        return (*outer[:-rank], *inner)

    def kernel(xp, input, fft_length):
        if input.ndim < rank:
            raise invalid(f"Input must have rank of at least {rank} but got: {format_shape(input.shape)}")
        if np.shape(fft_length) != (rank,):
            raise invalid(f"fft_length must have shape [{rank}]")
        sizes = [int(size) for size in fft_length]
        for axis, (has, size) in enumerate(zip(input.shape[-rank:], sizes, strict=True)):
            needs = size // 2 + 1 if inverse and axis == rank - 1 else size
            if size < 0:
                raise invalid(f"fft_length[{axis}] must >= 0, but got: {size}")
            if has and has < needs:
                where = input.ndim - rank + axis
                raise invalid(f"Input dimension {where} must have length of at least {needs} but got: {has}")
        if not input.size or not math.prod(sizes):
            last = sizes[-1] if inverse or not sizes[-1] else sizes[-1] // 2 + 1
            made = (*input.shape[:-rank], *sizes[:-1], last)
            return xp.zeros(made, np.float32 if inverse else np.complex64)
        if inverse:
            return xp.irfft(input, sizes).astype(np.float32)
        return xp.rfft(input, sizes).astype(np.complex64)

    definition.shape(shape)
    definition.kernel(kernel)


def _tiled_for(g, matrix, t):
    """A matrix for each one in the last axes of `t`."""
    ones = g.ones([g.rank(t) - 2], dtypes.int32)
    expanded = g.reshape(matrix, g.concat([ones, g.shape(matrix)], 0))
    return g.tile(expanded, g.concat([g.shape(t)[:-2], [1, 1]], 0))


def _roots(g, length):
    """The matrix exp(-2 pi i j k / length)."""
    a = g.tile(g.expand_dims(g.range(length), 0), (length, 1))
    b = g.transpose(a, [1, 0])
    return g.exp(-2j * np.pi * g.cast(a * b, dtypes.complex64) / g.cast(length, dtypes.complex64))


def _signs(g, length):
    return g.cast(1 - 2 * (g.range(length) % 2), dtypes.complex64)


def rfft_gradient(g, d_output, input, fft_length):
    shape = g.shape(input)
    is_even = g.cast(1 - (fft_length[-1] % 2), dtypes.complex64)
    first = d_output[..., 0:1]
    last = d_output[..., -1:]
    extra = first + is_even * last * _signs(g, shape[-1])
    size = g.cast(_size(g, input, 1), dtypes.float32)
    back = g.irfft(d_output, fft_length)
    return {"input": 0.5 * (back * size + g.real(extra))}


def rfft2d_gradient(g, d_output, input, fft_length):
    shape = g.shape(input)
    is_even = g.cast(1 - (fft_length[-1] % 2), dtypes.complex64)
    first = d_output[..., 0:1]
    roots = _tiled_for(g, _roots(g, shape[-2]), first)
    extra = g.matmul(roots, g.conj(first))
    last = d_output[..., -1:]
    of_last = g.matmul(roots, g.conj(last))
    inner = shape[-1]
    ones = g.ones([g.rank(d_output) - 1], dtypes.int32)
    of_last = g.tile(of_last, g.concat([ones, [inner]], 0)) * _signs(g, inner)
    extra = extra + is_even * of_last
    size = g.cast(_size(g, input, 2), dtypes.float32)
    back = g.irfft2d(d_output, fft_length)
    return {"input": 0.5 * (back * size + g.real(extra))}


def _irfft_gradient(rank):
    def gradient(g, d_output, input, fft_length):
        is_odd = g.floor_mod(fft_length[-1], 2)
        width = g.shape(input)[-1]
        mask = g.concat([[1.0], 2.0 * g.ones([width - 2 + is_odd]), g.ones([1 - is_odd])], 0)
        scale = g.reciprocal(g.cast(_size(g, d_output, rank), dtypes.float32))
        forward = (g.rfft if rank == 1 else g.rfft2d)(d_output, fft_length)
        return {"input": forward * g.cast(scale * mask, dtypes.complex64)}

    return gradient


for _rank, _forward, _inverse in (
    (1, op("RFFT", static=["fft_length"], work=TRANSCENDENTAL),
     op("IRFFT", static=["fft_length"], work=TRANSCENDENTAL)),
    (2, op("RFFT2D", static=["fft_length"], work=TRANSCENDENTAL),
     op("IRFFT2D", static=["fft_length"], work=TRANSCENDENTAL)),
    (3, op("RFFT3D", static=["fft_length"], work=TRANSCENDENTAL),
     op("IRFFT3D", static=["fft_length"], work=TRANSCENDENTAL)),
):  # fmt: skip
    _real_transform(_forward, _rank, False)
    _real_transform(_inverse, _rank, True)
    if _rank == 3:
        _forward.refuse_gradient()
        _inverse.refuse_gradient()
    else:
        _forward.gradient(rfft_gradient if _rank == 1 else rfft2d_gradient)
        _inverse.gradient(_irfft_gradient(_rank))
