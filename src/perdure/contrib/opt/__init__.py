"""tf.contrib.opt: optimizers beside those of tf.train, and what wraps them."""
