"""What tests of TensorFlow 1 programs, and TensorFlow's own, are written with: tf.test."""
