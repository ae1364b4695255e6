"""tf.contrib.seq2seq: decoders that make a sequence step by step, attention and beam search."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.seq2seq.attention": "AttentionMechanism BahdanauAttention LuongAttention hardmax",
        "contrib.seq2seq.attention_wrapper": "AttentionWrapper AttentionWrapperState",
        "contrib.seq2seq.basic_decoder": "BasicDecoder BasicDecoderOutput",
        "contrib.seq2seq.beam_search": (
            "BeamSearchDecoder BeamSearchDecoderOutput BeamSearchDecoderState FinalBeamSearchDecoderOutput"
        ),
        "contrib.seq2seq.beams": "tile_batch",
        "contrib.seq2seq.decoders": "Decoder dynamic_decode",
        "contrib.seq2seq.helpers": (
            "CustomHelper GreedyEmbeddingHelper Helper InferenceHelper SampleEmbeddingHelper TrainingHelper"
        ),
        "contrib.seq2seq.loss": "sequence_loss",
        "contrib.seq2seq.monotonic": (
            "BahdanauMonotonicAttention LuongMonotonicAttention monotonic_attention safe_cumprod"
        ),
        "contrib.seq2seq.scheduled_helpers": (
            "ScheduledEmbeddingTrainingHelper ScheduledOutputTrainingHelper"
        ),
        "functional.nn.beam_search": "gather_tree",
    },
)
