"""What NumPy and Python did in TensorFlow 1's time, for a program that `perdure run` runs.

`table` says what has changed, and what is done about it; `rewriting` compiles the program's own files, whose
calls then go through `meanings` to `numpy_calls`, `python_calls` and `methods`; `importing` brings the
rest about when modules are imported.  perdure, NumPy and installed packages keep today's meaning: only names
that are gone are given back for all of the process, which then have no other meaning.
"""
