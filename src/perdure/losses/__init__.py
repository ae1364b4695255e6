"""tf.losses: losses with weights, kept in a collection."""
