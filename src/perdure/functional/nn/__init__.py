"""Building nodes of neural networks: tf.nn."""
