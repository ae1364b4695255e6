"""Tensor bundles: checkpoints of version 2, an index and the files of data that it is about."""
