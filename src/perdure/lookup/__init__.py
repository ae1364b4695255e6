"""tf.lookup: tables of values by keys, and vocabularies."""
