"""tf.spectral: Fourier and cosine transforms, the older names."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.signal.cosine": "dct idct",
        "functional.signal.fourier": (
            "fft fft2d fft3d ifft ifft2d ifft3d irfft irfft2d irfft3d rfft rfft2d rfft3d"
        ),
    },
)
