"""tf.contrib.tensorboard.plugins: the projector of embeddings."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(__name__, {"contrib.tensorboard.modules": "projector"})
