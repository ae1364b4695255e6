"""Kernels, shape functions and gradients, each against numbers from TensorFlow 1.15.5."""
