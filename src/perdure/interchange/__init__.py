"""Graphs of other programs, and for them."""
