"""tf.saved_model: programs as folders that are served; see README.md."""
