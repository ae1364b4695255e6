"""The functions that build nodes: tf.add, tf.reduce_sum, tf.nn.conv2d, ..."""
