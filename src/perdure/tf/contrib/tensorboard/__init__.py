"""tf.contrib.tensorboard: plugins of TensorBoard."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(__name__, {}, submodules="plugins")
