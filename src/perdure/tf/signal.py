"""tf.signal: Fourier transforms, windows, frames, spectrograms."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.signal.cosine": "dct idct",
        "functional.signal.fourier": (
            "fft fft2d fft3d fftshift ifft ifft2d ifft3d ifftshift irfft irfft2d irfft3d rfft rfft2d rfft3d"
        ),
        "functional.signal.framing": "frame overlap_and_add",
        "functional.signal.spectrograms": (
            "inverse_stft inverse_stft_window_fn linear_to_mel_weight_matrix mfccs_from_log_mel_spectrograms "
            "stft"
        ),
        "functional.signal.windows": "hamming_window hann_window",
    },
)
