"""tf.contrib.checkpoint: what goes into object-based checkpoints beside variables, and pictures of them."""
