"""tf.train.Example and SequenceExample as bytes: their features as arrays, without a message."""
