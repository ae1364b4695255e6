"""Spectrograms: short-time Fourier transforms and their inverses, mel scales, cepstra."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from perdure.functional.array import array, joining, padding, rearranging
from perdure.functional.array.shape_arithmetic import linspace
from perdure.functional.math.binary import maximum, minimum
from perdure.functional.math.binary import pow as power
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import ceil, log, rsqrt, square
from perdure.functional.signal.cosine import dct
from perdure.functional.signal.fourier import irfft, rfft
from perdure.functional.signal.framing import frame, overlap_and_add
from perdure.functional.signal.windows import hann_window
from perdure.graph import dtypes
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor

# mel(f) = 1127 ln(1 + f / 700), in hertz (D. O'Shaughnessy, "Speech communication", 1987).
_BREAK_HERTZ = 700.0
_HIGH_Q = 1127.0


def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Callable[..., Any] | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Tensor:
    """The short-time Fourier transform.

    Args:
        signals: a float32 tensor of shape [..., samples].
        frame_length: the number of samples in a frame, a scalar.
        frame_step: by how many samples frames are apart, a scalar.
        fft_length: the size of the transform; the next power of 2 by default.
        window_fn: called with a length and `dtype`, returns the weights of samples; None for none.
        pad_end: whether frames may end behind the signal.
        name: the name of the scope.

    Returns:
        A complex64 tensor of shape [..., frames, fft_length / 2 + 1].
    """
    with name_scope(name, "stft", [signals, frame_length, frame_step]):
        signals = convert_to_tensor(signals, name="signals")
        signals.shape.with_rank_at_least(1)
        frame_length = _scalar(frame_length, "frame_length")
        frame_step = _scalar(frame_step, "frame_step")
        if fft_length is None:
            fft_length = _enclosing_power_of_two(frame_length)
        else:
            fft_length = convert_to_tensor(fft_length, name="fft_length")
        frames = frame(signals, frame_length, frame_step, pad_end=pad_end)
        if window_fn is not None:
            frames *= window_fn(frame_length, dtype=frames.dtype)
        return rfft(frames, [fft_length])


def inverse_stft_window_fn(
    frame_step: Any, forward_window_fn: Callable[..., Any] = hann_window, name: str | None = None
) -> Callable[..., Tensor]:
    """The window with which `inverse_stft` gives back what another window was laid over.

    Args:
        frame_step: by how many samples frames are apart, a scalar.
        forward_window_fn: the other window.
        name: the name of the scope.

    Returns:
        A function of a length and a dtype.
    """
    with name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
        frame_step = _scalar(frame_step, "frame_step")

    def window(frame_length: Any, dtype: Any) -> Tensor:
        with name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
            length = _scalar(frame_length, "frame_length")
            forward = forward_window_fn(length, dtype=dtype)
            total = square(forward)
            overlaps = -(-length // frame_step)
            total = padding.pad(total, [(0, overlaps * frame_step - length)])
            total = array.reshape(total, [overlaps, frame_step])
            total = reduce_sum(total, 0, keepdims=True)
            total = rearranging.tile(total, [overlaps, 1])
            total = array.reshape(total, [overlaps * frame_step])
            return forward / total[:length]

    return window


def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Callable[..., Any] | None = hann_window,
    name: str | None = None,
) -> Tensor:
    """Signals from their short-time Fourier transforms.

    Args:
        stfts: a complex64 tensor of shape [..., frames, fft_length / 2 + 1].
        frame_length: the number of samples in a frame, a scalar.
        frame_step: by how many samples frames are apart, a scalar.
        fft_length: the size of the transform; the next power of 2 by default.
        window_fn: called with a length and `dtype`, returns the weights of samples; None for none.
        name: the name of the scope.

    Returns:
        A float32 tensor of shape [..., samples].
    """
    with name_scope(name, "inverse_stft", [stfts]):
        stfts = convert_to_tensor(stfts, name="stfts")
        stfts.shape.with_rank_at_least(2)
        frame_length = _scalar(frame_length, "frame_length")
        frame_step = _scalar(frame_step, "frame_step")
        if fft_length is None:
            fft_length = _enclosing_power_of_two(frame_length)
        else:
            fft_length = _scalar(fft_length, "fft_length")
        frames = _of_length(irfft(stfts, [fft_length]), frame_length)
        if window_fn is not None:
            frames *= window_fn(frame_length, dtype=stfts.dtype.real_dtype)
        return overlap_and_add(frames, frame_step)


def _of_length(frames: Tensor, frame_length: Tensor) -> Tensor:
    """Frames cut off or filled up with zeros to a length."""
    known, ndims = constant_value(frame_length), frames.shape.ndims
    size = None if ndims is None else frames.shape.as_list()[-1]
    if known is None or size is None:
        frames = frames[..., :frame_length]
        rank, shape = array.rank(frames), array.shape(frames)
        paddings = [
            array.zeros([rank - 1, 2], dtype=frame_length.dtype),
            [[0, maximum(0, frame_length - shape[-1])]],
        ]
        frames = padding.pad(frames, joining.concat(paddings, 0))
    elif size > known:
        frames = frames[..., :known]
    elif size < known:
        frames = padding.pad(frames, [[0, 0]] * (len(frames.shape) - 1) + [[0, known - size]])
    if known is not None and ndims is not None:
        frames.set_shape([None] * (ndims - 1) + [known])
    return frames


def _scalar(value: Any, name: str) -> Tensor:
    value = convert_to_tensor(value, name=name)
    value.shape.assert_has_rank(0)
    return value


def _enclosing_power_of_two(value: Tensor) -> Tensor:
    known = constant_value(value)
    if known is not None:
        return constant(int(2 ** math.ceil(math.log(known) / math.log(2.0))), value.dtype)
    return cast(power(2.0, ceil(log(cast(value, dtypes.float32)) / log(2.0))), value.dtype)


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: Any = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: DType = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """The matrix that takes linear spectrograms to the mel scale.

    Args:
        num_mel_bins: how many bands of the mel scale.
        num_spectrogram_bins: how many frequencies the spectrogram has.
        sample_rate: samples per second, a number or a constant tensor.
        lower_edge_hertz: where the lowest band begins.
        upper_edge_hertz: where the highest band ends.
        dtype: the dtype of the matrix.
        name: the name of the node.

    Returns:
        A tensor of shape [num_spectrogram_bins, num_mel_bins].

    Raises:
        ValueError: a number is out of range, or the sample rate is not constant.
    """
    with name_scope(name, "linear_to_mel_weight_matrix") as scope:
        if isinstance(sample_rate, Tensor):
            known = constant_value(sample_rate)
            if known is None:
                raise ValueError(
                    "`sample_rate` was a non-constant Tensor. Must be a Python float or a constant Tensor."
                )
            sample_rate = known
        _check_mel(num_mel_bins, sample_rate, lower_edge_hertz, upper_edge_hertz, dtype)
        rate = convert_to_tensor(sample_rate, dtype, name="sample_rate")
        lower = convert_to_tensor(lower_edge_hertz, dtype, name="lower_edge_hertz")
        upper = convert_to_tensor(upper_edge_hertz, dtype, name="upper_edge_hertz")
        zero = convert_to_tensor(0.0, dtype)
        # The frequency 0 is in no band: its logarithm is none.
        frequencies = linspace(zero, rate / 2.0, num_spectrogram_bins)[1:]
        bins = array.expand_dims(_hertz_to_mel(frequencies), 1)
        edges = frame(
            linspace(_hertz_to_mel(lower), _hertz_to_mel(upper), num_mel_bins + 2),
            frame_length=3,
            frame_step=1,
        )
        left, centre, right = (
            array.reshape(edge, [1, num_mel_bins]) for edge in joining.split(edges, 3, axis=1)
        )
        rising = (bins - left) / (centre - left)
        falling = (right - bins) / (right - centre)
        return padding.pad(maximum(zero, minimum(rising, falling)), [[1, 0], [0, 0]], name=scope)


def _hertz_to_mel(frequencies: Tensor) -> Tensor:
    with name_scope(None, "hertz_to_mel", [frequencies]):
        return _HIGH_Q * log(1.0 + (frequencies / _BREAK_HERTZ))


def _check_mel(bins: int, rate: Any, lower: float, upper: float, dtype: DType) -> None:
    if bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {bins}")
    if rate <= 0.0:
        raise ValueError(f"sample_rate must be positive. Got: {rate}")
    if lower < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower}")
    if lower >= upper:
        raise ValueError(f"lower_edge_hertz {lower:.1f} >= upper_edge_hertz {upper:.1f}")
    if upper > rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). "
            f"Got: {upper} for sample_rate: {rate}"
        )
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {dtype}")


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Tensor:
    """Mel-frequency cepstral coefficients.

    Args:
        log_mel_spectrograms: a float32 tensor of shape [..., num_mel_bins].
        name: the name of the scope.

    Returns:
        A tensor of the same shape.

    Raises:
        ValueError: there are no bands.
    """
    with name_scope(name, "mfccs_from_log_mel_spectrograms", [log_mel_spectrograms]):
        spectrograms = convert_to_tensor(log_mel_spectrograms, dtype=dtypes.float32)
        bins: Any = spectrograms.shape.as_list()[-1] if spectrograms.shape.ndims else None
        if bins == 0:
            raise ValueError(f"num_mel_bins must be positive. Got: {spectrograms}")
        if bins is None:
            bins = array.shape(spectrograms)[-1]
        return dct(spectrograms, type=2) * rsqrt(cast(bins, dtypes.float32) * 2.0)
