"""Recurrent networks: cells, wrappers around cells, and networks unrolled over time."""
