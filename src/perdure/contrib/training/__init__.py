"""tf.contrib.training: loops that train and evaluate models, and their hyperparameters."""
