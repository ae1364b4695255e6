"""tf.contrib.summary, in graphs: summaries that operations write themselves."""
