"""The protocol buffer messages of TensorFlow's files, under the package name `perdure`."""
