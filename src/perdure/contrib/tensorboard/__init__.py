"""tf.contrib.tensorboard: what programs tell TensorBoard's plugins."""
