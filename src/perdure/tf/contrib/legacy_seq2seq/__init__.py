"""tf.contrib.legacy_seq2seq: sequences to sequences, unrolled step by step."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.legacy_seq2seq.attention": "attention_decoder embedding_attention_decoder",
        "contrib.legacy_seq2seq.decoders": "embedding_rnn_decoder rnn_decoder",
        "contrib.legacy_seq2seq.losses": "sequence_loss sequence_loss_by_example",
        "contrib.legacy_seq2seq.models": (
            "basic_rnn_seq2seq embedding_attention_seq2seq embedding_rnn_seq2seq embedding_tied_rnn_seq2seq "
            "model_with_buckets one2many_rnn_seq2seq tied_rnn_seq2seq"
        ),
    },
)
