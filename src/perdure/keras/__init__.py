"""tf.keras of TensorFlow 1.15."""
