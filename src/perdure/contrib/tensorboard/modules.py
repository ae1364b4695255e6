"""The modules of tf.contrib.tensorboard that programs use under their names."""

from perdure.contrib.tensorboard import projector

__all__ = ["projector"]
