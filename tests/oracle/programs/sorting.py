"""Sorting along every axis, in both directions, of known and unknown shapes, with gradients."""

import tensorflow as tf

known = tf.placeholder(tf.float32, [2, 3, 4], name="known")
partial = tf.placeholder(tf.int32, [None, 3], name="partial")
unknown = tf.placeholder(tf.float32, name="unknown")

for x in (known, partial, unknown):
    for axis in (-1, 0, 1):
        for direction in ("ASCENDING", "DESCENDING"):
            tf.sort(x, axis=axis, direction=direction)
            tf.argsort(x, axis=axis, direction=direction, stable=True)
tf.sort(unknown, axis=-2, name="last_but_one")
tf.argsort(known, axis=tf.constant(2))
tf.gradients([tf.sort(known), tf.sort(known, axis=0, direction="DESCENDING")], known)
