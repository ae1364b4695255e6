"""tf.contrib.training: what helps to train and evaluate models."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {"training.saving.waiting": "checkpoints_iterator wait_for_new_checkpoint"},
)
