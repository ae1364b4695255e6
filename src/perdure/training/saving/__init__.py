"""Saving variables and restoring them: `tf.train.Saver`, its nodes, and the files it leaves."""
