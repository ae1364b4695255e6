"""What TensorFlow 1 kept in `tf.contrib`: libraries that programs use as much as the core.

A room of code, written on everything below it as a user could write it.  Each package mirrors the one of
TensorFlow (`contrib/testing` is `tf.contrib.testing`); the face lists its names in `tf/contrib/`, and modules
inside of TensorFlow's packages are listed in `compat/inside.txt`, like those of its core.
"""
