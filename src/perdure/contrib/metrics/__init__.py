"""tf.contrib.metrics: the metrics that became tf.metrics, under their old names, and some that did not."""
