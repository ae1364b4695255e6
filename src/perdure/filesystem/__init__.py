"""Files: what `tf.gfile`, kernels and whatever is saved have in common."""
