"""Ops of arithmetic, reductions, segments and products."""
