"""tf.train: optimizers, their slots, moving averages, learning rates and the global step."""
