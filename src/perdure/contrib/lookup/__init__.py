"""tf.contrib.lookup: the tables of `tf.lookup` under their older names."""
