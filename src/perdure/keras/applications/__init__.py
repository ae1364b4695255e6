"""Known networks: the package keras_applications, with layers of perdure."""
