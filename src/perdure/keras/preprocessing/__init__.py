"""Pictures, sequences and texts made ready: the package keras_preprocessing."""
