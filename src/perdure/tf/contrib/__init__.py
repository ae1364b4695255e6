"""tf.contrib: libraries beside the core, as far as they are there."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {},
    submodules=(
        "autograph checkpoint cluster_resolver crf cudnn_rnn data deprecated distribute eager framework "
        "layers learn legacy_seq2seq lookup losses metrics nn opt rnn seq2seq signal slim staging stateless "
        "summary tensorboard testing tpu training util"
    ),
)
