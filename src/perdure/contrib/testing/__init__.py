"""tf.contrib.testing: what helps to test programs."""
