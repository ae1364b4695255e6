"""Fourier transforms over the last axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.array import array, joining, padding, rearranging
from perdure.functional.math.binary import maximum
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant_value_as_shape
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def fft(input: Any, name: str | None = None) -> Tensor:
    """The Fourier transform over the last axis.

    Args:
        input: a complex tensor.
        name: the name of the node.
    """
    return g.fft(input, name=name)


def ifft(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft`."""
    return g.ifft(input, name=name)


def fft2d(input: Any, name: str | None = None) -> Tensor:
    """The Fourier transform over the last two axes of a complex tensor."""
    return g.fft2d(input, name=name)


def ifft2d(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft2d`."""
    return g.ifft2d(input, name=name)


def fft3d(input: Any, name: str | None = None) -> Tensor:
    """The Fourier transform over the last three axes of a complex tensor."""
    return g.fft3d(input, name=name)


def ifft3d(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft3d`."""
    return g.ifft3d(input, name=name)


def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The Fourier transform of real numbers over the last axis.

    Args:
        input_tensor: a float32 tensor of shape [..., n].
        fft_length: a vector of the number of values to transform; zeros are put behind, or values left out.
            [n] by default.
        name: the name of the scope.

    Returns:
        A complex64 tensor of shape [..., fft_length / 2 + 1]: the other half follows from it.
    """
    return _forward(g.rfft, 1, "rfft", input_tensor, fft_length, name)


def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft`.

    Args:
        input_tensor: a complex64 tensor of shape [..., n].
        fft_length: a vector of the number of values to give; [2 (n - 1)] by default.
        name: the name of the scope.

    Returns:
        A float32 tensor of shape [..., fft_length].
    """
    return _backward(g.irfft, 1, "irfft", input_tensor, fft_length, name)


def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The Fourier transform of real numbers over the last two axes; see `rfft`."""
    return _forward(g.rfft2d, 2, "rfft2d", input_tensor, fft_length, name)


def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft2d`; see `irfft`."""
    return _backward(g.irfft2d, 2, "irfft2d", input_tensor, fft_length, name)


def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The Fourier transform of real numbers over the last three axes; see `rfft`."""
    return _forward(g.rfft3d, 3, "rfft3d", input_tensor, fft_length, name)


def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft3d`; see `irfft`."""
    return _backward(g.irfft3d, 3, "irfft3d", input_tensor, fft_length, name)


def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """A transform with the frequency zero in the middle.

    Args:
        x: a tensor of known shape.
        axes: the axes, an int or several; all by default.
        name: the name of the node.
    """
    return _shifted(x, axes, name, "fftshift", 1)


def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `fftshift`."""
    return _shifted(x, axes, name, "ifftshift", -1)


def _shifted(x: Any, axes: Any, name: str | None, default_name: str, sign: int) -> Tensor:
    with name_scope(name, default_name) as scope:
        x = convert_to_tensor(x)
        half: Any
        if axes is None:
            axes = tuple(range(x.shape.ndims))
            half = [sign * int(size // 2) for size in x.shape]
        elif isinstance(axes, int):
            half = sign * int(x.shape[axes] // 2)
        else:
            half = [sign * int(x.shape[axis] // 2) for axis in axes]
        return rearranging.roll(x, half, axes, scope)


def _forward(
    op: Callable[..., Tensor], rank: int, default_name: str, signal: Any, length: Any, name: str | None
) -> Tensor:
    with name_scope(name, default_name, [signal, length]) as scope:
        signal = convert_to_tensor(signal, dtypes.float32)
        signal.shape.with_rank_at_least(rank)
        if length is not None:
            length = convert_to_tensor(length, dtypes.int32)
        else:
            sizes = signal.get_shape()[-rank:]
            if sizes.is_fully_defined():
                length = convert_to_tensor(sizes.as_list(), dtypes.int32)
            else:
                length = array.shape(signal)[-rank:]
        return op(_padded(signal, rank, length, False), length, name=scope)


def _backward(
    op: Callable[..., Tensor], rank: int, default_name: str, signal: Any, length: Any, name: str | None
) -> Tensor:
    with name_scope(name, default_name, [signal, length]) as scope:
        signal = convert_to_tensor(signal, dtypes.complex64)
        signal.shape.with_rank_at_least(rank)
        length = _whole_length(signal, rank) if length is None else convert_to_tensor(length, dtypes.int32)
        return op(_padded(signal, rank, length, True), length, name=scope)


def _whole_length(signal: Tensor, rank: int) -> Tensor:
    """The number of real numbers of which a signal is half of the transform."""
    shape = signal.get_shape()[-rank:]
    sizes: list[Any]
    if shape.is_fully_defined():
        sizes = shape.as_list()
        if sizes:
            sizes[-1] = max(0, 2 * (sizes[-1] - 1))
        return convert_to_tensor(sizes, dtypes.int32)
    sizes = joining.unstack(array.shape(signal)[-rank:])
    sizes[-1] = maximum(0, 2 * (sizes[-1] - 1))
    return joining.stack(sizes)


def _padded(signal: Tensor, rank: int, length: Tensor, is_half: bool) -> Tensor:
    """A signal with zeros behind it, as many as a transform of some length wants."""
    wanted = constant_value_as_shape(length)
    ndims = signal.shape.ndims
    if ndims is not None and any(size == 0 for size in signal.shape.as_list()):
        return signal
    if wanted.is_fully_defined() and ndims is not None:
        goals: list[Any] = wanted.as_list()
        has = signal.shape[-len(goals) :]
        if has.is_fully_defined():
            return _padded_by_known(signal, has.as_list(), goals, is_half)
    rank_now = array.rank(signal)
    has_now = array.shape(signal)[-rank:]
    outer = maximum(0, rank_now - rank)
    outer_paddings = array.zeros([outer], length.dtype)
    if is_half:
        length = joining.concat([length[:-1], length[-1:] // 2 + 1], 0)
    behind = joining.concat([outer_paddings, maximum(0, length - has_now)], 0)
    return padding.pad(signal, joining.stack([array.zeros_like(behind), behind], axis=1))


def _padded_by_known(signal: Tensor, has: Sequence[Any], wanted: list[Any], is_half: bool) -> Tensor:
    if is_half:
        wanted = [*wanted[:-1], wanted[-1] // 2 + 1]
    paddings = [[0, max(goal - size, 0)] for goal, size in zip(wanted, has, strict=True)]
    if not any(behind for _, behind in paddings):
        return signal
    outer = [[0, 0]] * max(len(signal.shape) - len(wanted), 0)
    return padding.pad(signal, outer + paddings)
