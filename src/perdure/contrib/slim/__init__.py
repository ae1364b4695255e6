"""tf.contrib.slim: loops that train and evaluate; its layers are those of contrib.layers."""
