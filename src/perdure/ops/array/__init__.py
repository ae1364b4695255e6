"""Ops that make, pick, join and rearrange arrays."""
