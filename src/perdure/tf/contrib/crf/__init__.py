"""tf.contrib.crf: conditional random fields over chains of tags."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.crf.decoding": (
            "CrfDecodeBackwardRnnCell CrfDecodeForwardRnnCell crf_decode viterbi_decode"
        ),
        "contrib.crf.scores": (
            "CrfForwardRnnCell crf_binary_score crf_log_likelihood crf_log_norm "
            "crf_multitag_sequence_score crf_sequence_score crf_unary_score"
        ),
    },
)
