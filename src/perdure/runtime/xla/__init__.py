"""Compiling clusters with JAX and XLA."""
