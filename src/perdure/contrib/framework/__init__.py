"""tf.contrib.framework: variables and checkpoints as libraries before tf.layers used them."""
