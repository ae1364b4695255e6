"""tf.contrib.layers: layers as functions, with their initializers, regularizers and summaries."""
