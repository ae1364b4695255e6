"""tf.contrib.losses: losses as they were before tf.losses, with predictions before labels."""
