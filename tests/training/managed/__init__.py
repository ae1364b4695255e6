"""Managed sessions compared with TensorFlow 1.15.5."""
