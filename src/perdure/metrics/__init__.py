"""tf.metrics: numbers that are gathered over many steps, in local variables."""
