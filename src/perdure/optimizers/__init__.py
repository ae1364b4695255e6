"""Optimizers, their slots and learning rates, and moving averages of variables."""
