"""Modules of this room as values: tf.contrib.slim has them among its names (`slim.utils`)."""

from perdure.contrib.layers import initializers, regularizers, utils

__all__ = ["initializers", "regularizers", "utils"]
