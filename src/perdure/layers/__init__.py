"""tf.layers: parts of neural networks that own their variables."""
