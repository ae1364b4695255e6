"""tf.contrib.signal: what is in `tf.signal` today."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.signal.framing": "frame overlap_and_add",
        "functional.signal.spectrograms": (
            "inverse_stft inverse_stft_window_fn linear_to_mel_weight_matrix mfccs_from_log_mel_spectrograms "
            "stft"
        ),
        "functional.signal.windows": "hamming_window hann_window",
    },
)
