"""tf.keras.optimizers: optimizers of resource variables, whose settings are variables too."""
