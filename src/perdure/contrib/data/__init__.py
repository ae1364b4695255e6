"""tf.contrib.data: older names of tf.data.experimental, and what that does not have."""
