"""The modules of tf.contrib.learn that programs use under their names."""

from perdure.contrib.learn import datasets, preprocessing

__all__ = ["datasets", "preprocessing"]
