"""tf.keras.metrics: what is measured over many batches."""
