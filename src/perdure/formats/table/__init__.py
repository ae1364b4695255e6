"""Sorted tables of keys and values, in LevelDB's format as TensorFlow writes it: the files of checkpoints."""
