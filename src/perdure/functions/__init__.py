"""Functions of a graph's library, made of Python functions: `Defun`, `defun`, `tf.function`."""
