"""Scripts that ask TensorFlow 1.15.5 for numbers; see README.md."""
