"""tf.data.experimental: options, and transformations that are not methods of datasets."""
